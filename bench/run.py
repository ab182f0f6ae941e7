#!/usr/bin/env python3
"""How fast is Cresset beside other TAXII 2.1 servers, on the same machine, the same data and in the same minutes?

    bench/run.py --cresset target/release/cresset --data DIR

See README.md beside this file.
"""

import argparse
import json
import os
import signal
import statistics
import subprocess
import sys
import time
import venv
from pathlib import Path

import data
import servers

HERE = Path(__file__).resolve().parent

#: What is measured, in this order, on a server that was empty before: key, connections, arguments of the generator.
CASES = (
    ("post", 1, ["--envelope", "1000"]),
    ("page", 1, ["--limit", "1000", "--times", "3"]),
    ("get", 1, ["--ids", "1000", "--seconds", "5"]),
    ("get8", 8, ["--ids", "1000", "--seconds", "5"]),
)

#: The rows of the table: heading, case, member of the result, digits, whether more is better.
ROWS = (
    ("add: objects/s, one connection, each envelope durable", "post", "objects_per_second", 0, True),
    ("add: ms per envelope of 1,000, median", "post", "p50_ms", 1, False),
    ("read all: objects/s, pages of 1,000", "page", "objects_per_second", 0, True),
    ("read all: MB/s", "page", "megabytes_per_second", 1, True),
    ("get one: requests/s, 1 connection", "get", "requests_per_second", 0, True),
    ("get one: requests/s, 8 connections", "get8", "requests_per_second", 0, True),
    ("get one: ms, median, 8 connections", "get8", "p50_ms", 2, False),
    ("get one: ms, 99th percentile, 8 connections", "get8", "p99_ms", 2, False),
    ("memory at start, MB", "idle", "rss", 0, False),
    ("memory after all, MB", "after", "rss", 0, False),
    ("memory at the most, MB", "after", "peak", 0, False),
)


def main():
    # So that the servers are stopped then, too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    options = arguments()
    build = Path(os.environ.get("CARGO_TARGET_DIR", HERE.parent / "target")).resolve()
    folder = build / "bench"
    folder.mkdir(parents=True, exist_ok=True)
    load = Load(generator(options, build), options.seconds_max)
    objects, source = data.load(options.data)
    sets = data.write(objects, folder / "data")
    chosen = contestants(options, folder)
    if any("large" in server.sets for server in chosen) and options.large:
        sets["large"] = data.large(sets["full"], load.binary, folder / "data")
    results = []
    try:
        for number in range(options.rounds):
            for name in sets:
                for server in chosen:
                    if name in server.sets and name in options.sets:
                        results.append(measured(server, sets[name], load, number))
    finally:
        (folder / "results.json").write_text(json.dumps(results, indent=1))
        print(report(results, source, sets, chosen))
    return 1 if any(result["errors"] for result in results) else 0


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--cresset", type=Path, help="the binary; without it only the others are measured")
    parser.add_argument("--data", type=Path, default=os.environ.get("CRESSET_DATA"),
                        help="folder with attack/enterprise-attack.json (default: $CRESSET_DATA, else generated data)")
    parser.add_argument("--load", type=Path, help="the load generator (default: built here)")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds-max", type=int, default=240, help="bound of each single measurement")
    parser.add_argument("--sets", nargs="+", default=["small", "full", "large"], choices=["small", "full", "large"])
    parser.add_argument("--large", action="store_true", help="also ten times the data, for Cresset alone")
    parser.add_argument("--only", nargs="+", default=[], metavar="WORD", help="only servers whose name has this word")
    options = parser.parse_args()
    options.data = Path(options.data).resolve() if options.data else None
    return options


def contestants(options, folder):
    """The servers of this run; the peers come from a virtual environment made here."""
    def wanted(server):
        return not options.only or any(word.lower() in server.name.lower() for word in options.only)

    peers = (servers.Medallion, servers.OpenTaxii, servers.OpenTaxiiPostgres)
    chosen = []
    if any(wanted(peer) for peer in peers):
        python = environment(folder / "venv")
        for peer in filter(wanted, peers):
            server = peer(folder / "run", python)
            if isinstance(server, servers.OpenTaxiiPostgres) and not server.found():
                print("no PostgreSQL found: OpenTAXII is measured on SQLite only", file=sys.stderr)
                continue
            chosen.append(server)
    if options.cresset and wanted(servers.Cresset):
        chosen.append(servers.Cresset(folder / "run", options.cresset.resolve()))
    return chosen


