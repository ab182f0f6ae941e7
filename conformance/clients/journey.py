#!/usr/bin/env python3
"""Do the clients that people really use get along with a running server?

Reads one JSON line from a file or from stdin:

    {"url": DISCOVERY URL, "ca_file": optional, "partners": [
      {"name", "token", "user", "password", "marking": optional,
       "collections": [{"id", "alias", "url", "may": ["read", "submit", "delete"]}]}]}

and goes through what a partner does with taxii2-client and stix2: discover, read, page, filter, publish, poll, delete,
and try what is not allowed. A collection that only other partners have is one this partner must not know of.

    journey.py [FILE] [--attack BUNDLE...]

Every check prints `ok NAME` or `FAIL NAME why`; the last line is `N passed, M failed`; the exit code is 1 if one failed.
`--attack` also publishes whole bundles where a partner may do everything, reads them back and compares every object.
"""

import argparse
import copy
import datetime
import json
import logging
import random
import sys
import time
import uuid
from urllib.parse import urljoin, urlsplit

import stix2
from requests.auth import AuthBase, HTTPBasicAuth
from requests.exceptions import HTTPError
from taxii2client.exceptions import AccessError
from taxii2client.v21 import ApiRoot, Collection, Server, as_pages

TAXII = "application/taxii+json;version=2.1"
PAGES_MAX = 100_000
STATUS_SECONDS_MAX = 600
QUIET_SECONDS = 3
QUIET_SECONDS_MAX = 60
# Headers that differ between two answers to the same question.
VOLATILE = {"date", "x-request-id", "traceparent", "tracestate", "server-timing", "connection", "keep-alive"}


class BearerAuth(AuthBase):
    def __init__(self, token):
        self.token = token

    def __call__(self, request):
        request.headers["Authorization"] = "Bearer " + self.token
        return request


class Checks:
    """Runs checks, prints each, counts them."""

    def __init__(self):
        self.passed = 0
        self.failed = 0

    def run(self, name, check):
        """Runs `check`; gives what it returned, or nothing if it failed."""
        try:
            result = check()
        except Exception as error:  # every surprise of a client is a failure of this check, and the next one still runs
            self.failed += 1
            why = " ".join(f"{type(error).__name__}: {error}".split())
            print(f"FAIL {name} {why[:400]}", flush=True)
            return None
        self.passed += 1
        print(f"ok {name}", flush=True)
        return result

    def stage(self, name, journey, *arguments):
        """Runs a journey of many checks. What stops it is one more failure, and the next journey still runs."""
        try:
            journey(self, *arguments)
        except Exception as error:
            self.failed += 1
            why = " ".join(f"{type(error).__name__}: {error}".split())
            print(f"FAIL {name}: cannot go on {why[:400]}", flush=True)


def need(truth, why):
    if not truth:
        raise AssertionError(why)


def refused(check, statuses):
    """The request must be refused with one of these statuses."""
    try:
        check()
    except HTTPError as error:
        need(error.response.status_code in statuses, f"{error.response.status_code}, not one of {sorted(statuses)}")
        return
    raise AssertionError(f"was not refused with one of {sorted(statuses)}")


def refused_by_client(check):
    """The client must not even ask, because it was told what it may."""
    try:
        check()
    except AccessError:
        return
    raise AssertionError("the client was not told that it may not")


# --- objects -------------------------------------------------------------------------------------------------------

def timestamp(seconds=0):
    moment = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=seconds)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"


def sdo(kind, marking, **properties):
    now = timestamp()
    made = {"type": kind, "spec_version": "2.1", "id": f"{kind}--{uuid.uuid4()}", "created": now, "modified": now}
    if marking:
        made["object_marking_refs"] = [marking]
    made.update(properties)
    return made


def indicator(marking, name="journey", **properties):
    octets = ".".join(str(random.randrange(1, 255)) for _ in range(3))
    pattern = f"[ipv4-addr:value = '10.{octets}']"
    return sdo("indicator", marking, name=name, pattern=pattern, pattern_type="stix", valid_from=timestamp(),
               indicator_types=["malicious-activity"], **properties)


def later(thing, **changes):
    """The next version of an object."""
    return {**copy.deepcopy(thing), "modified": timestamp(seconds=1), **changes}


