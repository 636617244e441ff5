"""What can be known of one fact: a value, its absence, that it does not apply, or nothing yet."""

KNOWN, ABSENT_KIND, NOT_APPLICABLE_KIND, UNKNOWN = range(4)


class Fact:
    """An immutable state of knowledge. `reason` says why something is unknown and decides nothing."""

    __slots__ = ("kind", "value", "reason")

    def __init__(self, kind, value=None, reason=None):
        self.kind = kind
        self.value = value
        self.reason = reason

    def same(self, other):
        return self.kind == other.kind and self.value == other.value

    def __repr__(self):
        return f"Fact({self.kind}, {self.value!r}, {self.reason})"


ABSENT = Fact(ABSENT_KIND, reason="absent")
DOES_NOT_APPLY = Fact(NOT_APPLICABLE_KIND)
MISSING = Fact(UNKNOWN, reason="missing")
DISPUTED = Fact(UNKNOWN, reason="disputed")
UNREVIEWED = Fact(UNKNOWN, reason="unreviewed")
CONFORMS = Fact(KNOWN, "conforms")
FAILS = Fact(KNOWN, "fails")


def known(value):
    return Fact(KNOWN, value)


def agree(statements):
    """All the same: that. Otherwise unknown, disputed."""
    first = statements[0]
    for other in statements[1:]:
        if not first.same(other):
            return DISPUTED
    return first
