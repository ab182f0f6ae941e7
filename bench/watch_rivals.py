"""One rival of `cresset watch`: reads indicators, looks at lines, prints how long each took as JSON.

Each looks for the values only, in the fields in which they were planted, which is less than Cresset does.
"""

import ipaddress
import json
import re
import resource
import subprocess
import sys
import tempfile
import time


def values(indicators):
    with open(indicators) as file:
        for line in file:
            found = re.search(r"\[([a-z0-9-]+:[^ ]+) (=|ISSUBSET) '([^']+)'\]", line)
            if found:
                yield found[1], found[3]


def sets(indicators):
    texts, networks = set(), set()
    for path, value in values(indicators):
        if "/" in value and path == "ipv4-addr:value":
            network = ipaddress.ip_network(value)
            networks.add((int(network.network_address), network.prefixlen))
        else:
            texts.add(value)
    return texts, networks


ADDRESSES = ("id.orig_h", "id.resp_h", "src_ip", "dest_ip")


def orjson(indicators, lines):
    import orjson as fast

    begin = time.monotonic()
    texts, networks = sets(indicators)
    lengths = sorted({length for _, length in networks})
    loaded = time.monotonic()

    def inside(text):
        try:
            a, b, c, d = text.split(".")
            number = int(a) << 24 | int(b) << 16 | int(c) << 8 | int(d)
        except ValueError:
            return False
        return any((number >> (32 - n) << (32 - n), n) in networks for n in lengths)

    def walk(value, key=None):
        if type(value) is dict:
            host, path = value.get("host") or value.get("hostname"), value.get("uri") or value.get("url")
            if host and path and f"http://{host}{path}" in texts:
                return True
            return any(walk(inner, name) for name, inner in value.items())
        if type(value) is list:
            return any(walk(inner, key) for inner in value)
        if type(value) is str:
            return value in texts or key in ADDRESSES and inside(value) or key == "Hashes" and any(
                part.partition("=")[2].lower() in texts for part in value.split(","))
        return False

    found = count = 0
    with open(lines, "rb") as file:
        for line in file:
            found += walk(fast.loads(line))
            count += 1
    return loaded - begin, time.monotonic() - loaded, count, found


def duckdb(indicators, lines):
    import duckdb as engine

    begin = time.monotonic()
    texts, _ = sets(indicators)
    connection = engine.connect()
    connection.execute("set threads to 1")
    with tempfile.NamedTemporaryFile("w", suffix=".csv") as file:
        file.write("value\n" + "\n".join(f'"{text}"' for text in texts))
        file.flush()
        connection.execute(f"create table indicators as select * from read_csv('{file.name}', header=true, all_varchar=true)")
    loaded = time.monotonic()
    keys = ["$.\"id.orig_h\"", "$.\"id.resp_h\"", "$.src_ip", "$.dest_ip", "$.query", "$.server_name", "$.sha256",
            "$.dns.rrname", "$.http.hostname", "$.tls.sni", "$.fileinfo.sha256"]
    listed = ", ".join(f"json_extract_string(line, '{key}')" for key in keys)
    query = f"""with rows as (select line from read_csv('{lines}', columns={{'line': 'VARCHAR'}}, delim='\\x01', quote='', escape='',
                header=false, auto_detect=false)),
                fields as (select unnest([{listed}]) as value from rows)
                select count(*) from fields join indicators using (value)"""
    found = connection.execute(query).fetchone()[0]
    return loaded - begin, time.monotonic() - loaded, sum(1 for _ in open(lines, "rb")), found


def grep(indicators, lines):
    begin = time.monotonic()
    texts, _ = sets(indicators)
    with tempfile.NamedTemporaryFile("w") as file:
        file.write("\n".join(texts) + "\n")
        file.flush()
        written = time.monotonic()
        run = subprocess.run(["grep", "-F", "-c", "-f", file.name, lines], capture_output=True, text=True,
                             env={"LC_ALL": "C", "PATH": "/usr/bin:/bin"})
        done = time.monotonic()
    # Building its tables takes so long that a run without lines tells nothing of the rest by subtraction.
    return written - begin, done - written, sum(1 for _ in open(lines, "rb")), int(run.stdout or 0), "its tables are built in the time of the lines"


def stix2_matcher(indicators, lines):
    from stix2matcher.matcher import Pattern

    begin = time.monotonic()
    # A hundred of the patterns: each is tried against each line.
    patterns = []
    for path, value in values(indicators):
        operator = "ISSUBSET" if "/" in value and path == "ipv4-addr:value" else "="
        patterns.append(Pattern(f"[{path} {operator} '{value}']"))
        if len(patterns) == 100:
            break
    loaded = time.monotonic()
    found = count = 0
    for line in open(lines):
        record = json.loads(line)
        address = record.get("id.orig_h") or record.get("src_ip") or "192.0.2.1"
        observed = {"type": "observed-data", "id": "observed-data--00000000-0000-4000-8000-000000000000",
                    "created": "2026-01-01T00:00:00.000Z", "modified": "2026-01-01T00:00:00.000Z",
                    "first_observed": "2026-01-01T00:00:00Z", "last_observed": "2026-01-01T00:00:00Z", "number_observed": 1,
                    "objects": {"0": {"type": "ipv4-addr", "value": address}}}
        found += sum(bool(pattern.match([observed], False)) for pattern in patterns)
        count += 1
    taken = time.monotonic() - loaded
    # Each pattern is tried against each line, so all of them take so many times as long.
    total = sum(1 for _ in values(indicators))
    times = total / len(patterns)
    return (loaded - begin) * times, taken * times, count, found, f"by calculation from {len(patterns)} of the patterns"


def main():
    name, indicators, lines = sys.argv[1:4]
    load, look, count, found, *note = globals()[name.replace("-", "_")](indicators, lines)
    memory = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)) / 1024
    print(json.dumps({"load": load, "look": look, "lines": count, "found": found, "memory": memory, "note": "".join(note)}))


main()