def observable(marking):
    octets = ".".join(str(random.randrange(1, 255)) for _ in range(3))
    made = json.loads(stix2.v21.IPv4Address(value=f"10.{octets}").serialize())
    if marking:
        made["object_marking_refs"] = [marking]
    return made


def fifty(marking):
    """Fifty objects: several types, two versions of the first, observables, and text that is easily damaged."""
    first = indicator(marking, "journey: zwei Versionen — 二つの版 \U0001f525 \\ \" \t",
                      x_journey_numbers=[0, -1, 0.5, 1e-7, 9007199254740991],
                      x_journey_nested={"empty": {}, "no": False})
    malware = [sdo("malware", marking, name=f"journey {n}", is_family=False) for n in range(5)]
    indicators = [indicator(marking, f"journey {n}", confidence=n) for n in range(33)]
    links = [sdo("relationship", marking, relationship_type="indicates", source_ref=indicators[n]["id"],
                 target_ref=malware[n]["id"]) for n in range(5)]
    seen = [observable(marking) for _ in range(4)]
    report = sdo("report", marking, name="journey", published=timestamp(), object_refs=[first["id"], malware[0]["id"]])
    made = [first, later(first, name="journey: second version")] + malware + indicators + links + seen + [report]
    assert len(made) == 50
    return made


def version_of(thing):
    return thing.get("modified") or thing.get("created")


def key(thing):
    return thing["id"], version_of(thing)


def moment(version):
    """A version in a form whose order is that of time, however many digits its seconds have."""
    whole, _, fraction = (version or "").rstrip("Z").partition(".")
    return whole, fraction.ljust(9, "0")


# --- one partner's view of the server --------------------------------------------------------------------------------

class Partner:
    def __init__(self, config, url, verify):
        self.config = config
        self.name = config["name"]
        self.marking = config.get("marking")
        self.verify = verify
        self.url = url
        self.collections = [c for c in config.get("collections", []) if c.get("may")]
        self.auths = {}
        if config.get("token"):
            self.auths["bearer"] = BearerAuth(config["token"])
        if config.get("user") and config.get("password"):
            self.auths["basic"] = HTTPBasicAuth(config["user"], config["password"])
        if not self.auths:
            raise SystemExit(f"partner {self.name} has neither a token nor a user with a password")
        self.auth = next(iter(self.auths.values()))
        self.urls = {}

    def server(self, auth=None):
        return Server(self.url, auth=auth or self.auth, verify=self.verify)

    def roots(self, auth=None):
        """The API roots on this server: discovery may also name those of others."""
        here = urlsplit(self.url).netloc
        return [root for root in self.server(auth).api_roots if urlsplit(root.url).netloc == here]

    def collection(self, config):
        return Collection(self.collection_url(config), auth=self.auth, verify=self.verify)

    def collection_url(self, config):
        if config.get("url"):
            return urljoin(self.url, config["url"]).rstrip("/") + "/"
        if not self.urls:
            self.urls = {c.id: c.url for root in self.roots() for c in root.collections}
        return self.urls[config["id"]]

    def root(self, config):
        return ApiRoot(urljoin(self.collection_url(config), "../../"), auth=self.auth, verify=self.verify)


def ask(collection, path="", method="GET", **options):
    """One request past the client's own checks, with the client's credentials."""
    headers = {"Accept": TAXII, **options.pop("headers", {})}
    return collection._conn.session.request(method, collection.url + path, headers=headers, **options)


def answer(collection, path="", method="GET", **options):
    response = ask(collection, path, method, **options)
    response.raise_for_status()
    return response


def walk(call, limit, entries="objects", **filters):
    """Every entry of every page. Stops at the first sign of a walk that would not end."""
    found = []
    seen = set()
    for number, page in enumerate(as_pages(call, per_request=limit, **filters)):
        got = page.get(entries, [])
        need(entries not in page or got, f"page {number} has an empty list instead of none")
        need(len(got) <= limit, f"page {number} has {len(got)} entries, more than {limit}")
        need(not page.get("more") or page.get("next"), f"page {number} has `more` without `next`")
        need(got or not page.get("more"), f"page {number} is empty and says there is more")
        need(number < PAGES_MAX, f"more than {PAGES_MAX} pages")
        for entry in got:
            mark = (entry["id"], entry.get("version") or version_of(entry))
            need(mark not in seen, f"{mark} came twice")
            seen.add(mark)
        found.extend(got)
    return found


