"""Stipulations: `address = value`, which replace what is known of one address (section 9)."""

import re

from .errors import Refused
from .knowledge import ABSENT, MISSING, known

_RECORD = re.compile(r"([^\[\]]+)\[([^\[\]]+)\]\.(?:([^\[\].]+)\[([^\[\]]+)\]\.)?([^\[\].]+)\Z")


def read_stipulations(texts, dossier):
    """{target: Fact}"""
    stipulated = {}
    for text in texts:
        address, equals, value = (part.strip() for part in text.partition("="))
        if not equals:
            raise Refused(f"not a stipulation: {text!r}")
        key, targets = _targets(address, dossier)
        if value == "?":
            fact = MISSING
        elif value == "!":
            fact = ABSENT
        else:
            fact = known(key.parse_text(value))
        for target in targets:
            stipulated[target] = fact
    return stipulated


def _targets(address, dossier):
    standard = dossier.standard
    match = _RECORD.match(address)
    if match:
        owner, record, inner, inner_record, field = match.groups()
        path = record
        if inner is not None:
            owner, path = f"{owner}[].{inner}", f"{record}/{inner_record}"
        key = standard.keys.get(f"{owner}[].{field}")
        if key is None or key.type == "list" or (owner, path) not in dossier.records:
            raise Refused(f"nothing to stipulate at {address!r}")
        return key, [(key.name, None, path)]
    category, slash, name = address.partition("/")
    if not slash:
        category, name = None, address
    key = standard.keys.get(name)
    if key is None or key.parent is not None or key.type == "list" or (category and key.scope != "category"):
        raise Refused(f"nothing to stipulate at {address!r}")
    if key.scope != "category":
        return key, [(name, None, None)]
    if category is not None:
        return key, [(name, category, None)]
    # A key of scope category without a category: in each.
    return key, [(name, one, None) for one in standard.category_ids]
