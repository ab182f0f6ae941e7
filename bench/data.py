"""Which objects does every server get in this run?

The real data is MITRE ATT&CK for enterprises as a STIX 2.1 bundle; where it is absent, a generated bundle of the same
shape. From either come closed sets: every reference of an object points at an object of the set. Text of an object is
written once here, so that all servers get the same bytes.
"""

import json
import random
import subprocess
import uuid
from collections import Counter
from pathlib import Path

NAME = "enterprise-attack.json"


def load(folder):
    """The objects to measure with, and what they are called in the result."""
    if folder:
        for path in (folder / "attack" / NAME, folder / NAME):
            if path.is_file():
                return json.loads(path.read_text(encoding="utf-8"))["objects"], "ATT&CK enterprise"
    return generated(), "generated"


def write(objects, folder):
    """Writes the sets `full` and `small`, each also without the objects that some servers cannot take."""
    folder.mkdir(parents=True, exist_ok=True)
    return {"full": Set("full", objects, folder), "small": Set("small", closed(objects, 1000), folder)}


class Set:
    def __init__(self, name, objects, folder):
        self.name = name
        self.all = folder / f"{name}.json"
        self.versioned = folder / f"{name}-versioned.json"
        self.counts = {}
        versioned = [o for o in objects if "modified" in o and "spec_version" in o]
        for path, chosen in ((self.all, objects), (self.versioned, versioned)):
            path.write_text(bundle(chosen), encoding="utf-8")
            self.counts[path] = len(chosen)


def bundle(objects):
    return json.dumps({"type": "bundle", "id": f"bundle--{uuid.UUID(int=1 << 76 | 1 << 63, version=4)}",
                       "objects": objects}, ensure_ascii=False)


def closed(objects, count):
    """About `count` objects: those with most relationships, and the relationships between them."""
    links = [o for o in objects if o["type"] == "relationship"]
    others = [o for o in objects if o["type"] != "relationship"]
    degree = Counter(link[end] for link in links for end in ("source_ref", "target_ref"))
    always = [o for o in others if o["type"] in ("identity", "marking-definition")]
    ranked = sorted((o for o in others if o not in always), key=lambda o: (-degree[o["id"]], o["id"]))
    chosen, taken, between = list(always), {o["id"] for o in always}, []
    for candidate in ranked:
        if len(chosen) + len(between) >= count:
            break
        chosen.append(candidate)
        taken.add(candidate["id"])
        between = [link for link in links if link["source_ref"] in taken and link["target_ref"] in taken]
    return (chosen + between)[:count]


def generated(count=24_771):
    """A bundle of the same shape: as many objects, four of five of them relationships, sizes spread alike."""
    chance = random.Random(21)
    words = [f"{a}{b}" for a in ("lan", "tor", "vec", "mi", "sol", "dra", "ke") for b in ("tern", "ch", "tor", "st", "d")]

    def identifier(kind):
        return f"{kind}--{uuid.UUID(int=chance.getrandbits(128), version=4)}"

    def text(length):
        return " ".join(chance.choices(words, k=max(1, int(length / 5))))

    def stamp():
        return (f"20{chance.randint(17, 25)}-{chance.randint(1, 12):02}-{chance.randint(1, 28):02}"
                f"T{chance.randint(0, 23):02}:{chance.randint(0, 59):02}:{chance.randint(0, 59):02}.{chance.randint(0, 999):03}Z")

    def made(kind, **more):
        created, modified = sorted((stamp(), stamp()))
        return {"type": kind, "spec_version": "2.1", "id": identifier(kind), "created": created,
                "modified": modified, **more}

    source = made("identity", name="Beacon", identity_class="organization")
    common = {"created_by_ref": source["id"]}
    parts = [source]
    for kind, share in (("attack-pattern", 9), ("malware", 7), ("tool", 1), ("course-of-action", 3),
                        ("intrusion-set", 2), ("campaign", 1)):
        extra = {"malware": {"is_family": True}}.get(kind, {})
        for number in range(count * share // 115):
            parts.append(made(kind, name=f"{text(12)} {number}", description=text(chance.expovariate(1 / 1500)),
                              external_references=references(chance, text), **common, **extra))
    ids = [o["id"] for o in parts[1:]]
    while len(parts) < count:
        parts.append(made("relationship", relationship_type="related-to", source_ref=chance.choice(ids),
                          target_ref=chance.choice(ids), description=text(chance.expovariate(1 / 250)),
                          external_references=references(chance, text)[:1], **common))
    return parts


def references(chance, text):
    return [{"source_name": text(20), "description": text(90), "url": f"https://example.com/{text(30).replace(' ', '/')}"}
            for _ in range(1 + int(chance.expovariate(1 / 3)))]


def large(full, load, folder):
    """Ten copies of the full set with ids of their own."""
    out = folder / "large.json"
    done = subprocess.run([load, "--json", "multiply", full.all, "--times", "10", "--out", out], check=True,
                          capture_output=True, text=True)
    made = Set.__new__(Set)
    made.name, made.all, made.versioned = "large", out, out
    made.counts = {out: json.loads(done.stdout)["objects"]}
    return made
