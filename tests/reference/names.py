"""The fields that elements can have (sections 2, 4, 5, 6 and 16): quotations name no others (section 17.1)."""

from .checks import FIELDS
from .errors import EditionRefused

CLAUSE = {"id", "level", "kind", "topic", "title", "summary", "documents", "methods", "interpretations",
          "same-as", "when", "due", "until-due", "choose", "points", "step", "check", "protect", "untested"}
EVIDENCE = {"key", "scope", "type", "unit", "bounds", "step", "values", "values-of", "ordered", "absent-means",
            "may-not-apply", "derive", "title", "question", "hint", "attested-by", "documents"}
_KNOWN = {
    "clause": CLAUSE, "check": FIELDS, "evidence": EVIDENCE,
    "interpretation": {"id", "clauses", "affects", "question", "reading", "adopted", "reason"},
    "part": {"id", "title", "role", "levels", "requires-below"},
    "due": {"id", "title", "stages", "above-level"}, "sample": {"of", "where", "size"},
    "set": {"id", "title", "members"}, "table": {"id", "title", "by-level"},
    "standard": {"combine"}, "template": {"name", "text"},
}


def check_names(of, name, tables):
    """Also quotations that are not the one taken name fields that such an element can have."""
    for table in tables:
        strange = set(table) - _KNOWN[of]
        if strange:
            raise EditionRefused("unknown-field", f"{of} {name} has no {sorted(strange)}")
