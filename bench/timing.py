#!/usr/bin/env python3
"""Can a partner tell by the time of an answer whether something is withheld from it or not there?

    bench/timing.py --cresset target/release/cresset

Starts three nodes on loopback: one holds more that the partner may not see, two hold the same. Asks for what is withheld and for what is not
there over kept connections, in random order, and compares the medians with what two requests for nothing show beside each
other in the same run. The exit code is 1 where a difference is clearly beyond that. See README.md beside this file.
"""

import argparse
import http.client
import json
import math
import os
import random
import statistics
import sys
import time
from pathlib import Path

import servers

HERE = Path(__file__).resolve().parent
MEDIA_TYPE = servers.MEDIA_TYPE
ROOM, OTHER = "d0000001-0000-4000-8000-000000000001", "d0000001-0000-4000-8000-000000000002"
AMBER = "marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421"

WORLD = f"""
[organisation]
id = "identity--a0000001-0000-4000-8000-000000000001"
name = "Timing"
[[collection]]
id = "{ROOM}"
alias = "room"
title = "Room"
default_marking = ["TLP:CLEAR"]
[[collection]]
id = "{OTHER}"
alias = "other"
title = "Other"
default_marking = ["TLP:CLEAR"]
""" + "".join(f"""
[[partner]]
name = "{name}"
organisation = "identity--a0000001-0000-4000-8000-00000000000{number}"
""" + "".join(f"""
[[agreement]]
partner = "{name}"
collection = "{collection}"
may = ["read", "submit", "delete"]
ceiling = "RED"
""" for collection in ("room", "other")) for name, number in (("p", 2), ("q", 3)))


def main():
    options = arguments()
    random.seed(options.seed)
    build = Path(os.environ.get("CARGO_TARGET_DIR", HERE.parent / "target")).resolve()
    nodes = [Node(build / "timing" / name, options.cresset.resolve()) for name in ("full", "plain", "again")]
    try:
        for node in nodes:
            node.start()
        publish(*nodes)
        rows = [compare(name, options.times, asked) for name, asked in cases(*nodes).items()]
    finally:
        for node in nodes:
            node.stop()
    sys.exit(report(rows, options))


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cresset", type=Path, default=HERE.parent / "target/release/cresset")
    parser.add_argument("--times", type=int, default=1000, help="repetitions of each request")
    parser.add_argument("--factor", type=float, default=4, help="how many times the noise is too much")
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args()


class Node(servers.Cresset):
    """Cresset with two partners: `p`, who asks, and `q`, who brings what `p` may not see."""

    def launch(self):
        port = servers.free_port()
        self.command("init", "--organisation", "Timing")
        world = self.folder / "world.toml"
        world.write_text(WORLD)
        self.command("apply", world)
        tokens = {name: json.loads(self.command("token", "issue", name))["secret"]["secret"] for name in ("p", "q")}
        self.auth = f"Bearer {tokens['p']}"
        self.run([self.binary, "--dir", self.folder / "node", "--log", "warn", "serve", f"--listen=127.0.0.1:{port}"],
                 answer=f"http://127.0.0.1:{port}/api/collections/room/")
        self.clients = {name: Client(port, token) for name, token in tokens.items()}
        self.p = self.clients["p"]


class Client:
    """One connection that stays open."""

    def __init__(self, port, token):
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self.headers = {"Accept": MEDIA_TYPE, "Content-Type": MEDIA_TYPE, "Authorization": f"Bearer {token}"}

    def ask(self, method, target, body=None):
        """The status, the length of the answer, and the microseconds that it took."""
        begun = time.perf_counter_ns()
        self.connection.request(method, target, body, self.headers)
        response = self.connection.getresponse()
        answer = response.read()
        return response.status, len(answer), (time.perf_counter_ns() - begun) / 1000


def uuid(number):
    return f"{number:08x}-0000-4000-8000-{number:012x}"


def indicator(number, **more):
    return {"type": "indicator", "spec_version": "2.1", "id": f"indicator--{uuid(number)}", **dates(),
            "name": f"host {number}", "indicator_types": ["malicious-activity"], "valid_from": dates()["created"],
            "pattern": f"[domain-name:value = 'host-{number}.example']", "pattern_type": "stix", **more}


def relationship(number, source, target, **more):
    return {"type": "relationship", "spec_version": "2.1", "id": f"relationship--{uuid(number)}", **dates(),
            "relationship_type": "related-to", "source_ref": source, "target_ref": target, **more}


def dates():
    return {"created": "2024-01-01T00:00:00.000Z", "modified": "2024-01-01T00:00:00.000Z"}


def envelope(objects):
    return json.dumps({"objects": objects}).encode()


HELD, ABSENT, LINKS = range(10_000, 11_000), range(20_000, 21_000), range(30_000, 31_000)


