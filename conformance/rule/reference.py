"""What does the release rule say, by the letter? A second implementation, slow and obvious.

Written from docs/release-rule.md, docs/markings.md and docs/decisions/0003-the-rule-mended.md, before its author read the
engine; changed since only where those pages were. Sentences of the rule stand in quotes above the lines that follow them. It
shares nothing with the engine, not even the language. `World` is what is declared and was brought; `World.answers` is what
one partner gets of it at one moment.
"""

import standard
import text
from markings import STANDARD, STANDARD_TLP_2, label_of
from words import TLP, Label, is_nation, is_organisation, join, timestamp

NO_AGREEMENT, UNKNOWN, OUTSIDE_VALID, NOT_FOR, CLEARANCE, REL, CEILING, RED, NOT_OURS, COMMUNITY = 0, 2, 3, 4, 5, 6, 7, 8, 9, 10
REQUIRED_GONE, REFERENCE, OTHER_CLAIM = 11, 12, 13
RELEASE = "release"


class Claim:
    """'A **claim** is one version of one id by one origin in one collection, with its own label.'"""

    def __init__(self, number, entry):
        self.number = number
        self.collection, self.origin, self.text = entry["collection"], entry["origin"], entry["text"]
        self.node = text.read(self.text)
        self.object = text.plain(self.node)
        self.id, self.type = self.object["id"], self.object["type"]
        self.place = None  # in the order in which claims were added; what is added anew has a later one
        self.says, self.languages = None, []  # of a marking-definition: its label, and what that was read from
        self.outcome = None  # of adding it: added, unchanged, refused
        self.removed_by_label = False  # in the last answer

    def same_claim(self, other):
        mine = (self.id, self.object.get("modified"), self.origin, self.collection)
        return mine == (other.id, other.object.get("modified"), other.origin, other.collection)

    def says_otherwise(self, other):
        marking = self.type == "marking-definition" and self.id not in STANDARD
        return marking and (self.id, self.origin) == (other.id, other.origin) and self.object != other.object