def walk_by_date_added(collection, limit):
    """The other way to page: from each `X-TAXII-Date-Added-Last` on."""
    found = []
    after = None
    for _ in range(PAGES_MAX):
        params = {"limit": limit, "match[version]": "all"}
        if after:
            params["added_after"] = after
        response = answer(collection, "objects/", params=params)
        page = response.json()
        last = response.headers.get("X-TAXII-Date-Added-Last")
        need(last, "no X-TAXII-Date-Added-Last")
        need(response.headers.get("X-TAXII-Date-Added-First"), "no X-TAXII-Date-Added-First")
        found.extend(page.get("objects", []))
        if not page.get("more"):
            return found
        need(last != after, f"stays at {last}")
        after = last
    raise AssertionError(f"more than {PAGES_MAX} pages")


def settled(collection):
    """Waits until nothing is added any more. What refers to something that is seen since a moment ago is dated anew a second or
    so later; until then a walk may meet it twice, and two walks differ."""
    newest, quiet_since, begun = "1970-01-01T00:00:00Z", time.monotonic(), time.monotonic()
    while time.monotonic() - quiet_since < QUIET_SECONDS and time.monotonic() - begun < QUIET_SECONDS_MAX:
        page = answer(collection, "manifest/", params={"added_after": newest, "match[version]": "all"})
        if page.json().get("objects"):
            newest, quiet_since = page.headers["X-TAXII-Date-Added-Last"], time.monotonic()
        else:
            time.sleep(0.2)
    need(time.monotonic() - quiet_since >= QUIET_SECONDS, f"still added to after {QUIET_SECONDS_MAX} s")


# --- the journeys ----------------------------------------------------------------------------------------------------

def discover(checks, partner, hidden):
    for scheme, auth in partner.auths.items():
        name = f"{partner.name}: with {scheme}, "

        def discovery():
            server = partner.server(auth)
            need(server.title, "no title")
            need(server.api_roots, "no API root")
            need(server._raw.get("default") in (None, *server._raw["api_roots"]), "the default is not in the list")

        def information():
            for root in partner.roots(auth):
                need(root.title, "no title")
                need(TAXII in root.versions, f"{TAXII} is not in {root.versions}")
                need(root.max_content_length > 0, "max_content_length is not above zero")

        def collections():
            listed = {c.id: c for root in partner.roots(auth) for c in root.collections}
            for config in partner.collections:
                need(config["id"] in listed, f"{config['id']} is not listed")
                may, collection = config["may"], listed[config["id"]]
                need(collection.can_read == ("read" in may), f"can_read is {collection.can_read} for {may}")
                if "submit" in may or "delete" not in may:
                    need(collection.can_write == ("submit" in may), f"can_write is {collection.can_write} for {may}")
                alone = partner.collection(config)
                alone.refresh()
                need(alone._raw == collection._raw, "alone it is not as in the list")
            known = {c["id"] for c in hidden} & set(listed)
            need(not known, f"hidden collections are listed: {known}")

        checks.run(name + "discovery names the server and its API roots", discovery)
        checks.run(name + "each API root describes itself", information)
        checks.run(name + "the collections are those of the partner", collections)

    def no_credentials(auth):
        response = Server(partner.url, auth=auth, verify=partner.verify)._conn.session.get(
            partner.url, headers={"Accept": TAXII})
        need(response.status_code == 401, f"{response.status_code}, not 401")
        need(response.headers.get("WWW-Authenticate"), "no WWW-Authenticate")

    wrong = HTTPBasicAuth(partner.config.get("user") or "nobody", "wrong-" + uuid.uuid4().hex)
    checks.run(f"{partner.name}: no credentials are 401", lambda: no_credentials(None))
    checks.run(f"{partner.name}: a wrong password is 401", lambda: no_credentials(wrong))
    checks.run(f"{partner.name}: a wrong token is 401", lambda: no_credentials(BearerAuth(uuid.uuid4().hex)))


