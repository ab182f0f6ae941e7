"""Where does each property of a JSON text lie, and what is the text without some of them?

A small reader that remembers where everything stands (`read`), and a writer that copies the text and leaves things out
(`without`). A place in a text is a path: a tuple of property names and list indexes.
"""

import json
import re

SPACE = re.compile(r"[ \t\n\r]*")
STRING = re.compile(r'"(?:[^"\\]|\\.)*"', re.S)
BARE = re.compile(r"[^\s,\]}]+")


class Node:
    """A value and where it stands: `text[start:end]`. `members` is a list of (name or index, where it begins, node)."""

    def __init__(self, kind, start):
        self.kind, self.start, self.end = kind, start, start
        self.value, self.members = None, []

    def get(self, name):
        for key, _, node in self.members:
            if key == name:
                return node
        return None


def read(text):
    """The whole text as a node."""
    node = _value(text, _space(text, 0))
    assert _space(text, node.end) == len(text), "something follows the object"
    return node


def plain(node):
    """The node as Python's dict, list, str, int …"""
    if node.kind == "object":
        return {name: plain(child) for name, _, child in node.members}
    if node.kind == "list":
        return [plain(child) for _, _, child in node.members]
    return node.value


def every(node, path=()):
    """Each place below the node, with its node."""
    for name, _, child in node.members:
        yield path + (name,), child
        yield from every(child, path + (name,))


def at(node, path):
    """The node at the path, or None where the path leads nowhere."""
    for step in path:
        node = node.get(step) if node is not None else None
    return node


def without(text, node, gone, other=None, path=()):
    """The text of the node without the places in `gone`; `other` says what stands at a path instead of what stood there.

    'Of the commas, the one before a removed member goes, with the white space around it; where the first members go, the
    first that stays takes the place of the first.'
    """
    if other and path in other:
        return json.dumps(other[path])
    if not node.members:
        return text[node.start : node.end]
    out = text[node.start : node.members[0][1]]
    end, kept = None, 0
    for name, begin, child in node.members:
        before = text[end:begin] if end is not None else ""
        end = child.end
        if path + (name,) not in gone:
            out += (before if kept else "") + text[begin : child.start]
            out += without(text, child, gone, other, path + (name,))
            kept += 1
    assert kept or not path, "an empty list or dictionary must have gone itself"
    return out + text[end : node.end]


def _space(text, place):
    return SPACE.match(text, place).end()


def _value(text, start):
    if text[start] == "{":
        return _many(text, Node("object", start), "}")
    if text[start] == "[":
        return _many(text, Node("list", start), "]")
    node = Node("scalar", start)
    node.end = (STRING if text[start] == '"' else BARE).match(text, start).end()
    node.value = json.loads(text[start : node.end])
    return node


def _many(text, node, closing):
    place = _space(text, node.start + 1)
    while text[place] != closing:
        begin, name = place, len(node.members)
        if node.kind == "object":
            end = STRING.match(text, place).end()
            name = json.loads(text[place:end])
            colon = _space(text, end)
            assert text[colon] == ":"
            place = _space(text, colon + 1)
        child = _value(text, place)
        node.members.append((name, begin, child))
        place = _space(text, child.end)
        if text[place] == ",":
            place = _space(text, place + 1)
            assert text[place] != closing, "a comma before the end"
        else:
            assert text[place] == closing
    node.end = place + 1
    return node