class World:
    """What is declared, and what was added in which order."""

    def __init__(self, declaration, brought):
        self.organisation = declaration["organisation"]["id"]
        self.classifications = {one["policy"]: one["levels"] for one in declaration["classification"]}
        self.communities = {one["name"]: [member(two) for two in one["members"]] for one in declaration["community"]}
        self.collections = {one["alias"]: one for one in declaration["collection"]}
        self.partners = {one["organisation"]: one for one in declaration["partner"]}
        self.names = {one["name"]: one["organisation"] for one in declaration["partner"]}
        self.agreements = declaration["agreement"]
        self.claims, self.places = [], 0
        self.brought = [Claim(number, entry) for number, entry in enumerate(brought)]
        for claim in self.brought:
            self.add(claim)
        self.languages = [language for claim in self.claims for language in self.languages_of(claim)]

    # Adding

    def add(self, claim):
        """Adds a claim; `claim.outcome` says what became of it."""
        # 'The same claim again, same meaning (white space and key order aside): accepted, nothing changes. The same id and
        # `modified` from the same origin with other content: a finding.'
        for other in self.claims:
            if claim.same_claim(other):
                claim.outcome = "unchanged" if claim.object == other.object else "refused"
                return
            # 'A marking-definition by one origin says the same in every collection; with other content: a finding.'
            if claim.says_otherwise(other):
                claim.outcome = "refused"
                return
        claim.outcome = "added"
        if claim.type == "marking-definition":
            claim.says, claim.languages = label_of(claim.object, self.classifications)
        self.claims.append(claim)
        claim.place = len(self.claims)

    def in_order(self):
        return sorted(self.claims, key=lambda claim: claim.place)

    # From markings to a label

    def meaning(self, marking, origin):
        """'What a marking means is said by the **object's own origin** or by this node's organisation (by both: the join);
        what anybody else says of it does not count.'"""
        # 'The marking-definitions that the standards fix (TLP 1 and 2.0, PAP) mean what the standards say.'
        if marking in STANDARD:
            return STANDARD[marking][1]
        said = self.said_of(marking, origin)
        # 'one that is absent here or not understood maps to `unknown`'
        if not said:
            return Label(unknown={marking})
        return join([claim.says for claim in said])

    def said_of(self, marking, origin):
        return [claim for claim in self.claims if claim.id == marking and claim.origin in (origin, self.organisation)]

    def languages_of(self, claim):
        """In which languages its label and those of its properties are written: each as (language, whether what is said in it
        was understood), and once more as (language, "any")."""
        refs, origin = self.marking_refs(claim)
        marked = [(marking, origin) for marking in refs] + [(marking, claim.origin) for marking, _ in self.granular(claim)]
        found = set()
        for marking, origin in marked:
            if marking in STANDARD:
                found.add((STANDARD[marking][0], True))
                continue
            for said in self.said_of(marking, origin):
                found.update(said.languages)
        return found | {(language, "any") for language, _ in found}

    def label(self, claim):
        """'An object's label is the **join** of its `object_marking_refs`'"""
        refs, origin = self.marking_refs(claim)
        return join([self.meaning(marking, origin) for marking in refs])

    def marking_refs(self, claim):
        """Which markings make its label, and whose word on them counts besides the node's."""
        refs = claim.object.get("object_marking_refs", [])
        # 'those of the standards are marked by nothing'
        if claim.id in STANDARD:
            return [], claim.origin
        # 'A marking-definition is marked by itself as well: its label is the join of its `object_marking_refs` and of what it
        # says, without the collection's default'
        if claim.type == "marking-definition":
            refs = refs + [claim.id]
        # 'with none, the collection's default marking, which means what this node's organisation says'
        if not refs:
            return default_marking(self.collections[claim.collection]), self.organisation
        return refs, claim.origin

    def granular(self, claim):
        """Each selector with a marking: (marking, path)."""
        for entry in claim.object.get("granular_markings", []):
            for selector in entry["selectors"]:
                if "marking_ref" in entry:
                    yield entry["marking_ref"], path_of(selector)

    def property_label(self, claim, path):
        """'A property's label is the join of the object's label and of every granular marking whose selector is the
        property, an ancestor or a list holding it.'"""
        above = [marking for marking, selected in self.granular(claim) if path[: len(selected)] == selected]
        return join([self.label(claim)] + [self.meaning(marking, claim.origin) for marking in above])

    # Decide

    def agreement(self, audience, collection, time):
        """The agreement of the audience that is in force for the collection, and lets it read."""
        for one in self.agreements:
            mine = self.names[one["partner"]] == audience and one["collection"] == collection and "read" in one["may"]
            if mine and in_force(one, time):
                return one
        return None

    def member(self, audience, community, time):
        """'a community of which it is a member at time *t*'"""
        names = (audience, self.partners[audience]["nation"])
        return any(one["code"] in names and in_force(one, time) for one in self.communities.get(community, []))

    def covers(self, code, audience, time):
        """'A code *covers* an audience if it is its organisation, its nation, or a community of which it is a member'"""
        return code == audience or code == self.partners[audience]["nation"] or self.member(audience, code, time)

    def names_nothing_declared(self, code):
        """'names a community that is not declared here': it is no organisation and no nation"""
        # 'a nation (a code assigned in ISO 3166-1 alpha-3, in capitals) or, any other word, a community name'
        return not is_organisation(code) and not is_nation(code) and code not in self.communities

    def decide(self, label, origin, audience, collection, time):
        """'Decide(L, A, t): the first that applies'"""
        # '0. No agreement of *A* is in force → withhold.'
        agreement = self.agreement(audience, collection, time)
        if agreement is None:
            return NO_AGREEMENT
        # '1. *A* is the origin → **release**.'
        if audience == origin:
            return RELEASE
        # '2. `unknown` → withhold.'
        if label.unknown:
            return UNKNOWN
        # '3. *t* outside `valid` → withhold.'
        if not within(label.begin, label.end, time):
            return OUTSIDE_VALID
        # '4. Some code of `not` covers *A*, or names a community that is not declared here → withhold.'
        if any(self.covers(code, audience, time) or self.names_nothing_declared(code) for code in label.never):
            return NOT_FOR
        # '5. Some level exceeds *A*'s clearance in that policy (no clearance = none) → withhold.'
        for policy, level in label.levels.items():
            clearance = self.partners[audience]["clearances"].get(policy)
            if clearance is None or level > self.classifications[policy].index(clearance):
                return CLEARANCE
        # '6. Some set of `rel` does not cover *A* → withhold.'
        for codes in label.rel:
            if not any(self.covers(code, audience, time) for code in codes):
                return REL
        # '7. `tlp` above the agreement's ceiling → withhold.'
        if label.tlp > TLP.index(agreement["ceiling"]):
            return CEILING
        # '8. RED: some `rel` set must name *A*'s organisation itself, else withhold.'
        if label.tlp == TLP.index("RED") and not any(audience in codes for codes in label.rel):
            return RED
        # '9. Not ours to pass on: if the origin is another partner, *A* is not this node's own organisation, and (`orcon`, or
        # `tlp` is AMBER or above): some `rel` set must cover *A* by name, nation or community, else withhold'
        passed_on = origin != self.organisation and audience != self.organisation
        if passed_on and (label.orcon or label.tlp >= TLP.index("AMBER")):
            if not any(self.covers(code, audience, time) for codes in label.rel for code in codes):
                return NOT_OURS
        # '10. GREEN **or above**: *A* must be in the collection's community, if it has one.'
        community = self.collections[collection]["community"]
        if label.tlp >= TLP.index("GREEN") and community is not None and not self.member(audience, community, time):
            return COMMUNITY
        # '11. **release**.'
        return RELEASE

    def decide_object(self, claim, audience, time):
        """'The object's label must release, or the object does not exist for *A*.'"""
        return self.decide(self.label(claim), claim.origin, audience, claim.collection, time)

    # From decisions to bytes

    def hidden(self, claim, audience, time):
        """'Each property whose own label does not release is removed.'"""
        where = (claim.origin, audience, claim.collection, time)
        marked = [path for _, path in self.granular(claim)]
        for path, _ in text.every(claim.node):
            # '`object_marking_refs`, and granular markings of what is left, stay'
            if path[0] in ("object_marking_refs", "granular_markings"):
                continue
            if any(path[: len(above)] == above for above in marked):
                if self.decide(self.property_label(claim, path), *where) != RELEASE:
                    yield path

    def redact(self, claim, audience, time, withheld):
        """What *A* gets of a claim whose label releases: its text, or the number of the rule that withholds it."""
        # 'What *A* brought itself, *A* gets whole.'
        if claim.origin == audience:
            return claim.text
        # 'A granular marking whose selector leads nowhere withholds the object (line 2).'
        for entry in claim.object.get("granular_markings", []):
            if any(text.at(claim.node, path_of(selector)) is None for selector in entry["selectors"]):
                return UNKNOWN
        # 'If what is left is no object of the standard any more …, the object is withheld.'
        hidden = set(self.hidden(claim, audience, time))
        claim.removed_by_label = bool(hidden)
        if not standard.is_an_object(text.plain(text.read(cut(claim, hidden)))):
            return REQUIRED_GONE
        # 'A reference to an object that is held here and withheld from *A* is removed from `*_refs`, and from an optional
        # `*_ref`; if the reference is required the object is withheld.'
        left = cut(claim, hidden | set(references(claim, withheld)))
        if not standard.is_an_object(text.plain(text.read(left))):
            return REFERENCE
        return left

    def answers(self, audience, time):
        """For each claim of the node: its text as *A* gets it, or the number of the rule that withholds it."""
        result = {}
        for claim in self.in_order():
            decision = self.decide_object(claim, audience, time)
            # 'everything that its label releases is taken as released'
            result[claim] = claim.text if decision == RELEASE else decision
        # 'then what loses something that its type requires is withheld, and so on until nothing changes.'
        while True:
            withheld = self.withheld_ids(result)
            after = {
                claim: self.redact(claim, audience, time, withheld) if isinstance(now, str) else now
                for claim, now in result.items()
            }
            if after == result:
                break
            result = after
        # 'Within a collection, an id **belongs, for a reader, to the origin of the earliest claim on it that is released to
        # that reader.** Claims by other origins under that id … are not served to that reader.'
        belongs = {}
        for claim in self.in_order():
            if isinstance(result[claim], str):
                if belongs.setdefault((claim.collection, claim.id), claim.origin) != claim.origin:
                    result[claim] = OTHER_CLAIM
        return result

    def withheld_ids(self, result):
        """'held here and withheld': 'Held and released are meant over all collections of the node.'"""
        released = {claim.id for claim, now in result.items() if isinstance(now, str)}
        return {claim.id for claim in result} - released


