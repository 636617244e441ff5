"""The case files of a standard, run (section 15)."""

import tomllib
from pathlib import Path

from .baseline import Builder
from .dossier import Dossier
from .errors import UnknownConstruct
from .grade import Judgement
from .knowledge import KNOWN
from .outcomes import printed
from .ranges import NONE, Range
from .situation import Situation
from .standard import Scope, load_standard
from .stipulations import read_stipulations
from .views import SELF, View

_CASE = {"check", "evidence", "category", "level", "stage", "assessed-on", "key", "met", "not-met", "missing",
         "absent", "try", "name"}
_TRY = {"name", "set", "records", "without", "incomplete", "expect", "value"}


def run_cases(folder):
    """Prints what disagrees; the exit code says whether anything did."""
    standard = load_standard(folder)
    total, wrong = 0, []
    for path in sorted(Path(folder).glob("cases/**/*.toml")):
        for case in tomllib.loads(path.read_text(encoding="utf-8")).get("case", []):
            for label, expected, found in _run(standard, case):
                total += 1
                if expected != found:
                    wrong.append(f"{path.name}: {label}: expected {expected}, found {found}")
    for line in wrong:
        print(line)
    print(f"{total} expectations, {len(wrong)} disagreements")
    return 1 if wrong else 0


def _run(standard, case):
    strange = set(case) - _CASE
    if strange:
        raise UnknownConstruct(f"case with {sorted(strange)}")
    runner = _Runner(standard, case)
    name = case.get("check") or case["evidence"]
    if "key" in case:
        address = runner.address(case["key"])
        for verdict in ("met", "not-met"):
            for value in case.get(verdict, []):
                yield f"{name} {value}", verdict, runner.verdict([f"{address} = {value}"])
        if "missing" in case:
            yield f"{name} missing", case["missing"], runner.verdict([f"{address} = ?"])
        if "absent" in case:
            yield f"{name} absent", case["absent"], runner.verdict([f"{address} = !"])
    for number, attempt in enumerate(case.get("try", []), 1):
        strange = set(attempt) - _TRY
        if strange:
            raise UnknownConstruct(f"try with {sorted(strange)}")
        label = f"{name} {attempt.get('name', number)}"
        if "check" in case:
            yield label, attempt["expect"], runner.verdict(attempt.get("set", []), attempt)
        else:
            expected, found = runner.value(attempt)
            yield label, repr(expected), repr(found)


class _Runner:
    def __init__(self, standard, case):
        self.standard, self.case = standard, case
        self.level, self.category = case["level"], case.get("category")
        self.stage = case.get("stage", standard.stage_ids[0] if standard.stage_ids else None)

    def address(self, name):
        return f"{self.category}/{name}" if self.standard.keys[name].scope == "category" else name

    def _situation(self, settings, attempt):
        standard, case = self.standard, self.case
        clause = standard.clauses[case["check"].split("#")[0]] if "check" in case else None
        scope = Scope(standard, clause.level if clause else self.level)
        builder = Builder(standard, scope, self.category, self.level, self.stage,
                          case.get("assessed-on", "2026-04-20"))
        if clause is not None:
            wanted = case["check"].split("#")[1]
            builder.satisfy(next(one for one in clause.content["check"] if one["id"] == wanted), clause)
        table = builder.dossier()
        table["record"].update(attempt.get("records", {}))
        for name in attempt.get("without", []):
            table["record"].pop(name, None)
        table["incomplete"] = attempt.get("incomplete", [])
        dossier = Dossier(table, standard)
        view = View(dossier, SELF, read_stipulations(settings, dossier))
        return Situation(standard, view, self.category, self.stage)

    def verdict(self, settings, attempt=None):
        situation = self._situation(settings, attempt or {})
        clause_id, check_id = self.case["check"].split("#")
        clause = self.standard.clauses[clause_id]
        check = next(one for one in clause.checks if one.id == check_id)
        state = self.standard.due_state(self.level, self.stage)
        return printed(Judgement(self.standard, situation).check(check, state)[0])

    def value(self, attempt):
        key = self.standard.keys[self.case["evidence"]]
        fact = self._situation(attempt.get("set", []), attempt).fact_or_range(key)
        if not isinstance(fact, Range):
            fact = Range(fact.value, fact.value) if fact.kind == KNOWN else NONE
        text = attempt["value"]
        if text == "none":
            return NONE, fact
        maybe = text.endswith("?")
        low, _, high = text.rstrip("?").partition("..")
        low = key.dimension.parse(low)
        return Range(low, key.dimension.parse(high) if high else low, maybe), fact
