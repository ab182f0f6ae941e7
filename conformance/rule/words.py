"""What is a label, and what are the words that labels are written in?

Written from docs/markings.md, 'Words used here', and docs/release-rule.md. Whoever reads a marking-definition raises
`NotUnderstood` where the page says *unknown*.
"""

import re
from datetime import datetime, timedelta, timezone

TLP = ["CLEAR", "GREEN", "AMBER", "AMBER+STRICT", "RED"]
PAP = ["CLEAR", "GREEN", "AMBER", "RED"]

# Of the codes assigned in ISO 3166-1 alpha-3, those that the cases use.
NATIONS = {"FIN", "JPN", "NLD", "NOR", "USA"}

ORGANISATION = re.compile(r"identity--[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
COMMUNITY = re.compile(r"(?!.*--)[A-Za-z][A-Za-z0-9._/-]{1,63}")
TIMESTAMP = re.compile(
    r"(\d{4}-\d{2}-\d{2})[Tt](\d{2}:\d{2}:\d{2})(?:\.(\d{1,9}))?(?:[Zz]|([+-])([01]\d|2[0-3]):([0-5]\d))", re.ASCII
)


class NotUnderstood(Exception):
    """'*Unknown if…* always means the whole extension, or the whole `definition`, at hand.'"""


def need(condition):
    if not condition:
        raise NotUnderstood


class Label:
    """What the markings of one object add up to."""

    def __init__(self, tlp=0, pap=0, rel=(), never=(), orcon=False, unknown=()):
        self.tlp = tlp  # an index of TLP
        self.pap = pap  # an index of PAP; no line of the rule reads it
        self.levels = {}  # policy → index of the level, as declared from low to high
        self.rel = list(rel)  # a list of sets of codes, each of which must cover the audience
        self.never = set(never)  # codes, none of which may cover the audience (`not` in the rule)
        self.begin, self.end = None, None  # `valid`, in nanoseconds since 1970
        self.orcon = orcon
        self.unknown = set(unknown)


def join(labels):
    """'Join: greatest `tlp`, greatest `pap`, greatest level per policy, `rel` lists together, `not` sets united, `valid`
    intersected, `orcon` by *or*, `unknown` united.'"""
    all_of_them = Label()
    for label in labels:
        all_of_them.tlp = max(all_of_them.tlp, label.tlp)
        all_of_them.pap = max(all_of_them.pap, label.pap)
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


# Labels of one part


def nothing():
    """'*Restricts nothing*: the label CLEAR, with no other part.'"""
    return Label()


def level(policy, height):
    label = Label()
    label.levels = {policy: height}
    return label


def valid_from(value):
    label = Label()
    label.begin = timestamp(value)
    need(label.begin is not None)
    return label


def valid_until(value):
    label = Label()
    label.end = timestamp(value)
    need(label.end is not None)
    return label


# Words


def any_case(text):
    """'*in any case* …: then ASCII letters count alike in upper and lower case.'"""
    return "".join(chr(ord(letter) - 32) if "a" <= letter <= "z" else letter for letter in text)


def is_text(value):
    return isinstance(value, str)


def a_list(value):
    """'*List*: a JSON list with one element or more; an empty one is not understood.'"""
    need(isinstance(value, list) and value)
    return value


def texts(value):
    need(all(is_text(one) for one in a_list(value)))
    return value


def words(value, known):
    """A list of which each element is one of the known words, byte for byte."""
    need(all(word in known for word in texts(value)))
    return value


def is_nation(text):
    return text in NATIONS


def is_organisation(text):
    return ORGANISATION.fullmatch(text) is not None


def is_community(text):
    """'else the name of a community': what is an organisation or a nation is none"""
    return not is_organisation(text) and not is_nation(text) and COMMUNITY.fullmatch(text) is not None


def is_code(text):
    return is_organisation(text) or is_nation(text) or is_community(text)


def codes(value):
    need(all(is_code(one) for one in texts(value)))
    return set(value)


def height(levels, name):
    """'the place, counted from 0, of the first name in the `levels` … that equals it in any case', or None"""
    names = [any_case(one) for one in levels]
    return names.index(any_case(name)) if any_case(name) in names else None


def split(text):
    """'White space is space, tab, line feed, carriage return and form feed.'"""
    return [word for word in re.split("[ \t\n\r\f]+", text) if word]


def timestamp(value):
    """Nanoseconds since 1970 of 'RFC 3339, any offset, …', or None."""
    match = TIMESTAMP.fullmatch(value) if is_text(value) else None
    if match is None:
        return None
    # 'second `:60` is the moment after it'
    leap = match[2].endswith(":60")
    time = match[2][:-2] + "59" if leap else match[2]
    try:
        whole = datetime.strptime(f"{match[1]} {time}", "%Y-%m-%d %H:%M:%S").replace(tzinfo=timezone.utc)
    except ValueError:
        return None
    seconds = (whole - datetime(1970, 1, 1, tzinfo=timezone.utc)) // timedelta(seconds=1) + leap
    offset = (int(match[5]) * 60 + int(match[6])) * 60 if match[4] else 0
    seconds -= -offset if match[4] == "-" else offset
    return seconds * 10**9 + int((match[3] or "").ljust(9, "0"))
