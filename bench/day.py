#!/usr/bin/env python3
"""From one partner's indicator to the other's alert and back: how long does each hop take?

    bench/day.py --cresset target/release/cresset

One node on loopback with two partners. A publishes indicators through TAXII; B's `cresset watch` follows the collection and a Zeek log
that grows; what it sees goes home, and A reads the sighting. See README.md beside this file.
"""

import argparse
import http.client
import json
import os
import queue
import statistics
import subprocess
import sys
import threading
import time
import urllib.request
import uuid
from pathlib import Path

import servers

HERE = Path(__file__).resolve().parent
SECONDS_MAX = 60
PAUSE = 0.002
ROOM = "d0000001-0000-4000-8000-000000000001"
#: What is AMBER and came from one partner is not passed on to another without REL (docs/release-rule.md, line 9).
GREEN = "marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb"
WORLD = f"""
[organisation]
id = "identity--a0000001-0000-4000-8000-000000000001"
name = "Day"
[[collection]]
id = "{ROOM}"
alias = "room"
title = "Room"
default_marking = ["TLP:GREEN"]
""" + "".join(f"""
[[partner]]
name = "{name}"
organisation = "identity--a0000001-0000-4000-8000-00000000000{number}"
[[agreement]]
partner = "{name}"
collection = "room"
may = ["read", "submit"]
ceiling = "RED"
""" for name, number in (("a", 2), ("b", 3)))
HOPS = ("publish → answered, on the disk", "publish → held by B's watcher", "line written → alert", "alert → sighting readable by A",
        "publish → sighting readable by A")


def main():
    options = arguments()
    build = Path(os.environ.get("CARGO_TARGET_DIR", HERE.parent / "target")).resolve()
    node = Node(build / "bench" / "day", options.cresset.resolve())
    watcher = None
    try:
        node.start()
        before = [indicator(f"before-{number}.night-heron-lanterns.net") for number in range(options.indicators)]
        for first in range(0, len(before), 1000):
            node.post(before[first:first + 1000])
        watcher = Watcher(node, options)
        watcher.until(lambda: watcher.indicators() == len(before), "the watcher does not take the indicators")
        rounds = [day(node, watcher, number) for number in range(options.rounds)]
    finally:
        if watcher:
            servers.stop(watcher.process)
        node.stop()
    report(rounds, options)


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cresset", type=Path, default=HERE.parent / "target/release/cresset")
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--indicators", type=int, default=1000, help="that are there before")
    parser.add_argument("--window", type=int, default=1, help="seconds that a sighting gathers; 300 where nothing is said to `cresset watch`")
    return parser.parse_args()


class Node(servers.Cresset):
    """A node with the partners `a` and `b`."""

    def launch(self):
        self.port = servers.free_port()
        self.command("init", "--organisation", "Day")
        world = self.folder / "world.toml"
        world.write_text(WORLD)
        self.command("apply", world)
        tokens = {name: json.loads(self.command("token", "issue", name))["secret"]["secret"] for name in ("a", "b")}
        (self.folder / "token").write_text(tokens["b"])
        self.auth = f"Bearer {tokens['a']}"
        self.url = f"http://127.0.0.1:{self.port}/api/collections/room/"
        self.run([self.binary, "--dir", self.folder / "node", "--log", "warn", "serve", f"--listen=127.0.0.1:{self.port}"],
                 answer=self.url)
        self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=SECONDS_MAX)

    def ask(self, method, target, body=None):
        headers = {"Accept": servers.MEDIA_TYPE, "Content-Type": servers.MEDIA_TYPE, "Authorization": self.auth}
        self.connection.request(method, f"/api/collections/room/objects/{target}", body, headers)
        response = self.connection.getresponse()
        answer = json.loads(response.read())
        if response.status not in (200, 202):
            raise servers.Failed(f"{method} is answered with {response.status}")
        return answer

    def post(self, objects):
        """Gives objects as partner A; they are on the disk when it is answered."""
        status = self.ask("POST", "", json.dumps({"objects": objects}).encode())
        if status["status"] != "complete" or status["success_count"] != len(objects):
            raise servers.Failed(f"not everything was taken: {status}")

    def has_sighting(self, of):
        """Whether A finds a sighting of an indicator. It asks as it would: for the sightings of the last minute."""
        found = self.ask("GET", f"?match[type]=sighting&limit=1000&added_after={self.since}").get("objects", [])
        return any(sighting["sighting_of_ref"] == of for sighting in found)


