"""Which label does a marking in the Access Control Specification, ACS 3.0a, stand for? Written from docs/markings.md."""

import itertools

from words import (
    PAP, TLP, Label, NotUnderstood, a_list, height, is_community, is_nation, is_organisation, is_text, join, level, need, nothing,
    split, texts, valid_until, words,
)  # fmt: skip

URN = "urn:isa:policy:acs:ns:v3.0?privdefault={}&sharedefault={}"
URNS = {URN.format(*two): two for two in itertools.product(("permit", "deny"), repeat=2)}

NOT_READ = {
    "extension_type", "identifier", "name", "create_date_time", "responsible_entity_custodian", "responsible_entity_originator",
    "authority_reference", "original_classification", "derivative_classification", "declassification", "public_release",
}  # fmt: skip

LEVELS = {"U": "UNCLASSIFIED", "C": "CONFIDENTIAL", "S": "SECRET", "TS": "TOP SECRET"}
SHAREABILITY = {"NCC", "EM", "LE", "IC"}
ENTITY = {"MIL", "GOV", "CTR", "SVR", "SVC", "DEV", "NET"}
DETERMINATION = {
    "PUBREL", "AIS", "PII-NECESSARY-TO-UNDERSTAND-THREAT", "NO-PII-PRESENT", "PII-NOT-PRESENT",
    "INFORMATION-DIRECTLY-RELATED-TO-CYBERSECURITY-THREAT",
}  # fmt: skip

ACTIONS = {
    "DSPLY", "IDSRC", "TENOT", "NETDEF", "LEGAL", "INTEL", "TEARLINE", "OPACTION", "REQUEST", "ANONYMOUSACCESS", "CISAUSES", "ALL",
}  # fmt: skip
SCOPES = {"permitted_nationalities", "permitted_organizations", "shareability", "entity"}


def label(content, classifications):
    """'`policy_reference` and `control_set` must be there. … A property that is not in these tables, or of another form than
    they say: unknown.'"""
    need({"policy_reference", "control_set"} <= set(content))
    privilege, sharing = policy_reference(content["policy_reference"])
    parts = [Label(orcon=sharing == "deny")]
    rules = []
    for name, value in content.items():
        if name == "policy_reference" or name in NOT_READ:
            continue
        if name == "control_set":
            need(isinstance(value, dict) and "classification" in value)
            parts += [control(key, member, classifications) for key, member in value.items()]
        elif name == "access_privilege":
            rules = [access_rule(rule) for rule in a_list(value)]
        elif name == "further_sharing":
            parts += [sharing_rule(rule) for rule in a_list(value)]
        elif name == "resource_disposition":
            need(isinstance(value, dict))
            parts.append(valid_until(value.get("disposition_date")))
        else:
            raise NotUnderstood
    return join(parts + access(privilege, rules))


def policy_reference(value):
    """'one URN or several with white space between them … Any other URN: unknown. Of several, `deny` stands.'"""
    need(is_text(value) and split(value) and all(urn in URNS for urn in split(value)))
    said = [URNS[urn] for urn in split(value)]
    return ["deny" if "deny" in defaults else "permit" for defaults in zip(*said)]


def control(name, value, classifications):
    """One member of the `control_set`."""
    if name == "classification":
        return classification(value, classifications)
    if name == "permitted_nationalities":
        need(all(is_nation(one) for one in texts(value)))
        return Label(rel=[set(value)])
    if name == "permitted_organizations":
        return Label(rel=[organisations(value)])
    if name == "shareability":
        return Label(rel=[set(words(value, SHAREABILITY))])
    if name == "entity":
        return Label(rel=[set(words(value, ENTITY))])
    if name == "formal_determination":
        return join([determination(one) for one in texts(value)])
    if name == "caveat":
        words(value, {"POSSIBLEPII"})
        return nothing()
    # 'compartments and categories that no node can honour without being told how', and what is not in the table
    raise NotUnderstood


def classification(value, classifications):
    """'the higher of its levels by the name `U`, … and by the name `UNCLASSIFIED`, …, of which one may be undeclared'"""
    need(is_text(value) and value in LEVELS)
    us = classifications.get("US", [])
    heights = [one for one in (height(us, value), height(us, LEVELS[value])) if one is not None]
    need(heights)
    return level("US", max(heights))


def determination(word):
    if word == "NF":
        return Label(rel=[{"USA"}])
    if word == "FOUO":
        return Label(tlp=TLP.index("AMBER"))
    need(word in DETERMINATION)
    return nothing()


def organisations(value):
    """'each text is an organisation's id or the name of a community, as under *code*, and never a nation'"""
    need(all(is_organisation(one) or is_community(one) for one in texts(value)))
    return set(value)


def sharing_rule(rule):
    """'rules `{sharing_scope, rule_effect}`, both there and nothing else … `sharing_scope` is a list of texts.'"""
    need(isinstance(rule, dict) and set(rule) == {"sharing_scope", "rule_effect"})
    scope = texts(rule["sharing_scope"])
    # '`permit` → restricts nothing (and loosens nothing)'
    if rule["rule_effect"] == "permit":
        return nothing()
    need(rule["rule_effect"] == "deny")
    # '`deny` → unknown if the scope has `FOREIGNGOV` or `SECTOR`, else `not` the organisations of the scope'
    need("FOREIGNGOV" not in scope and "SECTOR" not in scope)
    return Label(never=organisations(scope))


def access_rule(rule):
    """A rule as (action, whether its scope is everyone, effect)."""
    need(isinstance(rule, dict) and set(rule) == {"privilege_action", "privilege_scope", "rule_effect"})
    action, scope, effect = rule["privilege_action"], rule["privilege_scope"], rule["rule_effect"]
    need(is_text(action) and action in ACTIONS and effect in ("permit", "deny"))
    # 'The scope has one or more of …, each a list of texts, and nothing else'
    need(isinstance(scope, dict) and scope and set(scope) <= SCOPES)
    # 'it is *everyone* if each of them is exactly `["ALL"]`'
    return action, all([texts(value) == ["ALL"] for value in scope.values()]), effect


def access(privilege, rules):
    """'**Access privileges** bind whoever has the object; they restrict no recipient.'"""

    def permitted(action):
        """'if no rule with `deny` has it or `ALL` as its action, whatever its scope; and either P is `permit`, or a rule with
        `permit` whose scope is everyone has it or `ALL`'"""
        about = [(everyone, effect) for of, everyone, effect in rules if of in (action, "ALL")]
        denied = any(effect == "deny" for _, effect in about)
        return not denied and (privilege == "permit" or (True, "permit") in about)

    # 'unknown: a node takes parts out'
    need(permitted("TEARLINE"))
    parts = [Label(orcon=not permitted("IDSRC"))]
    if not permitted("NETDEF"):
        parts.append(Label(pap=PAP.index("RED")))
    if not permitted("OPACTION"):
        parts.append(Label(pap=PAP.index("GREEN")))
    return parts
