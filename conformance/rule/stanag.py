"""Which label do NATO confidentiality labels in XML (STANAG 4774, ADatP-4774) stand for?

Written from docs/markings.md. Whether a text is XML is left to expat; everything else stands here.
"""

from xml.parsers import expat

from words import Label, NotUnderstood, any_case, codes, height, is_text, join, level, need, nothing, split

NAMESPACE = "urn:nato:stanag:4774:confidentialitymetadatalabel:1:0"
# 'attributes that are `xmlns`, or in the namespaces of …, are not read'
ATTRIBUTES_NOT_READ = {"http://www.w3.org/XML/1998/namespace", "http://www.w3.org/2001/XMLSchema-instance"}

BYTES_MAX = 65_536
DEPTH_MAX = 16
ELEMENTS_MAX = 1_000
ATTRIBUTES_MAX = 32
DOCUMENTS_MAX = 8

# What expat puts between a namespace and a name. No namespace of the cases has it.
BETWEEN = "\n"


class Element:
    """`name` and the names of attributes are bare if they are what the page means by them, else they have their namespace."""

    def __init__(self, name, attributes):
        self.name, self.attributes = name, attributes
        self.children, self.text = [], ""

    def named(self, name):
        return [child for child in self.children if child.name == name]


# Reading XML


class Reader:
    """'Each text is one XML 1.0 document with namespaces … Unknown if …'"""

    def __init__(self):
        self.root, self.open, self.elements, self.prefixes = None, [], 0, 0

    def read(self, text):
        need(len(text.encode()) <= BYTES_MAX)
        # 'A byte-order mark before it is passed over.' One; expat would pass over another.
        text = text.removeprefix("\ufeff")
        need(not text.startswith("\ufeff"))
        parser = expat.ParserCreate("utf-8", BETWEEN)
        parser.XmlDeclHandler = self.declaration
        parser.StartDoctypeDeclHandler = self.doctype
        parser.StartNamespaceDeclHandler = self.prefix
        parser.StartElementHandler = self.start
        parser.EndElementHandler = self.end
        parser.CharacterDataHandler = self.characters
        try:
            parser.Parse(text.encode(), True)
        except expat.ExpatError:
            raise NotUnderstood from None
        return self.root

    def declaration(self, version, encoding, _standalone):
        need(version == "1.0" and (encoding is None or any_case(encoding) == "UTF-8"))

    def doctype(self, *_):
        raise NotUnderstood

    def prefix(self, *_):
        self.prefixes += 1

    def start(self, name, attributes):
        need(len(attributes) + self.prefixes <= ATTRIBUTES_MAX)
        self.prefixes = 0
        self.elements += 1
        need(self.elements <= ELEMENTS_MAX and len(self.open) < DEPTH_MAX)
        read = {key: value for key, value in attributes.items() if key.rpartition(BETWEEN)[0] not in ATTRIBUTES_NOT_READ}
        element = Element(name.removeprefix(NAMESPACE + BETWEEN) if BETWEEN in name else BETWEEN + name, read)
        if self.open:
            self.open[-1].children.append(element)
        else:
            self.root = element
        self.open.append(element)

    def end(self, _name):
        self.open.pop()

    def characters(self, text):
        self.open[-1].text += text


def token(element):
    """'the text of an element that holds no element; words joined by one space, none around them; empty: unknown'"""
    need(not element.children)
    return token_of(element.text)


def token_of(text):
    need(split(text))
    return " ".join(split(text))


def holds(element, attributes=(), once=(), any_number=()):
    """'*Unknown* follows from any element, attribute, or text other than white space, that the tables do not name. … *Once* is
    exactly once. Order does not matter.'"""
    need(set(element.attributes) <= set(attributes))
    need(not split(element.text))
    need(all(child.name in (*once, *any_number) for child in element.children))
    need(all(len(element.named(name)) == 1 for name in once))


# Which document counts


