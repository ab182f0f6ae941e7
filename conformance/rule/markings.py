"""Which label does a marking-definition stand for?

Written from docs/markings.md: one function for each way of saying it. A label is the class below; `join` makes one of many.
"""

import re
from datetime import datetime, timedelta, timezone

TLP = ["CLEAR", "GREEN", "AMBER", "AMBER+STRICT", "RED"]

# The marking-definitions that the standards fix: TLP 1 (STIX 2.1, 7.2.1.4) and TLP 2.0 (its extension-definition).
STANDARD = {
    "marking-definition--613f2e26-407d-48c7-9eca-b8e91df99dc9": "CLEAR",
    "marking-definition--34098fce-860f-48ae-8e50-ebd3cc5e41da": "GREEN",
    "marking-definition--f88d31f6-486f-44da-b317-01333bde0b82": "AMBER",
    "marking-definition--5e57c739-391a-4eb3-b6be-7d15ca92d5ed": "RED",
    "marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487": "CLEAR",
    "marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb": "GREEN",
    "marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421": "AMBER",
    "marking-definition--939a9414-2ddd-4d32-a0cd-375ea402b003": "AMBER+STRICT",
    "marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1": "RED",
}

TLP_2_EXTENSION = "extension-definition--60a3c5c5-0d10-413e-aab3-9e08dde9e88d"
OUR_EXTENSION = "extension-definition--77c40c04-49a6-4691-ad6b-5f6962767509"

CODE = re.compile(
    r"^(identity--[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}|(?!.*--)[A-Za-z][A-Za-z0-9._/-]{1,63})\Z"
)
TIMESTAMP = re.compile(r"^(\d{4}-\d{2}-\d{2})[Tt](\d{2}:\d{2}:\d{2})(?:\.(\d{1,9}))?(?:[Zz]|([+-])(\d{2}):(\d{2}))\Z")


class Label:
    """What the markings of one object add up to."""

    def __init__(self):
        self.tlp = 0  # an index of TLP
        self.levels = {}  # policy → index of the level, as declared from low to high
        self.rel = []  # a list of sets of codes, each of which must cover the audience
        self.never = set()  # codes, none of which may cover the audience (`not` in the rule)
        self.begin, self.end = None, None  # `valid`, in nanoseconds since 1970
        self.orcon = False
        self.unknown = set()


def join(labels):
    """'Join: greatest `tlp`, greatest level per policy, `rel` lists together, `not` sets united, `valid` intersected,
    `orcon` by *or*, `unknown` united.'"""
    all_of_them = Label()
    for label in labels:
        all_of_them.tlp = max(all_of_them.tlp, label.tlp)
        for policy, level in label.levels.items():
            all_of_them.levels[policy] = max(level, all_of_them.levels.get(policy, level))
        all_of_them.rel = all_of_them.rel + label.rel
        all_of_them.never = all_of_them.never | label.never
        if label.begin is not None and (all_of_them.begin is None or label.begin > all_of_them.begin):
            all_of_them.begin = label.begin
        if label.end is not None and (all_of_them.end is None or label.end < all_of_them.end):
            all_of_them.end = label.end
        all_of_them.orcon = all_of_them.orcon or label.orcon
        all_of_them.unknown = all_of_them.unknown | label.unknown
    return all_of_them


def unknown(identifier):
    label = Label()
    label.unknown = {identifier}
    return label


def label_of(definition, classifications):
    """The label of a marking-definition. 'A marking-definition with several of these stands for their join.'"""
    parts = []
    if "definition_type" in definition:
        reader = DEFINITION_TYPES.get(definition["definition_type"], not_understood)
        parts.append(reader(definition.get("definition"), classifications))
    for name, extension in definition.get("extensions", {}).items():
        reader = EXTENSIONS.get(name, not_understood)
        parts.append(reader(extension, classifications))
    # 'Whatever is not in this table is *unknown*'
    return join([part or unknown(definition["id"]) for part in parts or [None]])


