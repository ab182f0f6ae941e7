"""Is what is left still an object of STIX 2.1: is everything there that its type requires?

Only the types that the cases use, and only what must be there: what a value looks like does not change by taking out others.
"""

DOMAIN_OBJECT = ["type", "spec_version", "id", "created", "modified"]
CYBER_OBSERVABLE = ["type", "id"]

# type → required properties (STIX 2.1, sections 4, 5, 6 and 7.2.1)
REQUIRED = {
    "campaign": DOMAIN_OBJECT + ["name"],
    "grouping": DOMAIN_OBJECT + ["context", "object_refs"],
    "identity": DOMAIN_OBJECT + ["name"],
    "indicator": DOMAIN_OBJECT + ["pattern", "pattern_type", "valid_from"],
    "malware": DOMAIN_OBJECT + ["is_family"],
    "note": DOMAIN_OBJECT + ["content", "object_refs"],
    "observed-data": DOMAIN_OBJECT + ["first_observed", "last_observed", "number_observed", "object_refs"],
    "report": DOMAIN_OBJECT + ["name", "published", "object_refs"],
    "relationship": DOMAIN_OBJECT + ["relationship_type", "source_ref", "target_ref"],
    "sighting": DOMAIN_OBJECT + ["sighting_of_ref"],
    "domain-name": CYBER_OBSERVABLE + ["value"],
    "ipv4-addr": CYBER_OBSERVABLE + ["value"],
    "network-traffic": CYBER_OBSERVABLE + ["protocols"],
    "marking-definition": ["type", "spec_version", "id", "created"],
}


def is_an_object(left):
    """Whether `left`, the properties that are left, is an object of the standard."""
    if "type" not in left or any(name not in left for name in REQUIRED[left["type"]]):
        return False
    if left["type"] == "network-traffic" and "src_ref" not in left and "dst_ref" not in left:
        return False  # 6.12: 'at least one of'
    if left["type"] == "malware" and left["is_family"] is True and "name" not in left:
        return False  # 4.11: 'For a malware family the name MUST be defined'
    if left["type"] == "marking-definition" and not is_a_marking(left):
        return False
    return (
        all(is_an_external_reference(one) for one in left.get("external_references", []))
        and all("kill_chain_name" in one and "phase_name" in one for one in left.get("kill_chain_phases", []))
        and all("extension_type" in one for name, one in left.get("extensions", {}).items() if name.startswith("extension-def"))
    )


def is_an_external_reference(one):
    """2.5: a name of the source, and 'at least one of the description, url, or external_id properties'"""
    return "source_name" in one and ("description" in one or "url" in one or "external_id" in one)


def is_a_marking(left):
    """7.2.1: a definition with its type, or an extension"""
    if "definition_type" in left or "definition" in left:
        return "definition_type" in left and "definition" in left
    return "extensions" in left