def member(entry):
    """A member for ever is declared as a code alone."""
    return {"code": entry} if isinstance(entry, str) else entry


def default_marking(collection):
    """Ids of marking-definitions; `TLP:GREEN` and the like stand for those of TLP 2.0."""
    tlp_2 = {f"TLP:{word}": marking for marking, word in STANDARD_TLP_2.items()}
    return [tlp_2.get(one, one) for one in collection["default_marking"]]


def in_force(entry, time):
    return within(timestamp(entry.get("from")), timestamp(entry.get("until")), time)


def within(begin, end, time):
    """'from is the first moment of the time, until the first one after it'"""
    return (begin is None or begin <= time) and (end is None or time < end)


def path_of(selector):
    """STIX 2.1, 7.2.3.1: property names and `[n]` for list items, with dots between."""
    return tuple(int(step[1:-1]) if step.startswith("[") else step for step in selector.split("."))


def references(claim, withheld):
    """The places of references to withheld objects. Markings are not references."""
    for path, node in text.every(claim.node):
        if path[0] in ("object_marking_refs", "granular_markings") or not isinstance(node.value, str):
            continue
        single = isinstance(path[-1], str) and path[-1].endswith("_ref")
        listed = len(path) > 1 and isinstance(path[-2], str) and path[-2].endswith("_refs") and isinstance(path[-1], int)
        if (single or listed) and node.value in withheld:
            yield path