# The ways of saying it. Each gives a label, or None where it does not understand.


def not_understood(_content, _classifications):
    """'any other extension or `definition_type`: unknown'"""
    return None


def statement(_content, _classifications):
    """'`definition_type: statement`: restricts nothing: it is for people'"""
    return Label()


def tlp_1(content, _classifications):
    """'`definition_type: tlp` with a level'"""
    return only_tlp(content.get("tlp") if isinstance(content, dict) else None)


def tlp_2(content, _classifications):
    """'extension … (TLP 2.0), `tlp_2_0`'"""
    return only_tlp(content.get("tlp_2_0"))


def only_tlp(word):
    label = Label()
    label.tlp = tlp(word)
    return None if label.tlp is None else label


def tlp(word):
    """'Words of `tlp`, of `tlp_2_0` and of `level` are read without regard to case; those of TLP with or without `TLP:` before
    them, and WHITE is CLEAR.'"""
    if not isinstance(word, str):
        return None
    word = word.upper().removeprefix("TLP:").replace("WHITE", "CLEAR")
    return TLP.index(word) if word in TLP else None


def ours(content, classifications):
    """'Our releasability extension … Each property is optional; one that is not in this table, or has a value of another
    form, makes the marking unknown.'"""
    label = Label()
    if content.get("extension_type") != "property-extension":
        return None
    for name, value in content.items():
        if name == "extension_type":
            understood = True
        elif name == "tlp":
            label.tlp = tlp(value)
            understood = label.tlp is not None
        elif name == "classification":
            understood = levels(value, classifications, label)
        elif name == "releasable_to":
            understood = codes(value)
            if understood:
                label.rel = [set(value)]
        elif name == "not_releasable_to":
            understood = codes(value)
            if understood:
                label.never = set(value)
        elif name == "originator_control":
            understood = isinstance(value, bool)
            label.orcon = value is True
        elif name == "valid_from":
            label.begin = timestamp(value)
            understood = label.begin is not None
        elif name == "valid_until":
            label.end = timestamp(value)
            understood = label.end is not None
        else:
            understood = False
        if not understood:
            return None
    return label


def codes(value):
    """'list of nations (ISO 3166-1 alpha-3), communities, organisations (`identity--…`)'; as the schema has it, not empty"""
    return isinstance(value, list) and bool(value) and all(isinstance(code, str) and CODE.match(code) for code in value)


def levels(value, classifications, label):
    """'list of `{policy, level}`; both must be declared here'"""
    if not isinstance(value, list) or not value:
        return False
    for entry in value:
        if not isinstance(entry, dict):
            return False
        policy, level = entry.get("policy"), entry.get("level")
        if not isinstance(policy, str) or not isinstance(level, str):
            return False
        declared = [one.upper() for one in classifications.get(policy, [])]
        if level.upper() not in declared:
            return False
        height = declared.index(level.upper())
        label.levels[policy] = max(height, label.levels.get(policy, height))
    return True


def timestamp(value):
    """Nanoseconds since 1970 of 'timestamps (RFC 3339)', or None."""
    match = TIMESTAMP.match(value) if isinstance(value, str) else None
    if match is None:
        return None
    try:
        whole = datetime.strptime(f"{match[1]} {match[2]}", "%Y-%m-%d %H:%M:%S").replace(tzinfo=timezone.utc)
    except ValueError:
        return None
    seconds = (whole - datetime(1970, 1, 1, tzinfo=timezone.utc)) // timedelta(seconds=1)
    offset = (int(match[5]) * 60 + int(match[6])) * 60 if match[4] else 0
    seconds -= -offset if match[4] == "-" else offset
    return seconds * 10**9 + int((match[3] or "").ljust(9, "0"))


DEFINITION_TYPES = {"statement": statement, "tlp": tlp_1}
EXTENSIONS = {TLP_2_EXTENSION: tlp_2, OUR_EXTENSION: ours}
