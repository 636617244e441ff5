"""Checks of section 6, compiled one by one for the clause in which they stand.

What a check says apart from due rules does not depend on the level that is judged; `run` gives that part,
and grade.py adds the rest.
"""

import math

from .aggregates import SUBJECTS, compile_aggregate
from .conditions import compile_record_conditions, compile_when, matching
from .dates import plus_months
from .errors import UnknownConstruct
from .knowledge import ABSENT_KIND, KNOWN, NOT_APPLICABLE_KIND, UNKNOWN
from .operators import OPERATORS, ORDER, Operator, compile_operator
from .outcomes import MET, NOT_APPLICABLE, NOT_MET

_SUBJECTS = (*SUBJECTS, "evidence", "elapsed-since", "some", "every", "attest", "requires", "any-of", "all-of")
_WITHOUT_OPERATOR = ("some", "every", "attest", "requires", "any-of", "all-of")
_OTHER = {"id", "title", "interpretations", "when", "due", "until-due", "effect", "where", "has",
          "protect"}
FIELDS = {*_OTHER, *_SUBJECTS, *OPERATORS}


class Check:
    """`run(situation)` -> (mask, reason) for leaves; compositions and `requires` name what they look at."""

    __slots__ = ("id", "run", "when", "own_when", "rules", "superseded_by", "members", "any_of", "requires",
                 "observation", "member_of", "own_rule", "until_due")

    def __init__(self, check_id):
        self.id = check_id
        self.run = None
        self.when = self.own_when = None
        self.rules = frozenset()
        self.superseded_by = []
        self.members = None
        self.any_of = False
        self.requires = None
        self.observation = False
        self.member_of = None
        self.own_rule = self.until_due = None


def compile_check(table, standard, scope, whens):
    """`whens`: conditions of the clauses above and of the clause itself, with their scopes."""
    check = Check(table["id"])
    keys = standard.keys
    subjects = [name for name in _SUBJECTS if name in table]
    operators = [name for name in table if name in OPERATORS]
    strange = set(table) - _OTHER - set(subjects) - set(operators)
    if len(subjects) != 1 or strange:
        raise UnknownConstruct(f"check {check.id}: subjects {subjects}, unknown fields {sorted(strange)}")
    subject = subjects[0]
    if len(operators) != (0 if subject in _WITHOUT_OPERATOR else 1):
        raise UnknownConstruct(f"check {check.id}: {subject} with operators {operators}")
    effect = table.get("effect")
    if effect not in (None, "observation"):
        raise UnknownConstruct(f"check {check.id}: effect {effect!r}")
    check.observation = effect == "observation"
    check.own_rule, check.until_due = table.get("due"), table.get("until-due")
    own = [(table["when"], scope)] if "when" in table else []

    if subject in ("any-of", "all-of"):
        # Conditions of the clauses act on the members; a condition of its own acts on the result.
        check.members = list(table[subject])
        check.any_of = subject == "any-of"
        check.when = compile_when(own, keys, standard)
        return check
    check.when = compile_when([*whens, *own], keys, standard)
    if subject == "requires":
        check.requires = table["requires"]
    elif subject == "attest":
        check.run = _attest(_key(keys, table["attest"]), standard, scope)
    elif subject in ("some", "every"):
        check.run = _quantifier(subject, table, keys, scope)
    elif subject in SUBJECTS:
        check.run = _aggregate(subject, table, operators[0], keys, scope)
    elif subject == "evidence":
        check.run = _evidence(_key(keys, table["evidence"]), operators[0], table[operators[0]], scope)
    else:
        check.run = _elapsed(_key(keys, table["elapsed-since"]), operators[0], table[operators[0]], scope)
    return check


def _key(keys, name):
    if name not in keys:
        raise UnknownConstruct(f"unknown key {name}")
    return keys[name]


def _evidence(key, name, operand, scope):
    if key.parent is not None:
        raise UnknownConstruct(f"evidence of {key.name}, a field of records")
    operator = compile_operator(name, operand, key, scope)
    on = operator.on
    may_not_apply = key.may_not_apply

    def run(situation):
        fact = situation.fact_or_range(key)
        if key.derive is not None and not hasattr(fact, "kind"):
            return fact.compare(operator), None
        kind = fact.kind
        if kind == NOT_APPLICABLE_KIND:
            return NOT_APPLICABLE, None
        mask = on(fact, situation)
        if kind == UNKNOWN and may_not_apply:
            mask |= NOT_APPLICABLE
        return mask, None if mask == MET else fact.reason

    return run


