"""An edition: the base, readings, amendments, and the regions of a chain (section 17)."""

from .errors import EditionRefused, Refused, UnknownConstruct
from .instruments import Request, groups, read_instruments
from .operations import apply_operation, apply_reading, check_conflicts, guard_touched, touched_by
from .rules import Rules
from .standard import Standard, parsed
from .validity import check_base, check_validity


def resolve(texts, request):
    """The standard as it stands for a request. Raises EditionRefused."""
    request = Request(request)
    documents = parsed(texts)
    instruments = read_instruments(texts, documents, documents["standard.toml"]["id"])
    ordered = groups(instruments, request)
    rules = Rules(documents)
    check_base(rules)
    _read(rules, ordered, request)
    for code, group in ordered:
        written = []
        for one in group:
            for kind, operation in one.operations:
                written += [(one, path) for path in apply_operation(rules, kind, operation, code)]
        check_conflicts(written)
    return finished(rules)


def finished(rules):
    """The result is read like a base: what refers to something that is gone is an error."""
    try:
        standard = Standard(rules.documents())
    except (UnknownConstruct, Refused) as error:
        raise EditionRefused("invalid", str(error)) from error
    except (KeyError, TypeError, ValueError, IndexError, AttributeError) as error:
        raise EditionRefused("invalid", f"{type(error).__name__}: {error}") from error
    check_validity(standard, rules)
    return standard


def _read(rules, ordered, request):
    """Readings that the call chooses and those that instruments settle, applied to the base (section 17.2)."""
    settled, last = {}, {}
    for code, group in ordered:
        for one in group:
            for kind, operation in one.operations:
                if kind != "settle":
                    continue
                name = operation["at"]
                interpretation = rules.get("interpretation", name)
                stands = settled.get(name, interpretation["adopted"])
                if operation["was"] != stands:
                    raise EditionRefused("stale-quote", f"{name} is read as {stands}")
                reading = _reading(interpretation, operation["now"])
                if code is not None:
                    for of, place in touched_by(reading):
                        guard_touched(rules, of, place, code)
                settled[name] = operation["now"]
    for name, chosen in request.readings.items():
        _reading(rules.get("interpretation", name), chosen)
        if settled.get(name, chosen) != chosen:
            raise EditionRefused("overlay-conflict", f"{name} is settled as {settled[name]}")
        last[name] = chosen
    last.update(settled)
    for name, chosen in sorted(last.items()):
        interpretation = rules.get("interpretation", name)
        if chosen == interpretation["adopted"]:
            continue
        reading = _reading(interpretation, chosen)
        if "beyond" in reading:
            raise EditionRefused("reading-beyond", f"{name}: {chosen}")
        apply_reading(rules, reading)
        interpretation["adopted"] = chosen


def _reading(interpretation, name):
    for reading in interpretation["reading"]:
        if reading["id"] == name:
            return reading
    raise EditionRefused("unknown-name", f"{interpretation['id']} has no reading {name}")