def publish(full, plain, again):
    """All get what the partner sees; the full node also what it does not see."""
    seen = [indicator(number) for number in range(1000)]
    links = [relationship(number, seen[number]["id"], seen[number * 7 % 1000]["id"]) for number in range(1000)]
    secret = [indicator(number, object_marking_refs=[AMBER]) for number in HELD]
    tied = [relationship(n, secret[n - LINKS.start]["id"], seen[0]["id"], object_marking_refs=[AMBER]) for n in LINKS]
    for node in (full, plain, again):
        for objects in (seen, links):
            give(node.clients["q"], "room", objects)
    for objects in (secret, tied):
        give(full.clients["q"], "room", objects)


def give(client, collection, objects):
    status, _, _ = client.ask("POST", f"/api/collections/{collection}/objects/", envelope(objects))
    if status != 202:
        raise servers.Failed(f"objects were refused: {status}")


def cases(full, plain, again):
    """Of each comparison: what is asked where something is withheld, and twice where nothing is."""
    room = "/api/collections/room"
    numbers = {"held": HELD, "absent": ABSENT, "other": range(21_000, 22_000)}

    def by_id(target, kind="indicator", held=HELD):
        def ask(which):
            number = random.choice(held if which == "held" else numbers[which])
            return full.p.ask("GET", room + target.format(f"{kind}--{uuid(number)}"))
        return {which: lambda which=which: ask(which) for which in numbers}

    posted = {which: iter(random.sample(numbers[which], 1000)) for which in numbers}

    def post(which):
        number = next(posted[which], None)
        if number is None:
            return None
        return full.p.ask("POST", "/api/collections/other/objects/", envelope([indicator(number)]))

    def page(target):
        return {"held": lambda: full.p.ask("GET", room + target), "absent": lambda: plain.p.ask("GET", room + target),
                "other": lambda: again.p.ask("GET", room + target)}

    def plainly(target):
        return {which: lambda: full.p.ask("GET", target) for which in numbers}

    return {
        "object": by_id("/objects/{}/"),
        "relationship": by_id("/objects/{}/", "relationship", LINKS),
        "versions": by_id("/objects/{}/versions/"),
        "objects, match[id]": by_id("/objects/?match[id]={}"),
        "manifest, match[id]": by_id("/manifest/?match[id]={}"),
        "page of 100 without references": page("/objects/?limit=100&match[type]=indicator"),
        "page of 100 relationships": page("/objects/?limit=100&match[type]=relationship"),
        "manifest of 100": page("/manifest/?limit=100"),
        "POST of the same id": {which: lambda which=which: post(which) for which in numbers},
        "discovery": plainly("/taxii2/"),
    }


def compare(name, times, asked):
    """Asks each so many times, in random order."""
    took = {which: [] for which in asked}
    shapes = set()
    order = [which for which in asked for _ in range(times + times // 10)]
    random.shuffle(order)
    for which in order:
        answer = asked[which]()
        if answer:
            status, length, micros = answer
            shapes.add((status, length if name != "POST of the same id" else 0))
            took[which].append(micros)
    if len(shapes) != 1:
        raise servers.Failed(f"{name}: the answers themselves differ: {shapes}")
    # The first tenth warms up.
    return name, {which: values[len(values) // 11:] for which, values in took.items()}


def noise(values):
    """The standard error of the median, by resampling."""
    medians = [statistics.median(random.choices(values, k=len(values))) for _ in range(200)]
    return statistics.stdev(medians)


def rank_test(one, other):
    """Mann-Whitney, two-sided, by the normal approximation."""
    ranked = sorted([(value, 0) for value in one] + [(value, 1) for value in other])
    ranks = sum(rank for rank, (_, which) in enumerate(ranked, 1) if which == 0)
    n, m = len(one), len(other)
    u = ranks - n * (n + 1) / 2
    z = (u - n * m / 2) / math.sqrt(n * m * (n + m + 1) / 12)
    return math.erfc(abs(z) / math.sqrt(2))


def report(rows, options):
    """Prints the table; gives the exit code."""
    print("| asked | withheld: median (quartiles) µs | not there: median (quartiles) µs | difference µs | nothing beside "
          "nothing µs | error of a median µs | p | p of nothing beside nothing | |")
    print("|---|--:|--:|--:|--:|--:|--:|--:|---|")
    told = 0
    for name, took in rows:
        held, absent, other = (took[which] for which in ("held", "absent", "other"))
        medians = [statistics.median(values) for values in (held, absent, other)]
        difference, beside = medians[0] - medians[1], medians[2] - medians[1]
        error = math.hypot(noise(held), noise(absent))
        bound = options.factor * max(error, abs(beside))
        is_told = abs(difference) > bound and rank_test(held, absent) < 0.001
        told += is_told
        print(f"| {name} | {quartiles(held)} | {quartiles(absent)} | {difference:+.1f} | {beside:+.1f} | {error:.1f} | "
              f"{rank_test(held, absent):.3f} | {rank_test(other, absent):.3f} | {'told apart' if is_told else ''} |")
    print(f"\n{min(len(values) for _, took in rows for values in took.values())} repetitions of each or more; "
          f"{told} told apart")
    return 1 if told else 0


def quartiles(values):
    low, middle, high = statistics.quantiles(values, n=4)
    return f"{middle:.1f} ({low:.1f}, {high:.1f})"


if __name__ == "__main__":
    main()
