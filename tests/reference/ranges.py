"""Ranges of section 12: what a number taken over records can still turn out to be."""

from .errors import UnknownConstruct
from .knowledge import KNOWN, UNKNOWN
from .outcomes import MET, NOT_MET


class Range:
    """Closed; None is an end that is not there. `maybe_absent`: there may be no number at all."""

    __slots__ = ("low", "high", "maybe_absent", "only_absent")

    def __init__(self, low, high, maybe_absent=False, only_absent=False):
        self.low = low
        self.high = high
        self.maybe_absent = maybe_absent or only_absent
        self.only_absent = only_absent

    def compare(self, operator):
        """Whether some number of the range satisfies the operator, and whether some does not."""
        if self.only_absent:
            return NOT_MET
        name, limit = operator.name, operator.operand
        low, high = self.low, self.high
        if name == "at-least":
            can, fails = high is None or high >= limit, low is None or low < limit
        elif name == "above":
            can, fails = high is None or high > limit, low is None or low <= limit
        elif name == "at-most":
            can, fails = low is None or low <= limit, high is None or high > limit
        elif name == "below":
            can, fails = low is None or low < limit, high is None or high >= limit
        elif name == "is":
            can = (low is None or low <= limit) and (high is None or high >= limit)
            fails = not (low == limit and high == limit)
        else:
            raise UnknownConstruct(f"operator {name!r} on a number taken over records")
        return (MET if can else 0) | (NOT_MET if fails or self.maybe_absent else 0)

    def cut(self, low, high):
        """Cut to the bounds of a derived key; a range wholly outside shrinks to the nearer bound."""
        if self.only_absent:
            return self
        bottom = low if self.low is None else min(max(self.low, low), high)
        top = high if self.high is None else max(min(self.high, high), low)
        return Range(bottom, top, self.maybe_absent)

    def present(self):
        """The same numbers, without the possibility that there is none."""
        return Range(self.low, self.high)

    def excludes(self, figure):
        return self.only_absent or (self.low is not None and figure < self.low) \
            or (self.high is not None and figure > self.high)

    def __repr__(self):
        return "none" if self.only_absent else f"{self.low}..{self.high}{'?' if self.maybe_absent else ''}"


NONE = Range(None, None, only_absent=True)


def field_bounds(key, where):
    """The bounds of an unknown field, cut to what `where` lets through. None if nothing is left.

    `where`: (operator name, number) of the conditions that test this very field.
    """
    low, high = key.low, key.high
    for name, limit in where:
        if name == "at-least":
            low = max(low, limit)
        elif name == "above":
            low = max(low, limit + key.step)
        elif name == "at-most":
            high = min(high, limit)
        elif name == "below":
            high = min(high, limit - key.step)
        elif name == "is":
            low, high = max(low, limit), min(high, limit)
        else:
            raise UnknownConstruct(f"{name} on {key.name}")
    return (low, high) if low <= high else None


def count_records(matches, open_end):
    """`matches`: (record, bits) of those that can match."""
    sure = sum(1 for _, bits in matches if bits == MET)
    return Range(sure, None if open_end else len(matches))


def distinct_values(matches, open_end, key):
    """How many different known values a field has among the records."""
    sure, possible, unknown = set(), set(), 0
    for record, bits in matches:
        fact = record.fact(key)
        if fact.kind == KNOWN:
            possible.add(fact.value)
            if bits == MET:
                sure.add(fact.value)
        elif fact.kind == UNKNOWN:
            unknown += 1
    if key.type == "choice":
        most = len(key.values)
    elif key.type == "flag":
        most = 2
    else:
        most = None
    if open_end:
        return Range(len(sure), most)
    high = len(possible) + unknown
    return Range(len(sure), high if most is None else min(high, most))


def _contributions(matches, key, bounds):
    """(certain values of surely matching records, intervals of every other record that adds something)."""
    certain, others = [], []
    for record, bits in matches:
        fact = record.fact(key)
        if fact.kind == KNOWN:
            if bits == MET:
                certain.append(fact.value)
            else:
                others.append((fact.value, fact.value))
        elif fact.kind == UNKNOWN and bounds is not None:
            others.append(bounds)
    return certain, others


def sum_of(matches, open_end, key, bounds):
    certain, others = _contributions(matches, key, bounds)
    low = high = sum(certain)
    for bottom, top in others:
        low += min(0, bottom)
        high += max(0, top)
    if open_end and bounds is not None:
        if bounds[1] > 0:
            high = None
        if bounds[0] < 0:
            low = None
    return Range(low, high)


def largest_of(matches, open_end, key, bounds):
    certain, others = _contributions(matches, key, bounds)
    if open_end and bounds is not None:
        others.append(bounds)
    if certain:
        best = max(certain)
        return Range(best, max([best] + [top for _, top in others]))
    if not others:
        return NONE
    return Range(min(bottom for bottom, _ in others), max(top for _, top in others), maybe_absent=True)


def smallest_of(matches, open_end, key, bounds):
    certain, others = _contributions(matches, key, bounds)
    if open_end and bounds is not None:
        others.append(bounds)
    if certain:
        best = min(certain)
        return Range(min([best] + [bottom for bottom, _ in others]), best)
    if not others:
        return NONE
    return Range(min(bottom for bottom, _ in others), max(top for _, top in others), maybe_absent=True)


def count_members(key, fact, satisfies, situation):
    """The members of a set that satisfy `where`."""
    if fact.kind == KNOWN:
        number = sum(1 for value in fact.value if satisfies(value, situation))
        return Range(number, number)
    if fact.kind == UNKNOWN:
        return Range(0, sum(1 for value in key.values if satisfies(value, situation)), maybe_absent=True)
    return NONE