def _elapsed(key, name, operand, scope):
    if key.type != "date" or name not in ORDER or key.parent is not None:
        raise UnknownConstruct(f"elapsed-since {key.name} with {name}")
    months = scope.months(operand)

    def holds(date, now):
        if date > now:
            return False
        then = plus_months(date, months)
        if name == "at-least":
            return then <= now
        if name == "above":
            return then < now
        if name == "at-most":
            return then >= now
        return then > now

    # Of an unknown date: a far past suits one pair of operators, today the other.
    def possible(now):
        return name in ("at-least", "above") or holds(now, now)

    def run(situation):
        fact = situation.fact(key)
        now = situation.assessed_on
        if fact.kind == KNOWN:
            return (MET if holds(fact.value, now) else NOT_MET), None
        if fact.kind == ABSENT_KIND:
            return NOT_MET, fact.reason
        return NOT_MET | (MET if possible(now) else 0), fact.reason

    return run


def _aggregate(subject, table, name, keys, scope):
    if name not in (*ORDER, "is"):
        raise UnknownConstruct(f"{subject} with {name}")
    of, dimension = compile_aggregate(subject, table[subject], table.get("where"), keys, scope)
    if dimension is None:
        raise UnknownConstruct(f"{table[subject]} has no counting unit")
    operator = Operator(name, None, None, operand=scope.quantity(table[name], dimension))

    def run(situation):
        return of(situation).compare(operator), None

    return run


def _list(keys, name):
    key = _key(keys, name)
    if key.type != "list" or key.parent is not None:
        raise UnknownConstruct(f"{name} is no list of the institution")
    return key


def _quantifier(subject, table, keys, scope):
    key = _list(keys, table[subject])
    match = matching(compile_record_conditions(table.get("where"), key.name, keys, scope))
    if subject == "some":
        def run(situation):
            records, open_end = situation.records(key)
            result = NOT_MET | (MET if open_end else 0)
            for record in records:
                bits = match(record, situation)
                if bits == MET:
                    return MET, None
                result |= bits & MET
            return result, None

        return run
    has = compile_record_conditions(table["has"], key.name, keys, scope)

    def run(situation):
        records, open_end = situation.records(key)
        result = MET | (NOT_MET if open_end else 0)
        for record in records:
            bits = match(record, situation)
            if not bits & MET:
                continue
            asked = has(record, situation)
            if asked & NOT_MET:
                result |= NOT_MET
                if bits == MET and asked == NOT_MET:
                    return NOT_MET, None
        return result, None

    return run


def _outcomes_of_finding(fact, may_not_apply):
    """One finding, attested: section 11."""
    kind = fact.kind
    if kind == KNOWN:
        return MET if fact.value == "conforms" else NOT_MET
    if kind == ABSENT_KIND:
        return NOT_MET
    if kind == NOT_APPLICABLE_KIND:
        return NOT_APPLICABLE
    return MET | NOT_MET | (NOT_APPLICABLE if may_not_apply else 0)


def _attest(key, standard, scope):
    if key.type != "finding":
        raise UnknownConstruct(f"attest of {key.name}, which is no finding")
    may_not_apply = key.may_not_apply
    if key.parent is None:
        def run(situation):
            fact = situation.fact(key)
            return _outcomes_of_finding(fact, may_not_apply), fact.reason

        return run
    sample = standard.sample(key.parent, scope)

    def run(situation):
        memo = situation.attested
        token = (key.name, sample)
        if token not in memo:
            memo[token] = _attest_sample(key, sample, situation)
        return memo[token], None

    return run


class Sample:
    """Records of a list from which findings are taken, for clauses of one level."""

    def __init__(self, table, standard, scope):
        key = _list(standard.keys, table["of"])
        self.list = key
        self.match = matching(compile_record_conditions(table.get("where"), key.name, standard.keys, scope))
        self.size = math.ceil(scope.quantity(table["size"], key.dimension))
        if self.size < 1:
            raise UnknownConstruct(f"a sample of {key.name} of no records")

    def candidates(self, situation):
        """(records with what they can do, whether there may be more): the same for every key."""
        memo = situation.sampled
        if self not in memo:
            records, open_end = situation.records(self.list)
            found = []
            for record in records:
                bits = self.match(record, situation)
                if bits & MET:
                    found.append((record, bits & NOT_MET))
            memo[self] = found, open_end
        return memo[self]


def _attest_sample(key, sample, situation):
    records, open_end = sample.candidates(situation)
    may_not_apply, size = key.may_not_apply, sample.size
    some_met = sure_met = False
    count_can = count_sure = count_na = 0
    for record, may_fail in records:
        mask = _outcomes_of_finding(record.fact(key), may_not_apply) | may_fail
        if mask & MET:
            some_met = True
            if mask == MET:
                sure_met = True
        if mask & (MET | NOT_APPLICABLE):
            count_can += 1
            if not mask & NOT_MET:
                count_sure += 1
        if mask & NOT_APPLICABLE:
            count_na += 1
    result = 0
    if open_end or (some_met and count_can >= size):
        result |= MET
    if count_sure < size:
        result |= NOT_MET
    if may_not_apply and not sure_met and (open_end or count_na >= size):
        result |= NOT_APPLICABLE
    # Nothing is left only for a sample of size 0 of no records: not applicable by section 6.
    return result or NOT_APPLICABLE
