#!/usr/bin/env python3
"""Does the engine agree with the rule's second implementation? Reads worlds with the engine's answers, one a line."""

import argparse
import collections
import json
import re
import sys

from reference import OTHER_CLAIM, REFERENCE, REQUIRED_GONE, World
from words import timestamp

# Which outcomes there are, and how often each comes at least in 100,000 cases: so the comparison cannot become empty.
OUTCOMES = {
    "released, own": 2000, "released whole": 2000, "released, parts removed by label": 500, "released, references removed": 500,
    "0 no agreement": 500, "2 unknown": 500, "3 time": 200, "4 not": 500, "5 clearance": 500, "6 rel": 500, "7 ceiling": 500,
    "8 red": 200, "9 not ours": 500, "10 community": 200, "11 required": 200, "12 reference": 200, "13 other claim": 100,
}  # fmt: skip
BY_NUMBER = {int(name.split()[0]): name for name in OUTCOMES if name[0].isdigit()}

# The languages of docs/markings.md, of each of which so many cases in a hundred speak, and so many with a marking that is
# understood, and with one that is not.
LANGUAGES = ["statement", "TLP 1", "TLP 2.0", "PAP", "FIRST IEP 2.0", "ACS 3.0a", "ours", "STANAG 4774"]
OF_A_LANGUAGE_MIN, UNDERSTOOD_MIN, NOT_UNDERSTOOD_MIN = 2.0, 1.0, 0.2
ALWAYS_UNDERSTOOD = ["statement", "TLP 1"]


class Comparison:
    def __init__(self, shown):
        self.passed, self.failed, self.shown = 0, 0, shown
        self.outcomes = collections.Counter()
        self.languages = collections.Counter()

    def world(self, line):
        entry = json.loads(line)
        world = World(entry["declaration"], entry["claims"])
        for claim, brought in zip(world.brought, entry["claims"]):
            self.check(entry, world, claim, ("outcome", claim.outcome, brought["outcome"]))
        for question in entry["questions"]:
            self.question(entry, world, question)

    def question(self, entry, world, question):
        audience = world.names[question["partner"]]
        about = f"{question['partner']} at {question['time']}"
        # What is added anew, and when, is no decision about a reader: the order is taken as the engine says it is.
        copies = {claim: copy_of(claim, question["decisions"]) for claim in world.claims}
        for claim, copy in copies.items():
            claim.place = timestamp(copy["added"])
        answers = world.answers(audience, timestamp(question["time"]))
        self.languages.update(world.languages)
        for claim, expected in answers.items():
            got = copies[claim]["text"] or number(copies[claim]["withheld"])
            self.count(claim, expected, audience)
            self.check(entry, world, claim, (about, expected, expected if same_answer(expected, got) else got))
        # The pages, in order; and the same objects asked for by id.
        for alias in world.collections:
            mine = [claim for claim in world.in_order() if claim.collection == alias and isinstance(answers[claim], str)]
            wanted = [claim for claim in mine if claim.id in question["wanted"]]
            for kind, claims in (("released", mine), ("by_id", wanted)):
                expected, got = [answers[claim] for claim in claims], question[kind][alias]
                if expected != got:
                    self.fail(entry, f"{about}, collection {alias}, {kind}", *first_difference(expected, got))

    def count(self, claim, expected, audience):
        if not isinstance(expected, str):
            self.outcomes[BY_NUMBER[expected]] += 1
        elif claim.origin == audience:
            self.outcomes["released, own"] += 1
        elif expected == claim.text:
            self.outcomes["released whole"] += 1
        else:
            by_label = claim.removed_by_label
            self.outcomes["released, parts removed by label" if by_label else "released, references removed"] += 1

    def rare_outcomes(self, cases):
        rare = []
        for outcome, least in OUTCOMES.items():
            count = self.outcomes[outcome]
            print(f"{count:10} {outcome}")
            if count * 100_000 < least * cases:
                rare.append(outcome)
        return rare

    def rare_languages(self, cases):
        rare = []
        for language in LANGUAGES:
            whole, understood, not_understood = (self.languages[language, part] for part in ("any", True, False))
            print(f"{whole:10} marked in {language}: {understood} with one understood, {not_understood} with one not")
            enough = whole * 100 >= OF_A_LANGUAGE_MIN * cases and understood * 100 >= UNDERSTOOD_MIN * cases
            if not enough or (not_understood * 100 < NOT_UNDERSTOOD_MIN * cases and language not in ALWAYS_UNDERSTOOD):
                rare.append(language)
        return rare

    def check(self, entry, world, claim, case):
        about, expected, got = case
        if expected == got:
            self.passed += about != "outcome"
            return
        self.fail(entry, f"{about}\nclaim {claim.number}: {entry['claims'][claim.number]}", expected, got)
        if self.failed <= self.shown:
            show_surroundings(entry, world, claim)

    def fail(self, entry, about, expected, got):
        self.failed += 1
        if self.failed <= self.shown:
            print(f"\nFAIL {entry['world']}: {about}\n  the rule:   {expected}\n  the engine: {got}")


def show_surroundings(entry, world, claim):
    """What the claim's decision can hang on: its id, markings and references, and all that those hang on."""
    ids, new = set(), {claim.id}
    while new:
        ids |= new
        texts = " ".join(other.text for other in world.brought if other.id in ids)
        new = {other.id for other in world.brought if other.id in texts} - ids
    for other in world.brought:
        if other.id in ids:
            print(f"  claim {other.number} by {other.origin} in {other.collection}, {other.outcome}: {other.text!r}")
    print(f"  declared: {json.dumps(entry['declaration'])}")


def copy_of(claim, decisions):
    """What the engine says of a claim."""
    version = claim.object.get("modified")
    for copy in decisions[claim.id]:
        same_place = (copy["collection"], copy["origin"]) == (claim.collection, claim.origin)
        if same_place and version in (None, copy["version"]):
            return copy
    return {"text": None, "withheld": "not held", "added": "1970-01-01T00:00:00Z"}


def number(reason):
    """The line of the rule in the engine's words."""
    match = re.search(r"\(rule (\d+)\)", reason)
    if match:
        return int(match[1])
    if "no agreement" in reason:
        return 0
    return OTHER_CLAIM if "another origin" in reason else REQUIRED_GONE if "what is left" in reason else reason


def same_answer(expected, got):
    """The engine does not say whether a property or a reference was the last straw."""
    return expected == got or {expected, got} == {REFERENCE, REQUIRED_GONE}


def first_difference(expected, got):
    """Where two pages part: the place and what stands there in each."""
    place = next((place for place, (one, other) in enumerate(zip(expected, got)) if one != other), min(len(expected), len(got)))
    return [f"object {place} of {len(page)}: {page[place : place + 1]}" for page in (expected, got)]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--show", type=int, default=1, help="how many disagreements are printed")
    shown = parser.parse_args().show
    comparison = Comparison(shown)
    for line in sys.stdin:
        comparison.world(line)
    cases = comparison.passed
    rare = comparison.rare_outcomes(cases) + comparison.rare_languages(cases)
    if rare:
        print(f"FAIL too rare to prove anything: {', '.join(rare)}")
    print(f"{comparison.passed} passed, {comparison.failed} failed")
    sys.exit(1 if comparison.failed or rare or not cases else 0)


if __name__ == "__main__":
    main()