def cut(claim, gone):
    """The text of the claim without what is gone, and without what goes along."""
    gone, other = set(gone), {}
    emptied(claim.node, (), gone)
    # 'Selectors in `granular_markings` that speak of what was removed go; … list selectors are renumbered after removal'
    for number, entry in enumerate(claim.object.get("granular_markings", [])):
        for place, selector in enumerate(entry["selectors"]):
            here = ("granular_markings", number, "selectors", place)
            path = path_of(selector)
            if any(path[:length] in gone for length in range(len(path) + 1)):
                gone.add(here)
            elif renumbered(path, gone) != path:
                other[here] = selector_of(renumbered(path, gone))
        # 'an entry goes with its last selector'
        if all(("granular_markings", number, "selectors", place) in gone for place in range(len(entry["selectors"]))):
            gone.add(("granular_markings", number))
    emptied(claim.node, (), gone)
    return text.without(claim.text, claim.node, gone, other)


def emptied(node, path, gone):
    """'an empty list or dictionary goes with its last member, as the standard forbids empty lists'"""
    for name, _, child in node.members:
        emptied(child, path + (name,), gone)
    if path and node.members and all(path + (name,) in gone for name, _, _ in node.members):
        gone.add(path)


def renumbered(path, gone):
    """The path, each list index less what went before it in its list."""
    steps = []
    for length, step in enumerate(path):
        if isinstance(step, int):
            step -= sum(path[:length] + (before,) in gone for before in range(step))
        steps.append(step)
    return tuple(steps)


def selector_of(path):
    return ".".join(f"[{step}]" if isinstance(step, int) else step for step in path)
