#!/usr/bin/env python3
"""How fast does `cresset watch` look at telemetry, beside what people would use instead, in one run on the same files?

    bench/watch.py --cresset target/release/cresset --generator target/release/examples/scan_bench

See README.md beside this file.
"""

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import time
import venv
from pathlib import Path

HERE = Path(__file__).resolve().parent
PACKAGES = ("duckdb", "orjson", "stix2-matcher")
SECONDS_MAX = 900


def main():
    options = arguments()
    build = Path(os.environ.get("CARGO_TARGET_DIR", HERE.parent / "target")).resolve()
    folder = build / "bench" / "watch" / str(options.lines)
    results = {}
    wrong = 0
    sizes = {}
    for count in options.indicators:
        place = folder / str(count)
        place.mkdir(parents=True, exist_ok=True)
        if not (place / "planted").exists():
            subprocess.run([options.generator, "--write", place, str(options.lines), str(count)], check=True)
        sizes[count] = (place / "lines.json").stat().st_size
    for number in range(options.rounds):
        for count in options.indicators:
            for threads in (1, 2):
                result = cresset(options, folder / str(count), folder / "state", threads)
                wrong += result.pop("wrong")
                results.setdefault(("cresset watch", count, threads), []).append(result)
    most = max(options.indicators)
    if options.rivals:
        python = environment(build / "bench" / "watch-venv")
        place = folder / str(most)
        for name, lines in (("orjson", 200_000), ("duckdb", options.lines), ("grep", 200_000), ("stix2-matcher", 10)):
            results[(name, most, 1)] = [rival(python, name, place, min(lines, options.lines), folder)]
    report(results, options, sizes)
    return 1 if wrong else 0


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--cresset", type=Path, required=True)
    parser.add_argument("--generator", type=Path, required=True, help="the example scan_bench of cresset-matcher")
    parser.add_argument("--lines", type=int, default=1_000_000)
    parser.add_argument("--indicators", type=int, nargs="+", default=[1_000, 1_000_000])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--no-rivals", dest="rivals", action="store_false")
    options = parser.parse_args()
    options.cresset, options.generator = options.cresset.resolve(), options.generator.resolve()
    return options


def cresset(options, place, state, threads):
    """One run: how long it loads, how long it looks, and whether it found what was planted and nothing else."""
    shutil.rmtree(state, ignore_errors=True)
    command = [options.cresset, "--log", "info", "watch", "--indicators", place / "indicators.json", "--input", place / "lines.json",
               "--no-home", "--state", state, "--threads", str(threads), "--no-warninglists",
               "--alerts-per-window-max", "1000000"]
    with (state.parent / "alerts").open("wb") as alerts:
        begin = time.monotonic()
        process = subprocess.Popen(command, stdout=alerts, stderr=subprocess.PIPE, text=True)
        loaded = used = None
        for line in process.stderr:
            if loaded is None and "watching" in line:
                loaded, used = time.monotonic(), processor(process.pid)
        _, status, usage = os.wait4(process.pid, 0)
        end = time.monotonic()
    lines = {json.loads(line)["seen"]["line"] for line in (state.parent / "alerts").open()}
    planted = {int(line) for line in (place / "planted").open()}
    missed, more = len(planted - lines), len(lines - planted)
    if missed or more or status:
        print(f"missed {missed} of {len(planted)}, {more} more, status {status}", file=sys.stderr)
    return {"wrong": missed + more + status, "load": loaded - begin, "look": end - loaded, "memory": usage.ru_maxrss / 1024,
            "lines": options.lines, "found": len(planted) - missed, "planted": len(planted), "load_processor": used,
            "look_processor": usage.ru_utime + usage.ru_stime - used}


def processor(pid):
    """Seconds that a process was on a processor so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def environment(folder):
    python = folder / "bin" / "python"
    if not python.exists():
        venv.create(folder, with_pip=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", *PACKAGES], check=True)
    return python


def rival(python, name, place, lines, folder):
    """A rival on so many lines of the same file."""
    part = folder / f"lines-{lines}.json"
    with (place / "lines.json").open("rb") as whole, part.open("wb") as out:
        for number, line in enumerate(whole):
            if number >= lines:
                break
            out.write(line)
    found = subprocess.run([python, HERE / "watch_rivals.py", name, place / "indicators.json", part],
                           check=True, capture_output=True, text=True, timeout=SECONDS_MAX)
    planted = sum(1 for line in (place / "planted").open() if int(line) <= lines)
    return {**json.loads(found.stdout), "planted": planted}


def report(results, options, sizes):
    load = Path("/proc/loadavg").read_text().split()[0]
    print(f"{options.lines:,} lines, {options.rounds} rounds, medians; load average at the end {load}\n")
    print("| | indicators | threads | ready after, s | of processor | M lines/s | per s of processor | MB/s | memory at the most, MB | lines found | |")
    print("|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|---|")
    for (name, count, threads), all_ in results.items():
        median = lambda key: statistics.median(one[key] for one in all_)
        rate = statistics.median(one["lines"] / one["look"] for one in all_)
        bytes_ = rate * sizes[count] / options.lines / 1e6
        own = ("", "")
        if "look_processor" in all_[0]:
            own = f"{median('load_processor'):.2f}", f"{statistics.median(one['lines'] / one['look_processor'] for one in all_) / 1e6:.3g}"
        of = f"{median('found'):.0f} of {median('planted'):.0f} in {median('lines'):,.0f}"
        print(f"| {name} | {count:,} | {threads} | {median('load'):.2f} | {own[0]} | {rate / 1e6:.3g} | {own[1]} | {bytes_:.3g} | {median('memory'):.0f} "
              f"| {of} | {all_[0].get('note', '')} |")


if __name__ == "__main__":
    sys.exit(main())
