"""OpenTAXII as its newest release on PyPI can be run at all.

Release 0.9.3 answers every POST of objects with 500, after having stored them: it cannot turn the id of the status into
JSON (eclecticiq/OpenTAXII issue 243, repaired since, not released). Here that one call gets the missing argument.
Run as a program, it makes an account, an API root and a collection, as `opentaxii-create-account` and its sisters do,
and prints them as JSON.
"""

import functools
import json
import types

import opentaxii.taxii2.http

opentaxii.taxii2.http.json = types.SimpleNamespace(dumps=functools.partial(json.dumps, default=str))

if __name__ == "__main__":
    from opentaxii.cli import app

    with app.app_context():
        accounts = app.taxii_server.auth.api
        accounts.create_account("bench", "bench", is_admin=True)
        storage = app.taxii_server.servers.taxii2.persistence.api
        root = storage.add_api_root(title="bench", default=True)
        collection = storage.add_collection(api_root_id=root.id, title="bench", alias="bench")
        token = accounts.authenticate("bench", "bench")
        print(json.dumps({"token": token, "root": str(root.id), "collection": str(collection.id)}))
else:
    from opentaxii.http import app  # noqa: F401
