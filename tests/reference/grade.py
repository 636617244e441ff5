"""From checks to clauses, levels and grades (sections 11 and 13)."""

from .conditions import DOES_NOT_APPLY, FAILS_BY_ABSENCE, HOLDS, guarded
from .errors import UnknownConstruct
from .outcomes import AND, MET, NOT_APPLICABLE, NOT_MET, OR


class Judgement:
    """All verdicts of one entry. What depends on due rules is kept once per set of rules that are due."""

    def __init__(self, standard, situation):
        self.standard = standard
        self.situation = situation
        self._raw = {}
        self._clauses = {}
        self._checks = {}

    def _leaf(self, check):
        """(mask, reason) apart from due rules and `when`."""
        try:
            return self._raw[check]
        except KeyError:
            result = self._raw[check] = check.run(self.situation)
            return result

    def check(self, check, state):
        token = (check, state)
        found = self._checks.get(token)
        if found is None:
            found = self._checks[token] = self._check(check, state)
        return found

    def _check(self, check, state):
        if not check.rules <= state:
            return NOT_APPLICABLE, "deferred"
        if check.superseded_by and all(rule in state for rule in check.superseded_by):
            return NOT_APPLICABLE, "superseded"
        guard = HOLDS if check.when is None else check.when(self.situation)
        if guard == DOES_NOT_APPLY:
            return NOT_APPLICABLE, None
        if guard == FAILS_BY_ABSENCE:
            return NOT_MET, "absent"
        if not guard & HOLDS:
            return guarded(0, guard), None
        if check.run is not None:
            mask, reason = self._leaf(check)
        elif check.requires is not None:
            mask, reason = self.clause(self.standard.clauses[check.requires], state), None
        else:
            table = OR if check.any_of else AND
            mask, reason = NOT_APPLICABLE, None
            for member in check.members:
                mask = table[mask][self.check(member, state)[0]]
        return guarded(mask, guard), reason

    def _applies(self, clause):
        return clause.requirement and clause.category in (None, self.situation.category)

    def clause(self, clause, state):
        token = (clause, state)
        found = self._clauses.get(token)
        if found is None:
            if not clause.requirement:
                raise UnknownConstruct(f"{clause.id} is no requirement and has no verdict")
            found = self._clauses[token] = self._clause(clause, state)
        return found

    def _clause(self, clause, state):
        mask = NOT_APPLICABLE
        for check in clause.voting:
            mask = AND[mask][self.check(check, state)[0]]
        if clause.choose is not None:
            return AND[mask][self._choose(clause, state)]
        for child in clause.children:
            if self._applies(child):
                mask = AND[mask][self.clause(child, state)]
        return mask

    def _choose(self, clause, state):
        guard = HOLDS if clause.when is None else clause.when(self.situation)
        masks = [self.clause(child, state) for child in clause.children if self._applies(child)]
        can = sum(1 for mask in masks if mask & MET)
        sure = sum(1 for mask in masks if mask == MET)
        mask = (MET if can >= clause.choose else 0) | (NOT_MET if sure < clause.choose else 0)
        return guarded(mask, guard)


def part_levels(judgement, part, clauses, stage):
    """[highest level guaranteed, highest level possible] of a part."""
    standard = judgement.standard
    guaranteed = possible = 0
    for level in standard.levels:
        state = standard.due_state(level, stage)
        sure = can = True
        for clause in clauses:
            if not _counts(clause, part, level):
                continue
            mask = judgement.clause(clause, state)
            if mask & NOT_MET:
                sure = False
                if mask == NOT_MET:
                    can = False
                    break
        if sure:
            guaranteed = level
        if can:
            possible = level
    return [guaranteed, possible]


def _counts(clause, part, level):
    if clause.part is not part or not clause.gates:
        return False
    if clause.level is None:
        return True
    return clause.level <= level if part.cumulative else clause.level == level


def part_points(judgement, part, clauses, state):
    """[points of clauses that are met, points of clauses that can be]."""
    sure = can = 0
    for clause in clauses:
        if clause.part is part and clause.gates:
            mask = judgement.clause(clause, state)
            if mask == MET:
                sure += clause.points
            if mask & MET:
                can += clause.points
    return [sure, can]


def reached(standard, total):
    """The highest level whose points a total reaches."""
    return max((level for level in standard.levels if standard.level_points[level] <= total), default=0)
