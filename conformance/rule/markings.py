"""Which label does a marking-definition stand for?

Written from docs/markings.md, before its author read the engine: one function for each language. ACS and STANAG 4774 have
files of their own.
"""

import acs
import stanag
from words import (
    PAP, TLP, Label, NotUnderstood, a_list, any_case, codes, height, is_text, join, level, need, nothing, valid_from, valid_until,
)  # fmt: skip

# 'By id, whatever the object holds: those of the standards'
STANDARD_TLP_1 = {
    "marking-definition--613f2e26-407d-48c7-9eca-b8e91df99dc9": "CLEAR",
    "marking-definition--34098fce-860f-48ae-8e50-ebd3cc5e41da": "GREEN",
    "marking-definition--f88d31f6-486f-44da-b317-01333bde0b82": "AMBER",
    "marking-definition--5e57c739-391a-4eb3-b6be-7d15ca92d5ed": "RED",
}
STANDARD_TLP_2 = {
    "marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487": "CLEAR",
    "marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb": "GREEN",
    "marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421": "AMBER",
    "marking-definition--939a9414-2ddd-4d32-a0cd-375ea402b003": "AMBER+STRICT",
    "marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1": "RED",
}
STANDARD_PAP = {
    "marking-definition--ad15a0cd-55b6-4588-a14c-a66105329b92": "CLEAR",
    "marking-definition--a3bea94c-b469-41dc-9cfe-d6e7daba7730": "CLEAR",
    "marking-definition--c43594d1-4b11-4c59-93ab-1c9b14d53ce9": "GREEN",
    "marking-definition--60f8932b-e51e-4458-b265-a2e8be9a80ab": "AMBER",
    "marking-definition--740d36e5-7714-4c30-961a-3ae632ceee0e": "RED",
}
# id → its language and its label
STANDARD = {
    **{id: ("TLP 1", Label(tlp=TLP.index(word))) for id, word in STANDARD_TLP_1.items()},
    **{id: ("TLP 2.0", Label(tlp=TLP.index(word))) for id, word in STANDARD_TLP_2.items()},
    **{id: ("PAP", Label(pap=PAP.index(word))) for id, word in STANDARD_PAP.items()},
}


def label_of(definition, classifications):
    """The label of a marking-definition, and what it was read from: a list of (language, whether it was understood)."""
    parts, languages = [], []
    for language, reader, value in what_is_read(definition):
        try:
            parts.append(reader(value, classifications))
            languages.append((language, True))
        except NotUnderstood:
            parts.append(Label(unknown={definition["id"]}))
            languages.append((language, False))
    # '4. If neither step 2 nor step 3 read anything: unknown.'
    return join(parts or [Label(unknown={definition["id"]})]), languages or [("none", False)]


def what_is_read(definition):
    """'What is read of a marking-definition', steps 2 and 3: each part as language, reader and value."""
    kind, content, extensions = (definition.get(name) for name in ("definition_type", "definition", "extensions"))
    # '2. `definition_type`, if it is a text'
    if is_text(kind):
        if kind == "statement" and isinstance(content, dict) and "statement" in content:
            yield "statement", statement, content
        elif kind == "tlp" and isinstance(content, dict) and tlp_word(content.get("tlp")) is not None:
            yield "TLP 1", tlp_1, content
        # 'absent, and there are `extensions`: not read: STIX 2.1 keeps it as a name'
        elif "definition" in definition or "extensions" not in definition:
            yield "TLP 1" if kind == "tlp" else "another", not_understood, content
    # '3. Each member of `extensions`, by its key'
    for key, value in extensions.items() if isinstance(extensions, dict) else ():
        language, reader = EXTENSIONS.get(key, ("another", not_understood))
        # 'a value that is no JSON object, or a key that is not in this table: unknown'
        if reader is ours and "stanag_4774" in value:
            language = "STANAG 4774"
        yield language, reader if isinstance(value, dict) else not_understood, value


def not_understood(_content, _classifications):
    raise NotUnderstood


def statement(_content, _classifications):
    """'restricts nothing: it is for people'"""
    return nothing()


# TLP and PAP


def tlp_1(content, _classifications):
    return Label(tlp=tlp_word(content["tlp"]))


def tlp_2(content, _classifications):
    """'The extension has one property besides `extension_type`: `tlp_2_0`, a TLP word'"""
    need(set(content) - {"extension_type"} == {"tlp_2_0"})
    return tlp(content["tlp_2_0"])


def pap_extension(content, _classifications):
    """'The extension has one property besides `extension_type`: `pap`, a PAP word'"""
    need(set(content) - {"extension_type"} == {"pap"})
    return pap(content["pap"])


