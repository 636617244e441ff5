"""Conditions of section 8: on the fields of records, on the members of sets, and of `when`."""

from .errors import UnknownConstruct
from .evidence import Key
from .knowledge import ABSENT, ABSENT_KIND, UNKNOWN, known
from .operators import OPERATORS, compile_operator
from .outcomes import MET, NOT_APPLICABLE, NOT_MET

#: What a `when` can do, as bits: what it leaves of the check it guards is the check itself, not met, or not applicable.
HOLDS, FAILS_BY_ABSENCE, DOES_NOT_APPLY = MET, NOT_MET, NOT_APPLICABLE


def flatten(table, path=()):
    """(key, operator, operand) of a table whose dotted keys TOML has turned into nested ones."""
    for name, value in table.items():
        if isinstance(value, dict) and name != "some":
            yield from flatten(value, (*path, name))
        elif name in OPERATORS or name == "some":
            yield ".".join(path), name, value
        else:
            raise UnknownConstruct(f"condition {'.'.join((*path, name))}")


def compile_record_conditions(table, list_name, keys, scope):
    """One function for all conditions of a table: what they can do for a record that surely exists."""
    parts = []
    for field, name, operand in flatten(table or {}):
        key = keys.get(f"{list_name}[].{field}")
        if key is None:
            raise UnknownConstruct(f"records of {list_name} have no field {field}")
        if name == "some":
            parts.append(_compile_some(key, operand, keys, scope))
        else:
            parts.append(_compile_field(key, compile_operator(name, operand, key, scope)))
    parts = tuple(parts)

    def conditions(record, situation):
        result = MET
        for part in parts:
            bits = part(record, situation)
            if not bits & MET:
                return NOT_MET
            result |= bits
        return result

    return conditions


def _compile_field(key, operator):
    on = operator.on

    def condition(record, situation):
        return on(record.fact(key), situation)

    return condition


def _compile_some(key, table, keys, scope):
    if key.type != "list":
        raise UnknownConstruct(f"some on {key.name}, which is no list")
    inside = compile_record_conditions(table, key.name, keys, scope)

    def condition(record, situation):
        records, open_end = record.inner(key)
        result = NOT_MET | (MET if open_end else 0)
        for inner in records:
            bits = inside(inner, situation)
            if bits == MET and not inner.doubt:
                return MET
            result |= bits & MET
        return result

    return condition


def matching(conditions):
    """As asked of a record whose existence may be in doubt: such a record can also fail."""

    def match(record, situation):
        bits = conditions(record, situation)
        return bits | NOT_MET if record.doubt else bits

    return match


def compile_member_conditions(table, key, scope):
    """Conditions on the member of a set, called `value`."""
    member = Key({"key": key.name, "type": "choice"}, None)
    member.values, member.words = key.values, key.words
    operators = []
    for field, name, operand in flatten(table or {}):
        if field != "value":
            raise UnknownConstruct(f"members of {key.name} have no field {field}")
        operators.append(compile_operator(name, operand, member, scope))

    def satisfies(value, situation):
        return all(operator.test(value, situation) == MET for operator in operators)

    return satisfies


def compile_when(tables, keys, standard):
    """All conditions that bind a check, as one function of the situation. None if there are none.

    `tables`: each with the scope of the clause in which it stands, for tables by level.
    """
    parts = []
    for table, scope in tables:
        for field, name, operand in flatten(table):
            if field in ("category", "stage"):
                parts.append(_compile_entry(field, name, operand, standard, scope))
                continue
            key = keys.get(field)
            if key is None or key.parent is not None:
                raise UnknownConstruct(f"when on {field}")
            parts.append(_compile_fact(key, name, operand, scope))
    if not parts:
        return None

    def when(situation):
        holds, absent, plain = True, False, False
        for part in parts:
            bits = part(situation)
            can_hold, can_lack = bool(bits & HOLDS), bool(bits & FAILS_BY_ABSENCE)
            absent = (absent and (can_hold or can_lack)) or (can_lack and (holds or absent))
            holds = holds and can_hold
            plain = plain or bool(bits & DOES_NOT_APPLY)
        return (HOLDS if holds else 0) | (FAILS_BY_ABSENCE if absent else 0) | (DOES_NOT_APPLY if plain else 0)

    return when


def guarded(mask, guard):
    """What a condition leaves of a result."""
    return (mask if guard & HOLDS else 0) | (guard & (FAILS_BY_ABSENCE | DOES_NOT_APPLY))


def _compile_entry(field, name, operand, standard, scope):
    """A condition on the category or stage of the entry that is graded."""
    key = Key({"key": field, "type": "choice"}, None)
    key.take_values(standard.categories if field == "category" else standard.stages)
    operator = compile_operator(name, operand, key, scope)

    def condition(situation):
        value = getattr(situation, field)
        if value is None:
            # Evaluated without category or stage: there is nothing to which this could apply.
            return DOES_NOT_APPLY
        return _plainly(operator.on(known(value), situation))

    return condition


def _plainly(bits):
    return (HOLDS if bits & MET else 0) | (DOES_NOT_APPLY if bits & NOT_MET else 0)


def _compile_fact(key, name, operand, scope):
    operator = compile_operator(name, operand, key, scope)

    def condition(situation):
        fact = situation.fact_or_range(key)
        if not hasattr(fact, "kind"):
            present = 0 if fact.only_absent else _plainly(fact.present().compare(operator))
            return present | (FAILS_BY_ABSENCE if fact.maybe_absent else 0)
        lacking = operator.on(ABSENT, situation)
        if fact.kind == ABSENT_KIND:
            return lacking
        bits = _plainly(operator.on(fact, situation))
        return bits | lacking if fact.kind == UNKNOWN else bits

    return condition
