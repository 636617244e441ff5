"""The subjects `count`, `distinct`, `sum`, `largest`, `smallest`, compiled into functions that give a range."""

from .conditions import compile_member_conditions, compile_record_conditions, flatten, matching
from .errors import UnknownConstruct
from .outcomes import MET
from .ranges import (count_members, count_records, distinct_values, field_bounds, largest_of, smallest_of,
                     sum_of)

SUBJECTS = ("count", "distinct", "sum", "largest", "smallest")
_FIELD = {"sum": sum_of, "largest": largest_of, "smallest": smallest_of}


def compile_aggregate(subject, name, where, keys, scope):
    """(function of the situation giving a Range, the dimension in which the operand is written)."""
    key = keys.get(name)
    if key is None:
        raise UnknownConstruct(f"{subject} of unknown key {name}")
    if subject == "count" and key.type == "set":
        return _set_count(key, where, scope), key.dimension
    if subject == "count":
        if key.type != "list" or key.parent is not None:
            raise UnknownConstruct(f"count of {name}")
        records = key
    else:
        records = keys.get(key.parent) if key.parent else None
        if records is None or records.parent is not None:
            raise UnknownConstruct(f"{subject} of {name}")
    match = matching(compile_record_conditions(where, records.name, keys, scope))

    def candidates(situation):
        everything, open_end = situation.records(records)
        found = []
        for record in everything:
            bits = match(record, situation)
            if bits & MET:
                found.append((record, bits))
        return found, open_end

    if subject == "count":
        return (lambda situation: count_records(*candidates(situation))), records.dimension
    if subject == "distinct":
        return (lambda situation: distinct_values(*candidates(situation), key)), records.dimension
    if not key.quantity:
        raise UnknownConstruct(f"{subject} of {name}, which is no quantity")
    over = _FIELD[subject]
    own = [(operator, scope.quantity(operand, key.dimension))
           for field, operator, operand in flatten(where or {}) if field == key.field]
    bounds = field_bounds(key, own)
    return (lambda situation: over(*candidates(situation), key, bounds)), key.dimension


def _set_count(key, where, scope):
    if key.parent is not None:
        raise UnknownConstruct(f"count of {key.name}, a set within records")
    satisfies = compile_member_conditions(where, key, scope)
    return lambda situation: count_members(key, situation.fact(key), satisfies, situation)


def subject_of(table):
    """Which aggregate a table of `derive` names."""
    named = [subject for subject in SUBJECTS if subject in table]
    if len(named) != 1:
        raise UnknownConstruct(f"derive names {named}")
    return named[0]
