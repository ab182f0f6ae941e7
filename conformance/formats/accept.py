#!/usr/bin/env python3
"""Does each tool take what is exported for it? Usage: accept.py BINARY DIRECTORY

Makes a node in the directory, imports indicators (plain and hostile), exports every format, and runs each tool. Prints
`ok NAME`, `FAIL NAME why` or `skip NAME why`; the last line is `N passed, M failed, K not to be had`.
"""

import ipaddress
import json
import pathlib
import shutil
import subprocess
import sys
import uuid

BINARY, WORK = sys.argv[1], pathlib.Path(sys.argv[2])
NODE, OUT = WORK / "node", WORK / "out"
RESULTS = {"ok": 0, "FAIL": 0, "skip": 0}
WORLD = """
[organisation]
id = "identity--e0000001-0000-4000-8000-000000000001"
name = "Conformance"

[[collection]]
id = "e0000001-0000-4000-8000-000000000002"
alias = "shared"
title = "Shared; \\"threats\\""
default_marking = ["TLP:AMBER"]

[[partner]]
name = "partner"
organisation = "identity--e0000001-0000-4000-8000-000000000003"

[[agreement]]
partner = "partner"
collection = "shared"
may = ["read", "submit"]
ceiling = "RED"
"""
FORMATS = ["stix", "misp", "csv", "list", "suricata", "suricata-datasets", "zeek", "rpz", "sigma", "yara", "snort",
           "navigator", "markdown"]
SHA256 = "ab" * 32
HOSTILE = ["\"; sid:1;) drop ip any any -> any any (", "a\nb", "--- !!python/object", "' OR '1'='1", "=cmd|' /C calc'!A0",
           "\u202eexe.fdp", "<script>alert(1)</script>", "#fields\tx", "%n$s{{7*7}}", "a; $INCLUDE /etc/passwd", "日本 é"]


def check(name, condition, why=""):
    result = "ok" if condition else "FAIL"
    RESULTS[result] += 1
    print(result, name, "" if condition else str(why)[-1500:])


def skip(name, why):
    RESULTS["skip"] += 1
    print("skip", name, why)


def run(*command, **options):
    return subprocess.run([str(part) for part in command], capture_output=True, text=True, timeout=300, **options)


def cresset(*arguments):
    done = run(BINARY, "--dir", NODE, *arguments)
    assert done.returncode == 0, (arguments, done.stdout, done.stderr)
    return done.stdout


def indicator(pattern, language="stix", **more):
    name = more.pop("name", "An indicator")
    own = uuid.uuid5(uuid.NAMESPACE_URL, pattern + name)
    return {"type": "indicator", "spec_version": "2.1", "id": f"indicator--{own}", "created": "2026-01-01T00:00:00.000Z",
            "modified": "2026-01-01T00:00:00.000Z", "name": name, "pattern": pattern, "pattern_type": language,
            "valid_from": "2026-01-01T00:00:00Z", "indicator_types": ["malicious-activity"], **more}


