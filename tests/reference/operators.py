"""The one table of operators of section 7, for checks, `where`, `has` and `when` alike.

An operator is compiled into two functions: `test(value, situation)` for a known value, `possible(situation)`
for an unknown one. Both answer with bits: can hold, can fail.
"""

from .dates import parse_date, plus_months, year_of
from .errors import Refused, UnknownConstruct
from .knowledge import ABSENT_KIND, KNOWN, UNKNOWN
from .outcomes import EITHER, MET, NOT_MET

ORDER = ("at-least", "at-most", "above", "below")
OPERATORS = frozenset(ORDER) | {
    "is", "one-of", "not-in", "includes", "includes-any", "excludes",
    "within", "not-before", "not-after", "at-least-ago", "last-closed",
}
_REFERENCES = ("@applied-on", "@assessed-on", "@award-on")


class Operator:
    """`absent_holds` is the single exception for absence: a date without end is not before anything."""

    __slots__ = ("name", "test", "possible", "absent_holds", "operand")

    def __init__(self, name, test, possible, absent_holds=False, operand=None):
        self.name = name
        self.test = test
        self.possible = possible
        self.absent_holds = absent_holds
        self.operand = operand

    def on(self, fact, situation):
        """Whether the condition can hold, can fail, for what is known."""
        kind = fact.kind
        if kind == KNOWN:
            return self.test(fact.value, situation)
        if kind == UNKNOWN:
            return NOT_MET | (MET if self.possible(situation) else 0)
        if kind == ABSENT_KIND and self.absent_holds:
            return MET
        return NOT_MET


def ordering(name, threshold):
    """A comparison with a fixed number, as a plain predicate."""
    if name == "at-least":
        return lambda value: value >= threshold
    if name == "at-most":
        return lambda value: value <= threshold
    if name == "above":
        return lambda value: value > threshold
    if name == "below":
        return lambda value: value < threshold
    raise UnknownConstruct(f"{name} does not order")


def _bits(predicate):
    return lambda value, situation: MET if predicate(value) else NOT_MET


def compile_operator(name, operand, key, scope):
    """`key` gives the type; `scope` resolves `@names` at the place where the condition stands."""
    if name not in OPERATORS:
        raise UnknownConstruct(f"operator {name!r} on {key.name}")
    kind = key.type
    if key.quantity and name in (*ORDER, "is"):
        return _quantity(name, scope.quantity(operand, key.dimension), key)
    if kind == "year" and name in (*ORDER, "is"):
        number = operand if isinstance(operand, int) else key.parse_text(operand)
        return _simple(name, number)
    if kind == "year" and name == "last-closed":
        return _last_closed(operand, scope)
    if kind == "choice" and name in ORDER:
        if not key.ordered:
            raise UnknownConstruct(f"{name} on {key.name}, which has no order")
        predicate = ordering(name, key.rank[key.word(operand)])
        holding = frozenset(word for word, rank in key.rank.items() if predicate(rank))
        return Operator(name, lambda value, _: MET if value in holding else NOT_MET, lambda _: bool(holding))
    if kind in ("flag", "finding") and name == "is":
        return _simple(name, key.parse(operand))
    if kind in ("text", "choice") and name in ("is", "one-of", "not-in"):
        return _words(name, operand, key, scope)
    if kind == "set" and name in ("includes", "includes-any", "excludes"):
        return _members(name, operand, key, scope)
    if kind == "date":
        return _date(name, operand, key, scope)
    raise UnknownConstruct(f"operator {name!r} does not apply to {key.name} ({kind})")


def _simple(name, operand):
    """Types of which an unknown may be anything."""
    predicate = (lambda value: value == operand) if name == "is" else ordering(name, operand)
    return Operator(name, _bits(predicate), lambda _: True, operand=operand)


def _quantity(name, number, key):
    if name == "is":
        can = key.low <= number <= key.high
        return Operator(name, _bits(lambda value: value == number), lambda _: can, operand=number)
    predicate = ordering(name, number)
    # The most favourable end of the closed bounds decides what an unknown value could do.
    can = predicate(key.high if name in ("at-least", "above") else key.low)
    return Operator(name, _bits(predicate), lambda _: can, operand=number)


def _last_closed(operand, scope):
    months = scope.months(operand)
    if months % 12:
        raise UnknownConstruct(f"last-closed wants whole years: {operand!r}")
    years = months // 12

    def test(value, situation):
        now = year_of(situation.assessed_on)
        return MET if now - years <= value <= now - 1 else NOT_MET

    return Operator("last-closed", test, lambda _: years >= 1)


def _listed(operand, key, scope):
    """The ids that an operand names, and whether `@applied` is among them."""
    items = operand if isinstance(operand, list) else [operand]
    words, applied = set(), False
    for item in items:
        if key.type == "text":
            words.add(item)
        elif item == "@applied":
            applied = True
        elif isinstance(item, str) and item.startswith("@"):
            words.update(key.word(member) for member in scope.set(item))
        else:
            words.add(key.word(item))
    return frozenset(words), applied


def _words(name, operand, key, scope):
    words, applied = _listed(operand, key, scope)
    values = key.values
    banned = name == "not-in"

    def named(situation):
        return words | {situation.category} if applied and situation.category is not None else words

    def test(value, situation):
        inside = value in words or (applied and value == situation.category and value is not None)
        return MET if inside != banned else NOT_MET

    def possible(situation):
        if values is None:
            return banned or bool(words)
        return bool(values - named(situation)) if banned else bool(values & named(situation))

    return Operator(name, test, possible)


def _members(name, operand, key, scope):
    words, applied = _listed(operand, key, scope)
    values = key.values

    def named(situation):
        # Without a category that is graded there is nothing that `@applied` could name.
        return words | {situation.category} if applied else words

    if name == "includes":
        def holds(value, situation):
            return named(situation) <= value

        def possible(situation):
            return named(situation) <= values
    elif name == "includes-any":
        def holds(value, situation):
            return not named(situation).isdisjoint(value)

        def possible(situation):
            return not named(situation).isdisjoint(values)
    else:
        def holds(value, situation):
            return named(situation).isdisjoint(value)

        def possible(situation):
            return True
    return Operator(name, lambda value, situation: MET if holds(value, situation) else NOT_MET, possible)


def _date(name, operand, key, scope):
    if name == "within":
        months = scope.months(operand)

        def test(value, situation):
            now = situation.assessed_on
            return MET if plus_months(now, -months) <= value <= now else NOT_MET

        return Operator(name, test, lambda _: months >= 0)
    if name == "at-least-ago":
        months = scope.months(operand)

        def test(value, situation):
            return MET if plus_months(value, months) <= situation.assessed_on else NOT_MET

        return Operator(name, test, lambda _: True)
    if name not in ("not-before", "not-after"):
        raise UnknownConstruct(f"operator {name!r} does not apply to the date {key.name}")
    later = name == "not-before"
    if operand in _REFERENCES:
        attribute = operand[1:].replace("-", "_")

        def test(value, situation):
            limit = getattr(situation, attribute)
            if limit is None:
                return EITHER
            return MET if (value >= limit if later else value <= limit) else NOT_MET
    else:
        try:
            limit = parse_date(operand)
        except Refused as error:
            raise UnknownConstruct(str(error)) from None

        def test(value, situation):
            return MET if (value >= limit if later else value <= limit) else NOT_MET

    return Operator(name, test, lambda _: True, absent_holds=later and key.never)
