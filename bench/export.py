#!/usr/bin/env python3
"""How fast does a node write what it holds as other tools' files, and how much memory does it take?

    bench/export.py --cresset target/release/cresset [--indicators 1000000] [--rounds 3]

Makes a data directory with that many indicators, a tenth of them withheld from the partner, then runs `cresset export` for each format, as the
node's own organisation and as the partner, round after round. Prints medians as a Markdown table. See README.md beside this file.
"""

import argparse
import hashlib
import json
import os
import shutil
import statistics
import subprocess
import sys
import time
import uuid
from pathlib import Path

HERE = Path(__file__).resolve().parent
FORMATS = ("stix", "csv", "list", "suricata", "suricata-datasets", "zeek", "rpz", "misp")
GREEN = "marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb"
AMBER = "marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421"

WORLD = """
[organisation]
id = "identity--a0000001-0000-4000-8000-000000000001"
name = "Export"
[[collection]]
id = "d0000001-0000-4000-8000-000000000001"
alias = "room"
title = "Room"
default_marking = ["TLP:CLEAR"]
[[partner]]
name = "partner"
organisation = "identity--a0000001-0000-4000-8000-000000000002"
[[agreement]]
partner = "partner"
collection = "room"
may = ["read"]
ceiling = "GREEN"
"""


def main():
    options = arguments()
    cresset = options.cresset.resolve()
    build = Path(os.environ.get("CARGO_TARGET_DIR", HERE.parent / "target")).resolve()
    folder = build / "export"
    node = folder / f"node-{options.indicators}"
    if options.anew or not (node / "filled").exists():
        fill(cresset, node, options)
    runs = {}
    for _ in range(options.rounds):
        for reader in (["--own"], ["--as", "partner"]):
            for name in options.formats:
                out = folder / "out"
                shutil.rmtree(out, ignore_errors=True)
                out.mkdir()
                command = [cresset, "--dir", node, "--json", "export", "-c", "room", "-f", name, *reader, "-o", out]
                run = measured(command, options.seconds_max)
                run["bytes"] = sum(file.stat().st_size for file in out.rglob("*") if file.is_file())
                runs.setdefault((name, reader[-1]), []).append(run)
                print(f"{name} {reader[-1]}: {run['wall']:.1f} s", file=sys.stderr)
    shutil.rmtree(folder / "out", ignore_errors=True)
    report(runs)


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cresset", type=Path, required=True)
    parser.add_argument("--indicators", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--formats", nargs="+", default=FORMATS)
    parser.add_argument("--anew", action="store_true", help="make the data directory again")
    parser.add_argument("--seconds-max", type=int, default=900, help="bound of one command")
    return parser.parse_args()


def fill(cresset, node, options):
    shutil.rmtree(node, ignore_errors=True)
    node.mkdir(parents=True)
    measured([cresset, "--dir", node, "init", "--organisation", "Export"], 60)
    (node / "world.toml").write_text(WORLD)
    measured([cresset, "--dir", node, "apply", node / "world.toml"], 60)
    bundle = node / "bundle.json"
    with bundle.open("w") as file:
        file.write('{"type":"bundle","id":"bundle--a0000001-0000-4000-8000-000000000001","objects":[\n')
        for number in range(options.indicators):
            file.write((",\n" if number else "") + json.dumps(indicator(number)))
        file.write("]}")
    run = measured([cresset, "--dir", node, "--json", "import", "-c", "room", bundle], options.seconds_max)
    if run["told"]["added"] != options.indicators:
        sys.exit(f"not everything came in: {run['told']}")
    rate = options.indicators / run["wall"]
    print(f"imported: {rate:,.0f} objects/s, {run['memory']:.0f} MB at the most", file=sys.stderr)
    bundle.unlink()
    (node / "filled").touch()


def indicator(number):
    digest = hashlib.sha256(str(number).encode()).hexdigest()
    path, value = (
        ("domain-name:value", f"{digest[:12]}.h{number}.example"),
        ("ipv4-addr:value", ".".join(str(part) for part in (1 + number % 223, *bytes.fromhex(digest[:6])))),
        ("url:value", f"http://{digest[:8]}.example/{digest[8:24]}"),
        ("file:hashes.'SHA-256'", digest),
        ("domain-name:value", f"{digest[:10]}.example"),
    )[number % 5]
    return {
        "type": "indicator", "spec_version": "2.1", "id": f"indicator--{uuid.UUID(digest[:12] + '4' + digest[13:16] + 'a' + digest[17:32])}",
        "created": "2026-01-01T00:00:00.000Z", "modified": "2026-01-01T00:00:00.000Z", "name": f"Indicator {number}",
        "indicator_types": ["malicious-activity"], "pattern": f"[{path} = '{value}']", "pattern_type": "stix",
        "valid_from": "2026-01-01T00:00:00Z", "confidence": number % 101, "labels": ["bench"],
        "object_marking_refs": [AMBER if number % 10 == 9 else GREEN],
    }


def measured(command, seconds_max):
    """Runs a command; wall and processor time in seconds, memory at the most in MB, and what it said."""
    begin = time.monotonic()
    process = subprocess.Popen([str(part) for part in command], stdout=subprocess.PIPE)
    try:
        said = process.stdout.read()
        while True:
            done, status, usage = os.wait4(process.pid, os.WNOHANG)
            if done:
                break
            if time.monotonic() - begin > seconds_max:
                process.kill()
            time.sleep(0.01)
    finally:
        process.returncode = 0
    if status != 0:
        sys.exit(f"{command[3:]} failed")
    lines = said.decode().splitlines()
    told = json.loads(lines[-1]) if lines and lines[-1].startswith("{") else None
    return {
        "wall": time.monotonic() - begin, "processor": usage.ru_utime + usage.ru_stime, "memory": usage.ru_maxrss / 1024, "told": told,
    }


def report(runs):
    print("| format | reader | objects said | seconds | processor, s | objects/s | MB written | memory at the most, MB |")
    print("|---|---|--:|--:|--:|--:|--:|--:|")
    for (name, reader), all_runs in runs.items():
        middle = {key: statistics.median(run[key] for run in all_runs) for key in ("wall", "processor", "memory", "bytes")}
        said = all_runs[0]["told"]["account"]["said"]
        print(
            f"| `{name}` | {reader.strip('-')} | {said:,} | {middle['wall']:.1f} | {middle['processor']:.1f} "
            f"| {said / middle['wall']:,.0f} | {middle['bytes'] / 1e6:.0f} | {middle['memory']:.0f} |"
        )


if __name__ == "__main__":
    main()