def read(checks, partner, config, name):
    collection = partner.collection(config)
    settled(collection)
    state = {}

    def whole(limit):
        state["objects"] = walk(collection.get_objects, limit, version="all")
        return len(state["objects"])

    def manifest():
        entries = state["manifest"] = walk(collection.get_manifest, 1000, version="all")
        objects = state["objects"]
        need(len(entries) == len(objects), f"{len(entries)} entries for {len(objects)} objects")
        for entry, thing in zip(entries, objects):
            need(entry["id"] == thing["id"], f"{entry['id']} where the objects have {thing['id']}")
            need(version_of(thing) in (None, entry["version"]), f"{entry['id']} has version {entry['version']}")
        dates = [entry["date_added"] for entry in entries]
        need(dates == sorted(dates), "not in the order of date_added")

    checks.run(name + "paged whole, 100 at a time", lambda: whole(100))
    hundred = state.get("objects")

    def thousand():
        whole(1000)
        need(state["objects"] == hundred, "another sequence than with 100 at a time")

    checks.run(name + "paged whole, 1000 at a time, the same", thousand)
    checks.run(name + "the manifest lists the same versions in the same order", manifest)
    objects, entries = state.get("objects"), state.get("manifest")
    if objects is None or entries is None:
        return
    if len(objects) <= 20_000:
        def dates():
            by_date = walk_by_date_added(collection, 1000)
            need([key(o) for o in by_date] == [key(o) for o in objects], "another sequence than by `next`")
        checks.run(name + "paged whole by X-TAXII-Date-Added-Last, the same", dates)

    def refuse(path, params):
        return lambda: refused(lambda: answer(collection, path, params=params), {400})

    checks.run(name + "a malformed added_after is 400", refuse("objects/", {"added_after": "yesterday"}))
    checks.run(name + "a limit of zero is 400", refuse("manifest/", {"limit": "0"}))
    checks.run(name + "all with last is 400", refuse("objects/", {"match[version]": "all,last"}))
    nobody = f"indicator--{uuid.uuid4()}"
    checks.run(name + "an unknown object is 404", lambda: refused(lambda: collection.get_object(nobody), {404}))
    checks.run(name + "the versions of an unknown object are 404",
               lambda: refused(lambda: collection.object_versions(nobody), {404}))

    def nothing():
        need("objects" not in collection.get_objects(id=nobody), "an envelope with objects")
        need("objects" not in collection.get_manifest(id=nobody), "a manifest with objects")

    checks.run(name + "no match is an empty envelope and an empty manifest", nothing)
    if config.get("alias"):
        def alias():
            root = partner.root(config)
            page = root._conn.get(f"{root.url}collections/{config['alias']}/objects/", params={"limit": 10})
            need(page == collection.get_objects(limit=10), "other objects than at the id")
        checks.run(name + "the alias leads to the same objects", alias)
    if objects:
        filters(checks, collection, objects, entries, name)


