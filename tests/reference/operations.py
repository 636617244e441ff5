"""Operations of instruments and of readings, applied to the rules (sections 16 and 17)."""

from . import fields
from .errors import EditionRefused
from .instruments import INSERTED
from .names import check_names
from .rules import address

_FIXED = {"id", "key", "of", "same-as", "protect"}
_OF_KIND = {"clause": {"check"}, "interpretation": {"adopted", "reading"}}
_NAMES = {"evidence": "key", "template": "name"}
_GOES_WITH_CLAUSE = ("check", "choose", "when", "due", "until-due", "documents", "methods", "step", "points", "same-as")


def apply_reading(rules, reading):
    """What a reading changes: in the clause that has the content, and so in all that share it."""
    for replace in reading.get("replace", []):
        _replace(rules, *address(replace["at"]), replace["was"], replace["now"])
    for insert in reading.get("insert", []):
        if "same-as" in rules.get("clause", insert["at"]):
            raise EditionRefused("field-mismatch", f"{insert['at']} has no content of its own")
        rules.add_check(insert["at"], insert["check"])
    for withdraw in reading.get("withdraw", []):
        of, name = address(withdraw["at"])
        rules.get(of, name)
        rules.remove(of, name)


def touched_by(reading):
    """The addresses that a reading touches."""
    return [address(one["at"]) for kind in ("replace", "insert", "withdraw") for one in reading.get(kind, [])]


def apply_operation(rules, kind, operation, code):
    """`code`: the region whose instrument it is, or None. Gives the paths that it writes (section 17.2)."""
    if kind == "settle":
        rules.get("interpretation", operation["at"])
        return [("interpretation", operation["at"], "adopted")]
    if kind == "insert":
        return _insert(rules, operation, code)
    of, name = address(operation["at"])
    clause = {"clause": name, "check": name[0] if of == "check" else None}.get(of)
    if clause is not None:
        rules.own_content(clause)
    table = rules.get(of, name)
    _guard(rules, of, name, code)
    if kind == "replace":
        return [(*_path(of, name), *leaf) for leaf in _replace(rules, of, name, operation["was"], operation["now"])]
    quotations = operation["was"] if isinstance(operation["was"], list) else [operation["was"]]
    if not all(quotations) or not quotations:
        raise EditionRefused("missing-field", "a withdrawal quotes at least one field")
    check_names(of, name, quotations)
    if of == "standard":
        raise EditionRefused("field-mismatch", "the standard is not withdrawn")
    if fields.fitting(quotations, table) is None:
        raise EditionRefused("stale-quote", f"{operation['at']} is not as quoted")
    if of == "clause":
        for check in table.get("check", []):
            _guard(rules, "check", (name, check["id"]), code)
        for field in _GOES_WITH_CLAUSE:
            table.pop(field, None)
        table["kind"] = "withdrawn"
    else:
        rules.remove(of, name)
    return [_path(of, name)]


def _replace(rules, of, name, was, now):
    table = rules.get(of, name)
    quotations = was if isinstance(was, list) else [was]
    check_names(of, name, (*quotations, now))
    for one in (*quotations, now):
        fixed = set(one) & (_FIXED | _OF_KIND.get(of, set()))
        if fixed:
            raise EditionRefused("field-mismatch", f"{sorted(fixed)} of {name} cannot be replaced")
    quoted = fields.fitting(quotations, table, now)
    changed = None if quoted is None else fields.replace(table, quoted, now)
    if changed is None:
        raise EditionRefused("stale-quote", f"{name} is not as quoted")
    rules.put(of, name, changed[0])
    return changed[1]


def _path(of, name):
    """Where an element lies: a check within its clause."""
    return ("clause", name[0], "check", name[1]) if of == "check" else (of, name)


def _insert(rules, operation, code):
    kind = next(one for one in INSERTED if one in operation)
    table = operation[kind]
    name = table[_NAMES.get(kind, "id")]
    if code is not None and not _carries(code, kind, name):
        raise EditionRefused("local-prefix", f"{kind} {name} does not carry {code}")
    if kind == "check":
        clause = operation["at"]
        rules.own_content(clause)
        rules.get("clause", clause)
        _guard(rules, "clause", clause, code)
        rules.add_check(clause, table)
        return [_path("check", (clause, name))]
    rules.add(kind, name, table)
    if kind == "clause":
        rules.places[name] = operation["part"], operation.get("category")
    return [_path(kind, name)]


def _carries(code, kind, name):
    if kind == "template":
        return True
    if kind == "clause":
        return name == code or name.startswith(f"{code}.")
    if kind == "interpretation":
        return name.startswith(f"{code}.")
    if kind == "evidence":
        field = name.rsplit("[].", 1)[1] if "[]." in name else ""
        return name.startswith(f"{code}.") or field.startswith(f"{code}-")
    return name.startswith(f"{code}-")


def _guard(rules, of, name, code):
    """`protect = "final"` on the element or a clause above it (section 17.3)."""
    if code is None or of not in ("clause", "check"):
        return
    clause, held = (name, []) if of == "clause" else (name[0], [rules.get("check", name)])
    parts = clause.split(".")
    held += [rules.elements["clause"][above] for above in (".".join(parts[:n]) for n in range(1, len(parts) + 1))
             if above in rules.elements["clause"]]
    if any(table.get("protect") == "final" for table in held):
        raise EditionRefused("protected", f"{name} is final")


def guard_touched(rules, of, name, code):
    """As above, for what a reading that a region settles touches."""
    _guard(rules, of, name, code)


def check_conflicts(written):
    """`written`: [(instrument, path)] of one group. Section 17.2."""
    for number, (one, path) in enumerate(written):
        for other, also in written[number + 1:]:
            if one is not other and one.effective == other.effective:
                short = min(len(path), len(also))
                if path[:short] == also[:short]:
                    raise EditionRefused("overlay-conflict", f"{one.id} and {other.id} write {path[:short]}")