def labels(value, classifications):
    """'a text, or a list of 1–8 texts: NATO confidentiality labels in XML'"""
    documents = [value] if is_text(value) else value
    need(isinstance(documents, list) and 1 <= len(documents) <= DOCUMENTS_MAX and all(is_text(one) for one in documents))
    # 'All have to be XML as above.'
    roots = [Reader().read(document) for document in documents]
    # 'Exactly one has the outermost element `originatorConfidentialityLabel` (or `ConfidentialityLabel`, its older name); all
    # others `alternativeConfidentialityLabel`.'
    originators = [root for root in roots if root.name in ("originatorConfidentialityLabel", "ConfidentialityLabel")]
    alternatives = [root for root in roots if root.name == "alternativeConfidentialityLabel"]
    need(len(originators) == 1 and len(originators) + len(alternatives) == len(roots))
    # 'If the originator's policy is declared, the originator's document counts, and no other is read further.'
    if declared(policy_of(originators[0]), classifications) is not None:
        return document(originators[0], classifications)
    # 'If not, the alternatives whose policy is declared count, joined; with none of them: unknown.'
    counting = [root for root in alternatives if declared(policy_of(root), classifications) is not None]
    need(counting)
    return join([document(root, classifications) for root in counting])


def policy_of(root):
    """'the token of the first `PolicyIdentifier` in the first `ConfidentialityInformation` in its outermost element'"""
    need(root.named("ConfidentialityInformation"))
    identifiers = root.named("ConfidentialityInformation")[0].named("PolicyIdentifier")
    need(identifiers)
    return token(identifiers[0])


def declared(name, classifications):
    """'it is *declared* if exactly one `[[classification]]` has that name in any case': that one's own name, or None"""
    found = [policy for policy in classifications if any_case(policy) == any_case(name)]
    return found[0] if len(found) == 1 else None


# What a document means


def document(root, classifications):
    # 'outermost; attributes `Id`, `ReviewDateTime`'
    holds(root, ("Id", "ReviewDateTime"), ("ConfidentialityInformation",),
          ("SuccessionHandling", "OriginatorID", "CreationDateTime"))  # fmt: skip
    parts = [information(one, classifications) for one in root.named("ConfidentialityInformation")]
    parts += [succession(one, classifications) for one in root.named("SuccessionHandling")]
    return join(parts)


def succession(element, classifications):
    """'after its date another label is to stand. Here both stand, at all times'"""
    holds(element, (), ("SuccessorConfidentialityLabel",), ("SuccessionDateTime",))
    successor = element.named("SuccessorConfidentialityLabel")[0]
    holds(successor, ("Id",), ("ConfidentialityInformation",), ("OriginatorID", "CreationDateTime"))
    return information(successor.named("ConfidentialityInformation")[0], classifications)


def information(element, classifications):
    holds(element, (), ("PolicyIdentifier", "Classification"), ("PrivacyMark", "Category"))
    identifier, classification = element.named("PolicyIdentifier")[0], element.named("Classification")[0]
    for one in (identifier, classification):
        need(set(one.attributes) <= {"URI"})
    policy = declared(token(identifier), classifications)
    need(policy is not None)
    found = named_level(token(classification), policy, classifications[policy])
    need(found is not None)
    return join([level(policy, found)] + [category(one) for one in element.named("Category")])


def named_level(name, policy, levels):
    """'the level by that name; if there is none and the token is the policy's name in any case, one space and a name, the
    level by that name (`NATO SECRET`)'"""
    found = height(levels, name)
    prefix = any_case(policy) + " "
    if found is None and any_case(name).startswith(prefix):
        found = height(levels, name[len(prefix) :])
    return found


def category(element):
    kind = element.attributes.get("Type")
    # 'any other, or absent, or no `TagName`: unknown'. 'White space in `TagName` as in a token'
    need("TagName" in element.attributes)
    tag = any_case(token_of(element.attributes["TagName"]))
    # '`INFORMATIVE`, any: restricts nothing; its content and further attributes are not read'
    if kind == "INFORMATIVE":
        return nothing()
    holds(element, ("Type", "TagName", "URI"), (), ("GenericValue",))
    for value in element.children:
        need(not value.attributes)
    values = codes([token(value) for value in element.children])
    if kind == "PERMISSIVE" and tag in ("RELEASABLE TO", "ONLY", "CONTEXT"):
        return Label(rel=[values])
    need(kind == "RESTRICTIVE" and tag == "NOT RELEASABLE TO")
    return Label(never=values)
