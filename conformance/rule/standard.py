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
    "malware-analysis": DOMAIN_OBJECT + ["product"],
    "malware": DOMAIN_OBJECT + ["is_family"],
    "note": DOMAIN_OBJECT + ["content", "object_refs"],
    "observed-data": DOMAIN_OBJECT + ["first_observed", "last_observed", "number_observed", "object_refs"],
    "report": DOMAIN_OBJECT + ["name", "published", "object_refs"],
    "relationship": DOMAIN_OBJECT + ["relationship_type", "source_ref", "target_ref"],
    "sighting": DOMAIN_OBJECT + ["sighting_of_ref"],
    "domain-name": CYBER_OBSERVABLE + ["value"],
    "email-message": CYBER_OBSERVABLE + ["is_multipart"],
    "file": CYBER_OBSERVABLE,
    "process": CYBER_OBSERVABLE,
    "ipv4-addr": CYBER_OBSERVABLE + ["value"],
    "network-traffic": CYBER_OBSERVABLE + ["protocols"],
    "marking-definition": ["type", "spec_version", "id", "created"],
}


def is_an_object(left):
    """Whether `left`, the properties that are left, is an object of the standard."""
    if "type" not in left or any(name not in left for name in REQUIRED[left["type"]]):
        return False
    if left["type"] in MORE and not MORE[left["type"]](left):
        return False
    return (
        all(is_an_external_reference(one) for one in left.get("external_references", []))
        and all("kill_chain_name" in one and "phase_name" in one for one in left.get("kill_chain_phases", []))
        and all("extension_type" in one for name, one in left.get("extensions", {}).items() if name.startswith("extension-def"))
    )


def is_traffic(left):
    """6.12: 'at least one of' its ends"""
    return "src_ref" in left or "dst_ref" in left


def is_malware(left):
    """4.11: 'For a malware family the name MUST be defined'"""
    return left["is_family"] is not True or "name" in left


def is_an_analysis(left):
    """4.12: 'One of `result` or `analysis_sco_refs` properties MUST be provided'"""
    return "result" in left or "analysis_sco_refs" in left


def is_observed_data(left):
    """4.14: `object_refs` 'MUST contain at least one SCO reference'"""
    return any(ref.split("--")[0] in OBSERVABLES for ref in left["object_refs"])


def is_a_file(left):
    """6.7: 'at least one of `hashes` or `name`'; 6.7.2: an archive has `contains_refs`"""
    archive = left.get("extensions", {}).get("archive-ext")
    return ("hashes" in left or "name" in left) and (archive is None or "contains_refs" in archive)


def is_a_process(left):
    """6.13: 'at least one property (other than type) from this object (or one of its extensions)'"""
    own = {"is_hidden", "pid", "created_time", "cwd", "command_line", "environment_variables", "opened_connection_refs",
           "creator_user_ref", "image_ref", "parent_ref", "child_refs", "extensions"}
    return any(name in own for name in left)


def is_a_message(left):
    """6.6.2: of each part 'one of body OR body_raw_ref MUST be included'"""
    return all("body" in part or "body_raw_ref" in part for part in left.get("body_multipart", []))


def is_an_external_reference(one):
    """2.5: a name of the source, and 'at least one of the description, url, or external_id properties'"""
    return "source_name" in one and ("description" in one or "url" in one or "external_id" in one)


def is_a_marking(left):
    """7.2.1: a definition with its type, or an extension"""
    if "definition_type" in left or "definition" in left:
        return "definition_type" in left and "definition" in left
    return "extensions" in left


OBSERVABLES = {"domain-name", "email-message", "file", "ipv4-addr", "network-traffic", "process"}

# type → what it asks for beyond the required properties
MORE = {
    "email-message": is_a_message,
    "file": is_a_file,
    "malware": is_malware,
    "malware-analysis": is_an_analysis,
    "marking-definition": is_a_marking,
    "network-traffic": is_traffic,
    "observed-data": is_observed_data,
    "process": is_a_process,
}
