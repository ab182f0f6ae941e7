"""How is each server set up, started, watched and stopped?

Every server listens on loopback only, with its data in a folder of its own, empty at the start of every round. Only
processes started here are stopped, by their ids.
"""

import base64
import contextlib
import json
import os
import secrets
import shutil
import signal
import socket
import sqlite3
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path

HERE = Path(__file__).resolve().parent
MEDIA_TYPE = "application/taxii+json;version=2.1"
BODY_BYTES_MAX = 100 * 1024 * 1024


class Failed(Exception):
    """A server could not be set up or did not answer."""


class Server:
    """One server of this run. After `start`, `url` is a collection's objects URL and `auth` the header to send."""

    name = ""
    #: Takes objects without `modified`, as marking definitions and observables are.
    takes_unversioned = True
    #: The largest set that it is asked to hold.
    sets = ("small", "full")

    def __init__(self, folder):
        self.folder = folder
        self.process = None
        self.url = self.auth = None

    def start(self):
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)
        self.launch()

    def launch(self):
        raise NotImplementedError

    def settle(self):
        """What an administrator would do after a large load."""

    def stop(self):
        if self.process:
            stop(self.process)
            self.process = None
        shutil.rmtree(self.folder, ignore_errors=True)

    def run(self, command, environment=None, answer=None, seconds_max=90):
        """Starts the server's process and waits until `answer` (a URL) is answered."""
        log = (self.folder / "log").open("wb")
        self.process = subprocess.Popen(command, cwd=self.folder, env={**os.environ, **(environment or {})},
                                        stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        log.close()
        deadline = time.monotonic() + seconds_max
        while answer and not self.answers(answer):
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise Failed(f"{self.name} does not answer: {self.log_end()}")
            time.sleep(0.1)

    def answers(self, url):
        request = urllib.request.Request(url, headers={"Accept": MEDIA_TYPE, "Authorization": self.auth})
        try:
            with urllib.request.urlopen(request, timeout=5) as response:
                return response.status == 200
        except (urllib.error.URLError, OSError):
            return False

    def log_end(self):
        with contextlib.suppress(OSError):
            return (self.folder / "log").read_text(errors="replace")[-500:]
        return ""

    def memory(self):
        """VmRSS and VmHWM of the process and its children, in MB. Pages that they share are counted more than once."""
        sums = {"VmRSS": 0, "VmHWM": 0}
        for pid in [self.process.pid, *children(self.process.pid)]:
            with contextlib.suppress(OSError):
                for line in Path(f"/proc/{pid}/status").read_text().splitlines():
                    name, _, value = line.partition(":")
                    if name in sums:
                        sums[name] += int(value.split()[0]) / 1024
        return {"rss": round(sums["VmRSS"], 1), "peak": round(sums["VmHWM"], 1)}


class OpenTaxii(Server):
    """OpenTAXII as its own container image runs it (gunicorn, two workers), with two differences in its favour: threads,
    which keep connections open, and no `--config=python:opentaxii.http`, with which both workers inherit one database
    connection from their parent and disturb each other.
    """

    name = "OpenTAXII, SQLite"
    takes_unversioned = False

    def __init__(self, folder, python):
        super().__init__(folder)
        self.python = python

    def connection(self, name):
        return f"sqlite:///{self.folder / name}.db"

    def launch(self):
        port = free_port()
        database = {"create_tables": True}
        config = {
            "domain": f"127.0.0.1:{port}",
            "support_basic_auth": True,
            "auth_api": {"class": "opentaxii.auth.sqldb.SQLDatabaseAPI", "parameters": {
                **database, "db_connection": self.connection("auth"), "secret": secrets.token_hex(32)}},
            "taxii1": None,
            "taxii2": {
                "title": "bench", "public_discovery": True, "allow_custom_properties": True,
                "max_content_length": BODY_BYTES_MAX,
                "persistence_api": {"class": "opentaxii.persistence.sqldb.Taxii2SQLDatabaseAPI", "parameters": {
                    **database, "db_connection": self.connection("data")}}},
            "logging": {"opentaxii": "error", "root": "error"},
        }
        # Its configuration is YAML, of which JSON is a part.
        path = self.folder / "opentaxii.yml"
        path.write_text(json.dumps(config))
        environment = {"OPENTAXII_CONFIG": str(path), "PYTHONPATH": str(HERE), "PYTHONDONTWRITEBYTECODE": "1"}
        made = output([self.python, HERE / "opentaxii_app.py"], environment)
        self.auth = f"Bearer {made['token']}"
        root = f"http://127.0.0.1:{port}/taxii2/{made['root']}/"
        self.url = f"{root}collections/{made['collection']}/objects/"
        self.run([self.python, "-m", "gunicorn", "opentaxii_app:app", "--no-control-socket", "--log-level=error",
                  "--workers=2", "--worker-class=gthread", "--threads=4", "--timeout=300",
                  f"--bind=127.0.0.1:{port}"], environment, answer=f"{root}collections/")

    def settle(self):
        # Without statistics its query for the latest versions takes fifty times longer.
        with contextlib.closing(sqlite3.connect(self.folder / "data.db", timeout=60)) as database:
            database.execute("ANALYZE")


class OpenTaxiiPostgres(OpenTaxii):
    """The same on a PostgreSQL that is already there, found as `psql` finds it. Its memory is not in the figures."""

    name = "OpenTAXII, PostgreSQL"
    sql = ("import sys, psycopg2; connection = psycopg2.connect(dbname=sys.argv[1]); connection.autocommit = True;"
           "[connection.cursor().execute(statement) for statement in sys.argv[2:]]")

    def __init__(self, folder, python):
        super().__init__(folder, python)
        self.database = f"cresset_bench_{os.getpid()}"

    def execute(self, database, *statements):
        done = subprocess.run([self.python, "-c", self.sql, database, *statements], capture_output=True, text=True,
                              timeout=60, check=False)
        if done.returncode:
            raise Failed(done.stderr.strip().splitlines()[-1])

    def found(self):
        with contextlib.suppress(Failed):
            self.execute("postgres", "SELECT 1")
            return True
        return False

    def connection(self, name):
        return f"postgresql+psycopg2:///{self.database}"

    def launch(self):
        self.drop()
        self.execute("postgres", f"CREATE DATABASE {self.database}")
        super().launch()

    def settle(self):
        self.execute(self.database, "ANALYZE")

    def stop(self):
        super().stop()
        self.drop()

    def drop(self):
        self.execute("postgres", f"DROP DATABASE IF EXISTS {self.database}")


class Medallion(Server):
    """medallion with its memory backend: nothing is durable, and work per request grows with the square of the data.

    One worker, because the data is in its memory; one thread, because more of them disturb each other.
    """

    name = "medallion, memory"
    sets = ("small",)

    def __init__(self, folder, python):
        super().__init__(folder)
        self.python = python

    def launch(self):
        port = free_port()
        root = f"http://127.0.0.1:{port}/trusted/"
        collection = {"id": "9baa51fd-8d94-4f1a-ab47-7306c3365b3d", "title": "bench", "can_read": True,
                      "can_write": True, "media_types": [], "objects": [], "manifest": []}
        information = {"title": "bench", "versions": [MEDIA_TYPE], "max_content_length": BODY_BYTES_MAX}
        data = {"discovery": {"title": "bench", "default": root, "api_roots": [root]},
                "trusted": {"information": information, "status": [], "collections": [collection]}}
        (self.folder / "data.json").write_text(json.dumps(data))
        backend = {"module": "medallion.backends.memory_backend", "module_class": "MemoryBackend",
                   "filename": "data.json"}
        config = {"backend": backend, "users": {"bench": "bench"}, "taxii": {"max_page_size": 10_000}}
        (self.folder / "config.json").write_text(json.dumps(config))
        self.auth = basic("bench", "bench")
        self.url = f"{root}collections/{collection['id']}/objects/"
        self.run([self.python, "-m", "gunicorn", 'medallion:load_app("config.json")', "--no-control-socket",
                  "--log-level=error", "--workers=1", "--worker-class=gthread", "--threads=1", "--timeout=300",
                  f"--bind=127.0.0.1:{port}"], answer=root)


class Cresset(Server):
    """Cresset as `cresset serve` runs it: embedded storage, synced commits, validation, release decided per object.

    One partner may read and submit in one collection; the data's own markings stay in force.
    """

    name = "Cresset"
    sets = ("small", "full", "large")

    def __init__(self, folder, binary):
        super().__init__(folder)
        self.binary = binary

    def command(self, *more):
        done = subprocess.run([self.binary, "--dir", self.folder / "node", "--json", *more], capture_output=True,
                              text=True, timeout=60, check=False)
        if done.returncode:
            raise Failed(f"cresset {more[0]}: {done.stdout.strip()[-300:]} {done.stderr.strip()[-300:]}")
        return done.stdout

    def launch(self):
        port = free_port()
        self.command("init", "--organisation", "Bench")
        world = self.folder / "world.toml"
        world.write_text(WORLD)
        self.command("apply", world)
        self.auth = f"Bearer {json.loads(self.command('token', 'issue', 'bench'))['secret']['secret']}"
        self.url = f"http://127.0.0.1:{port}/api/collections/{COLLECTION}/objects/"
        self.run([self.binary, "--dir", self.folder / "node", "--log", "warn", "serve",
                  f"--listen=127.0.0.1:{port}"], answer=f"http://127.0.0.1:{port}/api/collections/{COLLECTION}/")


COLLECTION = "d0000001-0000-4000-8000-000000000001"
WORLD = f"""
[organisation]
id = "identity--a0000001-0000-4000-8000-000000000001"
name = "Bench"

[[collection]]
id = "{COLLECTION}"
alias = "bench"
title = "Bench"
default_marking = ["TLP:GREEN"]

[[partner]]
name = "bench"
organisation = "identity--a0000001-0000-4000-8000-000000000002"

[[agreement]]
partner = "bench"
collection = "bench"
may = ["read", "submit"]
ceiling = "RED"
"""


def output(command, environment):
    """What a set-up command prints as JSON on its last line."""
    done = subprocess.run(command, env={**os.environ, **environment}, capture_output=True, text=True, timeout=120,
                          check=False)
    if done.returncode:
        raise Failed(done.stderr.strip()[-500:])
    return json.loads(done.stdout.strip().splitlines()[-1])


def basic(user, password):
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def children(pid):
    """The processes that this one started, and theirs."""
    parents = {}
    for status in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError, IndexError, ValueError):
            parents[int(status.parent.name)] = int(status.read_text().rpartition(")")[2].split()[1])
    found, front = [], {pid}
    while front:
        front = {child for child, parent in parents.items() if parent in front}
        found += front
    return found


def stop(process, seconds_max=10):
    """Ends a process that was started here, and what it started."""
    started = children(process.pid)
    process.terminate()
    try:
        process.wait(seconds_max)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait(seconds_max)
    for pid in started:
        with contextlib.suppress(ProcessLookupError):
            if os.getpgid(pid) == os.getpgid(0):
                os.kill(pid, signal.SIGKILL)
