"""The whole answer for one dossier."""

from .dossier import Dossier
from .errors import Refused
from .grade import Judgement, part_levels, part_points, reached
from .knowledge import KNOWN
from .outcomes import AND, NAMES, NOT_APPLICABLE
from .situation import Situation
from .stipulations import read_stipulations
from .views import REVIEW, SELF, View

_VIEWS = {"declared": SELF, "self": SELF, "reviewed": REVIEW, "review": REVIEW}


def evaluate(standard, table, view=None, stipulations=()):
    """`table`: the dossier as a plain object. `view`: declared, reviewed, or None for the default."""
    dossier = Dossier(table, standard)
    check_consistency(standard, dossier)
    if view is None:
        name = REVIEW if dossier.has_review else SELF
    elif view in _VIEWS:
        name = _VIEWS[view]
    else:
        raise Refused(f"unknown view {view!r}")
    seen = View(dossier, name, read_stipulations(stipulations, dossier))
    entry_clauses, admissible = _admissibility(standard, seen)
    return {
        "admissibility": {"outcomes": NAMES[admissible]},
        "categories": [_entry(standard, seen, entry) for entry in dossier.entries],
        "admissibility-clauses": entry_clauses,
    }


def _admissibility(standard, view):
    """Once for the whole application, without category and stage."""
    judgement = Judgement(standard, Situation(standard, view, None, None))
    state = standard.due_state(None, None)
    clauses = standard.plan(None, "admissibility")
    mask = NOT_APPLICABLE
    for clause in clauses:
        if clause.gates:
            mask = AND[mask][judgement.clause(clause, state)]
    return _clauses(judgement, clauses, state), mask


def _entry(standard, view, entry):
    judgement = Judgement(standard, Situation(standard, view, entry.category, entry.stage))
    clauses = standard.plan(entry.category, "grade")
    state = standard.due_state(entry.target, entry.stage)
    parts = {}
    for part in standard.parts.values():
        if part.role == "grade":
            if not any(clause.part is part and clause.gates for clause in clauses):
                raise Refused(f"part {part.id} requires nothing of {entry.category}")
            if standard.combine == "lowest":
                parts[part.id] = part_levels(judgement, part, clauses, entry.stage)
            else:
                parts[part.id] = part_points(judgement, part, clauses, state)
    if standard.combine == "lowest":
        attained = [min(interval[end] for interval in parts.values()) for end in (0, 1)]
    else:
        attained = [reached(standard, sum(interval[end] for interval in parts.values())) for end in (0, 1)]
    return {
        "category": entry.category,
        "target": entry.target,
        "stage": entry.stage,
        "parts": parts,
        "attained": attained,
        "award": min(attained[0], entry.target),
        "clauses": _clauses(judgement, clauses, state),
    }


def _clauses(judgement, clauses, state):
    answer = {}
    for clause in clauses:
        checks = {}
        for check in clause.checks:
            mask, reason = judgement.check(check, state)
            checks[check.id] = {"outcomes": NAMES[mask], "reason": reason}
        answer[clause.id] = {"outcomes": NAMES[judgement.clause(clause, state)], "reason": None,
                             "checks": checks}
    return answer


def check_consistency(standard, dossier):
    """Bare figures beside records, and invariants: what excludes each other is refused (section 4)."""
    bare = {name for name, _ in dossier.facts if standard.keys[name].derive is not None}
    bare.update(name for name, _, _ in dossier.statements["self"]
                if name in standard.keys and standard.keys[name].derive is not None)
    invariants = [pair for pair in standard.invariants if _given(pair, dossier)]
    if not bare and not invariants:
        return
    view = View(dossier, SELF)
    applied = [entry.category for entry in dossier.entries]
    categories = list(dict.fromkeys([*applied, *dossier.given_categories])) or [None]
    for category in categories:
        situation = Situation(standard, view, category, None)
        for name in bare:
            key = standard.keys[name]
            fact = situation.fact(key)
            if fact.kind == KNOWN and situation.computed(key).excludes(fact.value):
                raise Refused(f"the records exclude {name} as given")
        for key, limit in invariants:
            if situation.fact(key).kind != KNOWN and situation.fact(limit).kind != KNOWN:
                continue
            below, above = situation.possible_range(key), situation.possible_range(limit)
            if below.only_absent or above.only_absent:
                continue
            if below.low is not None and above.high is not None and below.low > above.high:
                raise Refused(f"{key.name} exceeds {limit.name}")


def _given(pair, dossier):
    names = {key.name for key in pair}
    return any(name in names for name, _ in dossier.facts) \
        or any(target[0] in names for target in dossier.statements["self"])