def quote(text):
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def objects():
    yield indicator("[domain-name:value = 'evil.example']", confidence=80, labels=["one"])
    yield indicator("[domain-name:value = 'b\u00fccher.example']")
    yield indicator("[domain-name:value LIKE '%.bad.example']")
    yield indicator("[domain-name:value = '" + ".".join(["a" * 62] * 3) + ".example']")
    yield indicator("[ipv4-addr:value IN ('192.0.2.1', '198.51.100.0/24')]")
    yield indicator("[ipv6-addr:value = '2001:db8::1'] OR [ipv6-addr:value ISSUBSET '2001:db8:1::/48']")
    yield indicator("[url:value = 'https://evil.example/a?b=c&d=%20']")
    yield indicator("[file:hashes.'SHA-256' = '" + SHA256 + "']")
    yield indicator("[file:hashes.MD5 = '" + SHA256[:32] + "' OR file:hashes.'SHA-1' = '" + SHA256[:40] + "']")
    yield indicator("[file:name = 'dropper.exe']")
    yield indicator("[email-addr:value = 'a@evil.example']")
    yield indicator("[windows-registry-key:key = 'HKEY_LOCAL_MACHINE\\\\Software\\\\Evil']")
    yield indicator("[x509-certificate:hashes.'SHA-1' = '" + SHA256[:40] + "']")
    yield indicator("[network-traffic:extensions.'http-request-ext'.request_header.'User-Agent' = 'Evil/1.0 (x; y)']")
    yield indicator("[file:name = 'a' AND file:size > 5]", name="two at once")
    yield indicator("[domain-name:value = 'old.example']", valid_until="2026-01-02T00:00:00Z", name="expired")
    rule = 'rule loader { strings: $a = "x" condition: $a }'
    yield indicator(rule, "yara")
    yield indicator(rule + "\nrule user { condition: loader }", "yara", name="the same name again")
    yield indicator("include \"/etc/passwd\"", "yara", name="no rule")
    yield indicator("alert http any any -> any any (msg:\"theirs\"; http.uri; content:\"/x\"; sid:5; rev:1;)", "suricata")
    yield indicator("alert tcp any any -> any 80 (msg:\"theirs\"; content:\"x\"; sid:5; rev:1;)", "snort")
    yield indicator("title: theirs\nlogsource:\n  category: proxy\ndetection:\n  s:\n    c-uri|contains: /x\n  condition: s\n", "sigma")
    for text in HOSTILE:
        for path in ["domain-name:value", "url:value", "file:name", "email-addr:value", "ipv4-addr:value",
                     "network-traffic:extensions.'http-request-ext'.request_header.'User-Agent'"]:
            yield indicator(f"[{path} = {quote(text)}]", name=text, description=text)
        yield indicator("[domain-name:value = 'h.example']", name="x " + text, labels=[text])
        yield indicator(f"[url:value = {quote('http://h.example/' + text)}]", name=text)
    stamp = {"spec_version": "2.1", "created": "2026-01-01T00:00:00.000Z", "modified": "2026-01-01T00:00:00.000Z"}
    pattern = "attack-pattern--" + str(uuid.uuid5(uuid.NAMESPACE_URL, "phishing"))
    actor = "threat-actor--" + str(uuid.uuid5(uuid.NAMESPACE_URL, "heron"))
    yield {"type": "attack-pattern", "id": pattern, "name": "Phishing", **stamp,
           "external_references": [{"source_name": "mitre-attack", "external_id": "T1566"}]}
    yield {"type": "threat-actor", "id": actor, "name": "Night Heron", "threat_actor_types": ["nation-state"], **stamp}
    yield {"type": "relationship", "id": "relationship--" + str(uuid.uuid5(uuid.NAMESPACE_URL, "uses")),
           "relationship_type": "uses", "source_ref": actor, "target_ref": pattern, **stamp}


def prepare():
    cresset("init", "--organisation", "Conformance")
    (WORK / "world.toml").write_text(WORLD)
    cresset("apply", WORK / "world.toml")
    bundle = {"type": "bundle", "id": f"bundle--{uuid.uuid4()}", "objects": list(objects())}
    (WORK / "bundle.json").write_text(json.dumps(bundle))
    imported = run(BINARY, "--dir", NODE, "--json", "import", "-c", "shared", WORK / "bundle.json")
    print("#", imported.stdout.strip()[:300])
    for reader, flags in [("own", ["--own"]), ("partner", ["--as", "partner"])]:
        for form in FORMATS:
            account = json.loads(cresset("--json", "export", "-c", "shared", "-f", form, *flags, "-o", OUT / reader / form / ""))
            print("#", reader, form, json.dumps({k: account["account"][k] for k in ["given", "said", "left_out"]}))
    again = WORK / "again"
    cresset("export", "-c", "shared", "-f", "suricata", "--own", "-o", again)
    strip = lambda path: [line for line in path.read_text().splitlines() if not line.startswith("#")]
    check("the rules are the same at the next export",
          strip(again / "cresset.rules") == strip(OUT / "own" / "suricata" / "cresset.rules"))


def file(form):
    """The file of a format, as the node's own organisation got it."""
    path = OUT / "own" / form
    return path if path.is_file() else next(path.iterdir())


def stix():
    from stix2validator import ValidationOptions, validate_file
    path = file("stix")
    result = validate_file(str(path), ValidationOptions(version="2.1", strict=False))
    errors = [str(error) for one in result.object_results for error in one.errors]
    check("stix2-validator takes the bundle", result.is_valid, errors)
    held = {one["id"] for one in json.loads(path.read_text())["objects"]}
    check("what is expired is not in it", not any(one["id"] in held for one in objects() if one.get("name") == "expired"))


def misp():
    from pymisp import MISPEvent
    where = OUT / "own" / "misp"
    manifest = json.loads((where / "manifest.json").read_text())
    (own, about), = manifest.items()
    event = MISPEvent()
    event.load_file(str(where / f"{own}.json"))
    hashes = (where / "hashes.csv").read_text().splitlines()
    check("pymisp reads the event", event.uuid == own and len(event.attributes) > 20, event.uuid)
    check("each attribute has its hash", len(hashes) == len(event.attributes))
    check("the index has what a feed needs", {"info", "date", "Orgc", "Tag", "timestamp"} <= set(about))
    for index, attribute in enumerate(event.attributes):
        attribute.uuid = str(uuid.UUID(str(attribute.uuid)))
    (WORK / "round.json").write_text(event.to_json())
    try:
        from misp_stix_converter import MISPtoSTIX21Parser
        parser = MISPtoSTIX21Parser()
        parser.parse_misp_event(json.loads((where / f"{own}.json").read_text()))
        patterns = [one for one in parser.stix_objects if getattr(one, "type", "") == "indicator"]
        check("misp-stix makes indicators of it", len(patterns) > 10, len(patterns))
    except ImportError as error:
        skip("misp-stix", error)