def tlp(value):
    need(tlp_word(value) is not None)
    return Label(tlp=tlp_word(value))


def pap(value):
    word = a_word(value, "PAP:", PAP)
    need(word is not None)
    return Label(pap=word)


def tlp_word(value):
    return a_word(value, "TLP:", TLP)


def a_word(value, prefix, words):
    """'…, `WHITE` (the same as CLEAR), …, in any case, with or without one `TLP:` before it'"""
    if not is_text(value):
        return None
    word = any_case(value).removeprefix(prefix)
    word = "CLEAR" if word == "WHITE" else word
    return words.index(word) if word in words else None


# FIRST IEP 2.0

IEP_TLP = {"WHITE": "CLEAR", "GREEN": "GREEN", "AMBER": "AMBER", "RED": "RED"}
IEP_ACTIONS = {
    "EXTERNALLY-VISIBLE-DIRECT-ACTIONS": "CLEAR",
    "EXTERNALLY-VISIBLE-INDIRECT-ACTIONS": "AMBER",
    "INTERNALLY-VISIBLE-ACTIONS": "RED",
    "CONTACT-FOR-INSTRUCTION": "RED",
    "NONE": "RED",
}
IEP_FOR_PEOPLE = {"extension_type", "iep_id", "name", "description", "external_reference"}


def iep(content, _classifications):
    """'`tlp`, `permitted_actions` and `start_date` must be there. A property that is not in this table, or has a value that is
    not: unknown. Words are read in any case.'"""
    need({"tlp", "permitted_actions", "start_date"} <= set(content))
    return join([iep_property(name, value) for name, value in content.items()])


def iep_property(name, value):
    if name in IEP_FOR_PEOPLE:
        return nothing()
    if name == "iep_version":
        # 'a number equal to 2'
        need(isinstance(value, (int, float)) and value == 2)
        return nothing()
    if name == "start_date":
        return valid_from(value)
    if name == "end_date":
        return valid_until(value)
    need(is_text(value))
    word = any_case(value)
    if name == "tlp" and word in IEP_TLP:
        return Label(tlp=TLP.index(IEP_TLP[word]))
    if name == "permitted_actions" and word in IEP_ACTIONS:
        return Label(pap=PAP.index(IEP_ACTIONS[word]))
    if name in ("provider_attribution", "attribution") and word in ("MAY", "MUST", "MUST-NOT"):
        return Label(orcon=word == "MUST-NOT")
    need(
        (name == "encrypt_in_transit" and word in ("MUST", "MAY"))
        or (name in ("affected_party_notifications", "unmodified_resale") and word in ("MAY", "MUST-NOT"))
    )
    return nothing()


# Our releasability extension


def ours(content, classifications):
    """'Each property is optional; one that is not in this table, or has a value of another form, makes it unknown.'"""
    return join([our_property(name, value, classifications) for name, value in content.items()])


def our_property(name, value, classifications):
    if name == "extension_type":
        return nothing()
    if name == "tlp":
        return tlp(value)
    if name == "pap":
        return pap(value)
    if name == "classification":
        return join([classification(entry, classifications) for entry in a_list(value)])
    if name == "releasable_to":
        return Label(rel=[codes(value)])
    if name == "not_releasable_to":
        return Label(never=codes(value))
    if name == "originator_control":
        need(isinstance(value, bool))
        return Label(orcon=value)
    if name == "valid_from":
        return valid_from(value)
    if name == "valid_until":
        return valid_until(value)
    need(name == "stanag_4774")
    return stanag.labels(value, classifications)


def classification(entry, classifications):
    """'list of `{policy, level}`; both declared here: the policy byte for byte, the level by its name. Further members of an
    entry are not read.'"""
    need(isinstance(entry, dict) and is_text(entry.get("policy")) and is_text(entry.get("level")))
    policy = entry["policy"]
    found = height(classifications.get(policy, []), entry["level"])
    need(found is not None)
    return level(policy, found)


EXTENSIONS = {
    "extension-definition--60a3c5c5-0d10-413e-aab3-9e08dde9e88d": ("TLP 2.0", tlp_2),
    "extension-definition--f8d78575-edfd-406e-8e84-6162a8450f5b": ("PAP", pap_extension),
    "extension-definition--762e2e97-ee51-43e5-a9ea-165fbb862c4a": ("FIRST IEP 2.0", iep),
    "extension-definition--3a65884d-005a-4290-8335-cb2d778a83ce": ("ACS 3.0a", acs.label),
    "extension-definition--77c40c04-49a6-4691-ad6b-5f6962767509": ("ours", ours),
}