class Watcher:
    """B's sensor, its log and its alerts."""

    def __init__(self, node, options):
        self.log = node.folder / "dns.log"
        self.log.touch()
        port = servers.free_port()
        self.metrics = f"http://127.0.0.1:{port}/metrics"
        self.alerts = queue.Queue()
        command = [node.binary, "--log", "warn", "watch", "--indicators", node.url, "--token-file", node.folder / "token",
                   "--input", self.log, "--follow", "--state", node.folder / "sensor", "--window", str(options.window), "--marking", "TLP:GREEN",
                   "--metrics", f"127.0.0.1:{port}"]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=(node.folder / "sensor-log").open("wb"), text=True)
        threading.Thread(target=lambda: [self.alerts.put((time.monotonic(), json.loads(line))) for line in self.process.stdout],
                         daemon=True).start()

    def indicators(self):
        try:
            with urllib.request.urlopen(self.metrics, timeout=5) as answer:
                lines = answer.read().decode().splitlines()
        except OSError:
            return None
        return next(int(line.split()[1]) for line in lines if line.startswith("cresset_watch_indicators "))

    def until(self, holds, otherwise):
        deadline = time.monotonic() + SECONDS_MAX
        while not holds():
            if time.monotonic() > deadline or self.process.poll() is not None:
                raise servers.Failed(otherwise)
            time.sleep(PAUSE)


def day(node, watcher, number):
    """One indicator there and its sighting back: seconds of each hop."""
    domain = f"day-{number}.night-heron-lanterns.net"
    own = indicator(domain)
    node.since = time.strftime("%Y-%m-%dT%H:%M:%S.000000Z", time.gmtime(time.time() - 60))
    held = watcher.indicators() + 1
    # Not in step with anybody's seconds.
    time.sleep(number % 7 / 7)
    published = time.monotonic()
    node.post([own])
    answered = time.monotonic()
    watcher.until(lambda: watcher.indicators() == held, "the watcher does not take an indicator")
    known = time.monotonic()
    with watcher.log.open("a") as log:
        log.write(zeek(domain) + "\n")
    written = time.monotonic()
    try:
        at, alert = watcher.alerts.get(timeout=SECONDS_MAX)
    except queue.Empty:
        raise servers.Failed("there is no alert") from None
    if alert["indicator"] != own["id"]:
        raise servers.Failed(f"an alert of another indicator: {alert['indicator']}")
    watcher.until(lambda: node.has_sighting(own["id"]), "no sighting comes home")
    back = time.monotonic()
    return answered - published, known - published, at - written, back - at, back - published


def indicator(domain):
    moment = time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime(time.time() - 3600))
    return {"type": "indicator", "spec_version": "2.1", "id": f"indicator--{uuid.uuid4()}", "created": moment, "modified": moment,
            "indicator_types": ["malicious-activity"], "valid_from": moment, "pattern_type": "stix", "object_marking_refs": [GREEN],
            "pattern": f"[domain-name:value = '{domain}']"}


def zeek(domain):
    return json.dumps({"ts": time.time(), "uid": "CAbc", "id.orig_h": "192.0.2.10", "id.orig_p": 40000, "id.resp_h": "192.0.2.53",
                       "id.resp_p": 53, "proto": "udp", "query": domain, "qtype_name": "A", "rcode_name": "NOERROR"})


def report(rounds, options):
    print(f"{len(rounds)} rounds, sightings gather {options.window} s, {options.indicators} indicators before; seconds\n")
    print("| hop | median | least | most |\n|---|--:|--:|--:|")
    for hop, all_ in zip(HOPS, zip(*rounds)):
        print(f"| {hop} | {statistics.median(all_):.3f} | {min(all_):.3f} | {max(all_):.3f} |")


if __name__ == "__main__":
    sys.exit(main())