def filters(checks, collection, objects, entries, name):
    def same(expected, **filter):
        def compare():
            got = walk(collection.get_objects, 1000, **filter)
            want = [key(o) for o in objects if expected(o)]
            need([key(o) for o in got] == want, f"{len(got)} objects instead of {len(want)}")
        return compare

    chosen = sorted({o["id"] for o in random.sample(objects, min(3, len(objects)))})
    kinds = sorted({o["type"] for o in objects})
    latest, first = {}, {}
    for thing in objects:
        version = version_of(thing)
        if thing["id"] not in latest or moment(version) >= moment(latest[thing["id"]]):
            latest[thing["id"]] = version
        if thing["id"] not in first or moment(version) <= moment(first[thing["id"]]):
            first[thing["id"]] = version
    some = random.choice([o for o in objects if version_of(o)] or objects)

    checks.run(name + "match[id]", same(lambda o: o["id"] in chosen, id=chosen, version="all"))
    checks.run(name + "match[type]", same(lambda o: o["type"] == kinds[0], type=kinds[0], version="all"))
    checks.run(name + "match[type], two values",
               same(lambda o: o["type"] in kinds[-2:], type=kinds[-2:], version="all"))
    checks.run(name + "match[id] and match[type] together",
               same(lambda o: o["id"] in chosen and o["type"] == kinds[0], id=chosen, type=kinds[0], version="all"))
    checks.run(name + "no match[version] gives the latest", same(lambda o: version_of(o) == latest[o["id"]]))
    checks.run(name + "match[version]=first", same(lambda o: version_of(o) == first[o["id"]], version="first"))
    checks.run(name + "match[version] by its date", same(lambda o: key(o) == key(some), id=some["id"],
                                                         version=version_of(some) or "all"))
    checks.run(name + "match[spec_version]=2.1",
               same(lambda o: o.get("spec_version", "2.1") == "2.1", spec_version="2.1", version="all"))

    def added_after():
        middle = entries[len(entries) // 2]["date_added"]
        want = [(e["id"], e["version"]) for e in entries if e["date_added"] > middle]
        got = walk(collection.get_manifest, 1000, added_after=middle, version="all")
        need([(e["id"], e["version"]) for e in got] == want, f"{len(got)} entries instead of {len(want)}")
        got = walk(collection.get_objects, 1000, added_after=middle, version="all")
        need(len(got) == len(want), f"{len(got)} objects instead of {len(want)}")

    def alone():
        page = collection.get_object(some["id"])
        need([version_of(o) for o in page["objects"]] == [latest[some["id"]]], "not just the latest version")
        every = [o for o in objects if o["id"] == some["id"]]
        need(walk(lambda **f: collection.get_object(some["id"], **f), 1000, version="all") == every, "other versions")
        listed = collection.object_versions(some["id"])["versions"]
        want = [e["version"] for e in entries if e["id"] == some["id"]]
        need(sorted(listed) == sorted(want), f"versions are {listed} instead of {want}")

    checks.run(name + "added_after leaves what was added later", added_after)
    checks.run(name + "one object, its versions", alone)


def publish(checks, partner, config, name):
    collection = partner.collection(config)
    readable = "read" in config["may"]
    made = fifty(partner.marking)

    def fifty_objects():
        status = collection.add_objects({"objects": made}, timeout=STATUS_SECONDS_MAX)
        need(status.status == "complete", f"the status is {status.status}")
        need((status.total_count, status.success_count) == (50, 50),
             f"{status.success_count} of {status.total_count} were taken: {status.failures[:3]}")
        need(uuid.UUID(status.id).version == 4, f"the status id is {status.id}")
        return status

    def again(status):
        asked = partner.root(config).get_status(status.id)
        need((asked.id, asked.status, asked.success_count) == (status.id, "complete", 50), str(asked._raw))

    def polled():
        status = collection.add_objects({"objects": [indicator(partner.marking)]}, wait_for_completion=False)
        status.wait_until_final(poll_interval=0.2, timeout=STATUS_SECONDS_MAX)
        need(status and status.success_count == 1, str(status._raw))

    def one_bad():
        bad = {"type": "indicator", "spec_version": "2.1", "id": f"indicator--{uuid.uuid4()}"}
        good = indicator(partner.marking)
        status = collection.add_objects({"objects": [bad, good]}, timeout=STATUS_SECONDS_MAX)
        need((status.success_count, status.failure_count) == (1, 1), str(status._raw))
        need([f["id"] for f in status.failures] in ([], [bad["id"]]), f"failures are {status.failures}")

    def duplicates():
        status = collection.add_objects({"objects": made}, timeout=STATUS_SECONDS_MAX)
        need((status.success_count, status.failure_count) == (50, 0), f"{status.failures[:3]}")

    def unprocessable():
        refused(lambda: collection.add_objects(b'{"objects": [}'), {400, 422})

    def back():
        ids = sorted({o["id"] for o in made})
        got = {key(o): o for o in walk(collection.get_objects, 1000, id=ids, version="all")}
        need(len(got) == 50, f"{len(got)} of 50 came back")
        for thing in made:
            need(got.get(key(thing)) == thing, f"{thing['id']} came back changed: {got.get(key(thing))}")

    def two_versions():
        old, new = made[0], made[1]
        get = collection.get_object
        need(get(old["id"])["objects"] == [new], "the default is not the later version")
        need(get(old["id"], version="first")["objects"] == [old], "first is not the earlier version")
        need(get(old["id"], version="last")["objects"] == [new], "last is not the later version")
        need(get(old["id"], version=old["modified"])["objects"] == [old], "the named version is another")
        need(len(get(old["id"], version="all")["objects"]) == 2, "all is not two")
        listed = collection.object_versions(old["id"])["versions"]
        need(sorted(listed) == [old["modified"], new["modified"]], f"versions are {listed}")

    status = checks.run(name + "publish fifty objects", fifty_objects)
    if status is not None:
        checks.run(name + "ask for their status again", lambda: again(status))
        if readable:
            checks.run(name + "read them back equal", back)
            checks.run(name + "two versions of one object", two_versions)
        checks.run(name + "publish them again", duplicates)
    checks.run(name + "publish and poll", polled)
    checks.run(name + "one bad object stops no other", one_bad)
    checks.run(name + "a broken body is refused", unprocessable)


def stix2_store(checks, partner, config, name):
    """The same through the data stores of the stix2 library. Its sink posts a bundle, not an envelope."""
    collection = partner.collection(config)
    markings = {"object_marking_refs": [partner.marking]} if partner.marking else {}
    made = stix2.v21.Indicator(name="journey with stix2", pattern="[url:value = 'http://journey.example/']",
                               pattern_type="stix", valid_from=timestamp(), **markings)
    newer = made.new_version(name="journey with stix2, second version")

    def sink():
        target = stix2.TAXIICollectionSink(collection, allow_custom=True)
        target.add(made)
        target.add(stix2.v21.Bundle(newer))
        target.add([indicator(partner.marking) for _ in range(2)])

    def source():
        source = stix2.TAXIICollectionSource(collection)
        got = source.get(made.id)
        need(got is not None and got == newer, f"got {got}")
        need(source.get(f"indicator--{uuid.uuid4()}") is None, "an unknown id has an object")

    def versions():
        got = stix2.TAXIICollectionSource(collection).all_versions(made.id)
        need(sorted(o.modified for o in got) == [made.modified, newer.modified], f"{len(got)} versions")

    def query():
        source = stix2.TAXIICollectionSource(collection)
        got = source.query([stix2.Filter("type", "=", "indicator"), stix2.Filter("id", "=", made.id)])
        need([o.modified for o in got] == [newer.modified], f"{len(got)} objects")
        kept = source.query([stix2.Filter("id", "=", made.id), stix2.Filter("name", "=", "of nobody")])
        need(kept == [], "a filter that the library applies itself did not apply")

    def store():
        both = stix2.TAXIICollectionStore(collection, allow_custom=True)
        thing = stix2.v21.Indicator(name="journey", pattern="[file:size = 1]", pattern_type="stix",
                                    valid_from=timestamp(), **markings)
        both.add(thing)
        need(both.get(thing.id) == thing, "not what was added")
        need(len(both.query([stix2.Filter("id", "=", thing.id)])) == 1, "the query does not find it")

    checks.run(name + "stix2 sink adds an object, a bundle and a list", sink)
    if "read" in config["may"]:
        checks.run(name + "stix2 source gets the latest, and nothing for an unknown id", source)
        checks.run(name + "stix2 source gets all versions", versions)
        checks.run(name + "stix2 source queries", query)
        checks.run(name + "stix2 store adds and gets", store)


def delete(checks, partner, config, name):
    collection = partner.collection(config)
    old = indicator(partner.marking)
    new = later(old, name="journey, second version")

    def one_version():
        collection.add_objects({"objects": [old, new]}, timeout=STATUS_SECONDS_MAX)
        collection.delete_object(old["id"], version=old["modified"])
        need(collection.object_versions(old["id"])["versions"] == [new["modified"]], "the versions are others")
        need(collection.get_object(old["id"])["objects"] == [new], "the other version is gone too")

    def whole():
        collection.add_objects({"objects": [old, new]}, timeout=STATUS_SECONDS_MAX)
        collection.delete_object(old["id"])
        refused(lambda: collection.get_object(old["id"]), {404})
        need("objects" not in collection.get_manifest(id=old["id"], version="all"), "it is in the manifest")
        need("objects" not in collection.get_objects(id=old["id"], version="all"), "it is in the collection")

    def not_allowed():
        collection.add_objects({"objects": [old]}, timeout=STATUS_SECONDS_MAX)
        refused(lambda: collection.delete_object(old["id"]), {403})
        need(collection.get_object(old["id"])["objects"] == [old], "it is gone all the same")

    if "delete" in config["may"]:
        checks.run(name + "delete one version", one_version)
        checks.run(name + "delete an object", whole)
        checks.run(name + "deleting an unknown object is 404",
                   lambda: refused(lambda: collection.delete_object(f"indicator--{uuid.uuid4()}"), {404}))
    else:
        checks.run(name + "deleting without the right to is 403", not_allowed)


def no_reading(checks, partner, config, name):
    collection = partner.collection(config)
    nobody = f"indicator--{uuid.uuid4()}"
    checks.run(name + "the client knows that it may not read", lambda: refused_by_client(collection.get_objects))
    for path in ("objects/", "manifest/", f"objects/{nobody}/", f"objects/{nobody}/versions/"):
        checks.run(name + f"reading {path.replace(nobody, 'ID')} is refused",
                   lambda path=path: refused(lambda: answer(collection, path), {403, 404}))
    checks.run(name + "deleting is 403",
               lambda: refused(lambda: answer(collection, f"objects/{nobody}/", "DELETE"), {403}))


def no_writing(checks, partner, config, name):
    collection = partner.collection(config)
    envelope = {"objects": [indicator(partner.marking)]}

    def post():
        headers = {"Content-Type": TAXII}
        refused(lambda: answer(collection, "objects/", "POST", data=json.dumps(envelope), headers=headers), {403, 404})
        thing = envelope["objects"][0]["id"]
        need("objects" not in collection.get_objects(id=thing), "it was refused and stored")

    checks.run(name + "the client knows that it may not write",
               lambda: refused_by_client(lambda: collection.add_objects(envelope)))
    checks.run(name + "writing is refused", post)
    checks.run(name + "deleting is 403", lambda: refused(
        lambda: answer(collection, f"objects/indicator--{uuid.uuid4()}/", "DELETE"), {403}))


def invisible(checks, partner, hidden):
    """A collection that the partner must not know of answers to the letter as one that nobody has."""
    if not hidden or not partner.collections:
        return
    root = partner.root(partner.collections[0])
    thing = f"indicator--{uuid.uuid4()}"
    body = json.dumps({"objects": [indicator(partner.marking)]})
    requests = [("GET", ""), ("GET", "objects/"), ("GET", "manifest/"), ("GET", f"objects/{thing}/"),
                ("GET", f"objects/{thing}/versions/"), ("DELETE", f"objects/{thing}/"), ("POST", "objects/")]

    def seen(collection, method, path):
        headers = {"Accept": TAXII}
        if method == "POST":
            headers["Content-Type"] = TAXII
        response = root._conn.session.request(method, f"{root.url}collections/{collection}/{path}",
                                              headers=headers, data=body if method == "POST" else None)
        kept = {n.lower(): v for n, v in response.headers.items() if n.lower() not in VOLATILE}
        text = response.text.replace(collection, "COLLECTION")
        try:
            parsed = json.loads(text)
            if isinstance(parsed, dict) and parsed.pop("error_id", None):
                kept.pop("content-length", None)
            text = json.dumps(parsed, sort_keys=True)
        except ValueError:
            pass
        return response.status_code, kept, text

    for config in hidden:
        names = [(config["id"], str(uuid.uuid4()))]
        if config.get("alias"):
            names.append((config["alias"], "".join(random.choices("abcdefghijk", k=len(config["alias"])))))
        for called, unknown in names:

            def alike(called=called, unknown=unknown):
                for method, path in requests:
                    known, other = seen(called, method, path), seen(unknown, method, path)
                    need(known[0] in (403, 404), f"{method} {path} is {known[0]}")
                    need(known == other, f"{method} {path}: {known} is not {other}")

            checks.run(f"{partner.name}: the hidden collection {called} answers as an unknown one", alike)


def attack(checks, partners, files):
    """Whole bundles there and back, object by object, with the rates."""
    def place():
        found = [(p, c) for p in partners for c in p.collections if {"read", "submit", "delete"} <= set(c["may"])]
        need(found, "no partner has a collection where it may read, submit and delete")
        return found[0]

    found = checks.run("a collection for whole bundles", place)
    if found is None:
        return
    partner, config = found
    collection = partner.collection(config)
    content_max = partner.root(config).max_content_length
    posted = {}
    objects = []
    for file in files:
        with open(file, encoding="utf-8") as opened:
            for thing in json.load(opened)["objects"]:
                variants = posted.setdefault(key(thing), [])
                if thing not in variants:
                    variants.append(thing)
                    objects.append(thing)
    name = f"{partner.name}, {config.get('alias') or config['id']}: "

    def send(batch):
        body = json.dumps({"objects": batch}, ensure_ascii=False).encode()
        if len(body) > content_max and len(batch) > 1:
            half = len(batch) // 2
            return send(batch[:half]) + send(batch[half:])
        status = collection.add_objects(body, timeout=STATUS_SECONDS_MAX)
        need(status.status == "complete", f"still pending after {STATUS_SECONDS_MAX} s")
        need(status.failure_count == 0, f"{status.failure_count} failures, the first: {status.failures[:3]}")
        return len(body)

    def publish_all():
        start, octets = time.monotonic(), 0
        for at in range(0, len(objects), 1000):
            octets += send(objects[at:at + 1000])
        seconds = max(time.monotonic() - start, 1e-9)
        print(f"# published {len(objects)} objects, {octets / 1e6:.1f} MB in {seconds:.1f} s: "
              f"{len(objects) / seconds:.0f} objects/s, {octets / 1e6 / seconds:.1f} MB/s", flush=True)

    def read_all():
        settled(collection)
        start = time.monotonic()
        got = walk(collection.get_objects, 1000, version="all")
        seconds = max(time.monotonic() - start, 1e-9)
        print(f"# read {len(got)} objects in {seconds:.1f} s: {len(got) / seconds:.0f} objects/s", flush=True)
        return {key(o): o for o in got}

    def compare(back):
        missing = [k for k in posted if k not in back]
        changed = [k for k in posted if k in back and back[k] not in posted[k]]
        need(not missing, f"{len(missing)} of {len(posted)} are missing, the first: {missing[:3]}")
        need(not changed, f"{len(changed)} of {len(posted)} came back changed, the first: {changed[:3]}")

    checks.run(name + f"publish {len(objects)} objects of {len(files)} bundles", publish_all)
    back = checks.run(name + "page them all back", read_all)
    if back is not None:
        checks.run(name + "each came back equal", lambda: compare(back))


def journeys(checks, partners):
    everything = {c["id"]: c for p in partners for c in p.config.get("collections", [])}
    for partner in partners:
        own = {c["id"] for c in partner.collections}
        hidden = [c for c in everything.values() if c["id"] not in own]
        checks.stage(f"{partner.name}: discover", discover, partner, hidden)
        for config in partner.collections:
            name, may = f"{partner.name}, {config.get('alias') or config['id']}: ", config["may"]
            ways = [publish, stix2_store] if "submit" in may else [no_writing]
            ways.append(read if "read" in may else no_reading)
            if "read" in may and "submit" in may:
                ways.append(delete)
            for way in ways:
                checks.stage(name + way.__name__, way, partner, config, name)
        checks.stage(f"{partner.name}: invisible", invisible, partner, hidden)


def main():
    parser = argparse.ArgumentParser(description="journeys of real TAXII clients through a running server")
    parser.add_argument("config", nargs="?", help="file with the JSON line; stdin without it")
    parser.add_argument("--attack", nargs="+", default=[], metavar="BUNDLE",
                        help="STIX bundles to publish and read back")
    arguments = parser.parse_args()
    logging.getLogger("taxii2client").setLevel(logging.ERROR)
    if arguments.config:
        with open(arguments.config, encoding="utf-8") as opened:
            config = json.load(opened)
    else:
        config = json.loads(sys.stdin.readline())
    partners = [Partner(p, config["url"], config.get("ca_file", True)) for p in config["partners"]]
    checks = Checks()
    journeys(checks, partners)
    if arguments.attack:
        checks.stage("attack", attack, partners, arguments.attack)
    print(f"{checks.passed} passed, {checks.failed} failed")
    return 1 if checks.failed else 0


if __name__ == "__main__":
    sys.exit(main())