def environment(folder):
    """The virtual environment with the peers in the versions of requirements.txt."""
    python = folder / "bin" / "python"
    pins = (HERE / "requirements.txt").read_text()
    stamp = folder / "requirements.txt"
    if not stamp.is_file() or stamp.read_text() != pins:
        venv.create(folder, with_pip=True, clear=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", "-r", HERE / "requirements.txt"], check=True)
        stamp.write_text(pins)
    return python


def generator(options, build):
    if options.load:
        return options.load.resolve()
    subprocess.run(["cargo", "build", "--quiet", "--release", "-p", "cresset-testkit", "--example", "load"],
                   cwd=HERE.parent, check=True)
    return build / "release" / "examples" / "load"


class Load:
    """The load generator."""

    def __init__(self, binary, seconds_max):
        self.binary = binary
        self.seconds_max = seconds_max

    def __call__(self, server, connections, mode, *more):
        command = [self.binary, "--json", "--url", server.url, "--auth", server.auth, "--connections",
                   str(connections), "--seconds-max", str(self.seconds_max), mode, *more]
        # Collecting ids and counting objects are each bounded like the measurement itself.
        done = subprocess.run(command, capture_output=True, text=True, timeout=3 * self.seconds_max + 60, check=False)
        if done.stdout.startswith("{"):
            return json.loads(done.stdout)
        return {"error": " ".join(done.stderr.split())[:500]}


def measured(server, chosen, load, number):
    """One server, from empty to stopped."""
    print(f"round {number + 1}: {server.name}, {chosen.name}", file=sys.stderr, flush=True)
    path = chosen.all if server.takes_unversioned else chosen.versioned
    result = {"server": server.name, "set": chosen.name, "round": number, "cases": {}, "errors": []}
    try:
        server.start()
        time.sleep(1)
        result["cases"]["idle"] = server.memory()
        for case, connections, more in CASES:
            mode = case.rstrip("0123456789")
            files = [path] if mode == "post" else []
            done = load(server, connections, mode, *files, *more)
            result["cases"][case] = done
            complaint = done.get("error") or expected(mode, done, chosen.counts[path])
            if complaint:
                result["errors"].append(f"{case}: {complaint}")
            if mode == "post" and not done.get("objects"):
                break
            if mode == "post":
                server.settle()
        result["cases"]["after"] = server.memory()
    except (servers.Failed, OSError, subprocess.SubprocessError) as error:
        result["errors"].append(str(error))
    finally:
        server.stop()
    return result


def expected(mode, done, count):
    """What a figure is worth nothing without: that all objects went in and came out again."""
    if mode == "get" or "objects" not in done:
        return "" if done.get("complete", True) else "stopped before the end"
    if not done.get("complete", True):
        return f"stopped after {done['objects']} of {count} objects"
    return "" if done["objects"] >= count else f"{done['objects']} of {count} objects"


def report(results, source, sets, chosen):
    """Markdown: medians over the rounds; the ratio is the median of the rounds' ratios."""
    parts = []
    names = [server.name for server in chosen]
    for name, objects in sets.items():
        present = [n for n in names if any(r["server"] == n and r["set"] == name for r in results)]
        if not present:
            continue
        count = max(objects.counts.values())
        rounds = len({r["round"] for r in results if r["set"] == name})
        parts.append(f"\n### {source}, {count:,} objects ({rounds} rounds, medians)\n")
        others = [n for n in present if n != "Cresset"]
        heads = [*(["Cresset"] if "Cresset" in present else []), *others]
        parts.append("| | " + " | ".join(heads) + " |\n|---|" + "--:|" * len(heads))
        for heading, case, member, digits, more in ROWS:
            cells = [cell(results, name, head, (case, member), (digits, more)) for head in heads]
            parts.append(f"| {heading} | " + " | ".join(cells) + " |")
    errors = [f"- {r['server']}, {r['set']}, round {r['round'] + 1}: {e}" for r in results for e in r["errors"]]
    if errors:
        parts.append("\nNot as asked:\n\n" + "\n".join(errors))
    return "\n".join(parts)


def cell(results, name, head, what, how):
    case, member = what
    digits, more = how
    mine = values(results, name, head, case, member)
    if not mine:
        return "–"
    text = f"{statistics.median(mine.values()):,.{digits}f}"
    ours = values(results, name, "Cresset", case, member)
    both = [number for number in mine if number in ours and mine[number] and ours[number]]
    if head == "Cresset" or not both:
        return text
    ratios = [ours[n] / mine[n] if more else mine[n] / ours[n] for n in both]
    return f"{text} (×{statistics.median(ratios):,.1f})"


def values(results, name, head, case, member):
    found = {}
    for result in results:
        value = result["cases"].get(case, {}).get(member)
        if result["server"] == head and result["set"] == name and value is not None:
            found[result["round"]] = value
    return found


if __name__ == "__main__":
    sys.exit(main())