def sigma():
    from sigma.collection import SigmaCollection
    rules = SigmaCollection.from_yaml(file("sigma").read_text())
    check("pysigma reads every rule", len(rules.rules) > 20 and not rules.errors, rules.errors)
    check("each rule has its own id", len({str(rule.id) for rule in rules.rules if rule.id}) ==
          len([rule for rule in rules.rules if rule.id]))


def suricata():
    from idstools import rule as ids
    for form in ["suricata", "suricata-datasets"]:
        where = OUT / "own" / form
        lines = [line for line in (where / "cresset.rules").read_text().splitlines() if not line.startswith("#")]
        rules = [ids.parse(line) for line in lines]
        good = all(rule and rule.action == "alert" and rule.sid for rule in rules)
        check(f"idstools reads every rule of {form}", good, lines[:3])
        check(f"no number stands twice in {form}", len({rule.sid for rule in rules if rule}) == len(rules))
        if shutil.which("suricata"):
            (WORK / form).mkdir()
            done = run("suricata", "-T", "-S", where / "cresset.rules", "-l", WORK / form, cwd=where)
            check(f"suricata -T takes {form}", done.returncode == 0, done.stdout + done.stderr)
        else:
            skip(f"suricata -T takes {form}", "Suricata is not to be had here")
    snort = [ids.parse(line) for line in file("snort").read_text().splitlines() if not line.startswith("#")]
    check("idstools reads every rule of snort", len(snort) == 1 and all(rule and rule.sid for rule in snort))


def rpz():
    if not shutil.which("named-checkzone"):
        return skip("named-checkzone", "BIND's tools are not to be had here")
    done = run("named-checkzone", "-i", "local", "rpz.example", file("rpz"))
    check("named-checkzone takes the zone", done.returncode == 0 and "OK" in done.stdout, done.stdout + done.stderr)
    whole = "a" * 60 + "." + "b" * 55 + ".example"
    for zone, name in [("rpz.example", "a short name"), (whole[:61], "the longest name that a zone may have")]:
        done = run("named-checkzone", "-i", "local", zone, file("rpz"))
        check(f"named-checkzone takes the zone under {name}", done.returncode == 0, done.stdout + done.stderr)


def yara():
    if not shutil.which("yara"):
        return skip("yara", "it is not to be had here")
    done = run("yara", file("yara"), WORK / "world.toml")
    check("yara takes the rules", done.returncode == 0 and "error" not in done.stderr, done.stderr)
    check("two rules of one name are both there", file("yara").read_text().count("rule loader") == 2)


def zeek():
    lines = file("zeek").read_text().split("\n")
    header = [line for line in lines if line.startswith("#fields\t")]
    rows = [line.split("\t") for line in lines if line and not line.startswith("#")]
    check("zeek has one header and rows of its length",
          len(header) == 1 and all(len(row) == len(header[0].split("\t")) - 1 for row in rows))
    addresses = [row[0] for row in rows if row[1] == "Intel::ADDR"]
    check("addresses are addresses", all(ipaddress.ip_address(one) for one in addresses) and len(addresses) == 2, addresses)
    subnets = [row[0] for row in rows if row[1] == "Intel::SUBNET"]
    check("subnets are networks", all(ipaddress.ip_network(one) for one in subnets) and len(subnets) == 2, subnets)
    check("no scheme in URLs", not any("://" in row[0] for row in rows if row[1] == "Intel::URL" and "http" in row[0][:8]))


def table():
    import csv
    with open(file("csv"), newline="") as handle:
        rows = list(csv.reader(line for line in handle if not line.startswith("# ")))
    check("a table of one width", len({len(row) for row in rows}) == 1, {len(row) for row in rows})
    check("no cell is a formula", not any(cell[:1] in "=+-@\t\r" for row in rows[1:] for cell in row if cell))


def layers():
    layer = json.loads((OUT / "own" / "navigator" / "enterprise-attack.json").read_text())
    check("the layer is of version 4.5 and has the technique", layer["versions"]["layer"] == "4.5" and
          [one["techniqueID"] for one in layer["techniques"]] == ["T1566"])


def main():
    prepare()
    for step in [stix, misp, sigma, suricata, rpz, yara, zeek, table, layers]:
        try:
            step()
        except Exception as error:  # a tool that breaks is a failure like any other
            check(step.__name__, False, repr(error))
    print(f"{RESULTS['ok']} passed, {RESULTS['FAIL']} failed, {RESULTS['skip']} not to be had")
    return 1 if RESULTS["FAIL"] else 0


if __name__ == "__main__":
    sys.exit(main())
