"""A standard: its files read, its clauses arranged and compiled (sections 1, 2 and 5)."""

import tomllib
from pathlib import Path

from .aggregates import compile_aggregate, subject_of
from .checks import Check, Sample, compile_check
from .conditions import compile_when
from .errors import UnknownConstruct
from .evidence import build_keys
from .names import CLAUSE
from .units import Units

_KINDS = ("requirement", "definition", "principle", "process", "informative", "withdrawn")


def read_folder(folder):
    """{relative file name: text} of the rule files of a folder."""
    folder = Path(folder)
    files = {}
    for path in sorted(folder.rglob("*.toml")):
        name = path.relative_to(folder).as_posix()
        if name.split("/")[0] not in ("cases", "examples"):
            files[name] = path.read_text(encoding="utf-8")
    return files


def load_standard(source):
    """From a folder, or from a dict {relative file name: TOML text}."""
    return Standard(parsed(source if isinstance(source, dict) else read_folder(source)))


def parsed(texts):
    """{relative file name: document} of the rule files among texts."""
    return {name: tomllib.loads(text) for name, text in texts.items()
            if name.endswith(".toml") and name.split("/")[0] not in ("cases", "examples")}


class Scope:
    """Resolves `@names` where a clause stands: tables by the level of that clause."""

    def __init__(self, standard, level=None):
        self.standard = standard
        self.level = level

    def quantity(self, operand, dimension):
        if isinstance(operand, str) and operand.startswith("@"):
            operand = self.standard.table(operand, self.level)
        return dimension.parse(operand)

    def months(self, operand):
        if isinstance(operand, str) and operand.startswith("@"):
            operand = self.standard.table(operand, self.level)
        return self.standard.units.months(operand)

    def set(self, name):
        if name[1:] not in self.standard.sets:
            raise UnknownConstruct(f"unknown set {name}")
        return self.standard.sets[name[1:]]


class Due:
    def __init__(self, table):
        self.id = table["id"]
        self.stages = frozenset(table["stages"])
        self.above_level = table.get("above-level")

    def is_due(self, level, stage, has_stages):
        return (not has_stages or stage in self.stages
                or (self.above_level is not None and level is not None and level > self.above_level))


class Part:
    def __init__(self, table):
        self.id = table["id"]
        self.role = table["role"]
        if self.role not in ("grade", "admissibility", "none"):
            raise UnknownConstruct(f"role {self.role!r} of part {self.id}")
        self.cumulative = table.get("levels") == "added" or bool(table.get("requires-below", False))


class Clause:
    __slots__ = ("id", "part", "category", "level", "requirement", "content", "parent", "children", "checks",
                 "choose", "when", "points", "gates", "voting")


class Standard:
    """Everything that evaluation needs, compiled once."""

    def __init__(self, documents):
        main = documents["standard.toml"]
        self.id = main["id"]
        self.combine = main["grade"]["combine"]
        if self.combine not in ("lowest", "points"):
            raise UnknownConstruct(f"combine {self.combine!r}")
        self.levels = sorted(level["id"] for level in main["level"])
        self.level_points = {level["id"]: level.get("points") for level in main["level"]}
        self.parts = {table["id"]: Part(table) for table in main["part"]}
        self.categories = main.get("category", [])
        self.stages = main.get("stage", [])
        self.category_ids = [table["id"] for table in self.categories]
        self.stage_ids = [table["id"] for table in self.stages]
        self.dues = {table["id"]: Due(table) for table in main.get("due", [])}
        self.sets = {table["id"]: table["members"] for table in main.get("set", [])}
        self.tables = {table["id"]: table["by-level"] for table in main.get("table", [])}
        self.units = Units(documents["units.toml"].get("dimension", []))
        self.sample_tables = {table["of"]: table for table in main.get("sample", [])}
        self._samples = {}
        evidence = [document for name, document in documents.items() if name.startswith("evidence/")]
        self.keys = build_keys([table for document in evidence for table in document.get("evidence", [])],
                               self.units, self.categories, self.stages)
        self.derived = self._compile_derived()
        self.invariants = [(self.keys[table["key"]], self.keys[table["at-most"]])
                           for document in evidence for table in document.get("invariant", [])]
        self.clauses = {}
        for name, document in documents.items():
            if name.split("/")[0] in ("chapters", "annexes"):
                self._take_clauses(document)
        self._arrange()
        self._plans = {}

    def table(self, name, level):
        """One quantity a level, the first for level 1."""
        if name[1:] not in self.tables or level is None:
            raise UnknownConstruct(f"{name} where the level is {level}")
        return self.tables[name[1:]][level - 1]

    def sample(self, list_name, scope):
        if list_name not in self.sample_tables:
            raise UnknownConstruct(f"attest on records of {list_name}, of which there is no sample")
        token = (list_name, scope.level)
        if token not in self._samples:
            self._samples[token] = Sample(self.sample_tables[list_name], self, scope)
        return self._samples[token]

    def _compile_derived(self):
        derived = {}
        for name, key in self.keys.items():
            if key.derive is not None:
                subject = subject_of(key.derive)
                of, _ = compile_aggregate(subject, key.derive[subject], key.derive.get("where"), self.keys,
                                          Scope(self))
                derived[name] = of
        return derived

    def _take_clauses(self, document):
        part = self.parts[document["part"]]
        for table in document.get("clause", []):
            strange = set(table) - CLAUSE
            if strange or table["id"] in self.clauses:
                raise UnknownConstruct(f"clause {table['id']}: {sorted(strange) or 'given twice'}")
            clause = Clause()
            clause.id, clause.part, clause.category = table["id"], part, document.get("category")
            clause.content = table
            clause.children = []
            self.clauses[clause.id] = clause

    def _content(self, clause):
        """Everything but id and level is that of the clause named by `same-as`."""
        table, seen = clause.content, {clause.id}
        while "same-as" in table:
            if table["same-as"] in seen:
                raise UnknownConstruct(f"same-as of {clause.id} runs in a circle")
            seen.add(table["same-as"])
            table = self.clauses[table["same-as"]].content
        return table

    def _arrange(self):
        for clause in self.clauses.values():
            above = clause.id.rsplit(".", 1)[0] if "." in clause.id else None
            clause.parent = self.clauses[above] if above else None
        done = set()

        def visit(clause):
            if clause.id in done:
                return
            if clause.parent is not None:
                visit(clause.parent)
                clause.parent.children.append(clause)
            self._compile(clause)
            done.add(clause.id)

        for clause in self.clauses.values():
            visit(clause)

    def _compile(self, clause):
        own_level = clause.content.get("level")
        clause.level = own_level if own_level is not None else (clause.parent.level if clause.parent else None)
        content = clause.content = {**self._content(clause)}
        kind = content.get("kind", "requirement")
        if kind not in _KINDS:
            raise UnknownConstruct(f"kind {kind!r} of {clause.id}")
        clause.requirement = kind == "requirement"
        clause.points = content.get("points", 0)
        clause.choose = None
        if "choose" in content:
            if content["choose"].get("of") != "children":
                raise UnknownConstruct(f"choose of {clause.id}")
            clause.choose = content["choose"]["at-least"]
        whens, above, under_choice = [], clause, False
        while above is not None:
            if "when" in above.content:
                whens.append((above.content["when"], Scope(self, above.level)))
            if above is not clause and above.choose is not None:
                under_choice = True
            above = above.parent
        scope = Scope(self, clause.level)
        clause.when = compile_when(whens, self.keys, self)
        clause.checks = []
        if clause.requirement:
            clause.checks = [compile_check(table, self, scope, whens) for table in content.get("check", [])]
            self._link(clause, content)
        clause.voting = [check for check in clause.checks if not check.observation and check.member_of is None]
        counted = any(not check.observation for check in clause.checks)
        clause.gates = (clause.requirement and clause.part.role in ("grade", "admissibility")
                        and (counted or clause.choose is not None) and not under_choice)

    def _link(self, clause, content):
        """Compositions, due rules, and the checks that stand in until a rule is due."""
        checks = {check.id: check for check in clause.checks}
        for check in clause.checks:
            if check.members is not None:
                check.members = [checks[name] for name in check.members]
                for member in check.members:
                    member.member_of = check
        stand_in = content.get("until-due")
        for check in clause.checks:
            if check.own_rule is None and "due" in content and not _within(check, stand_in):
                check.own_rule = content["due"]
                check.until_due = check.until_due or stand_in
        for check in clause.checks:
            if check.own_rule is not None and check.own_rule not in self.dues:
                raise UnknownConstruct(f"due rule {check.own_rule!r} of {clause.id}#{check.id}")
            if check.until_due is not None and check.own_rule is not None:
                checks[check.until_due].superseded_by.append(check.own_rule)
        for check in clause.checks:
            rules, at = set(), check
            while at is not None:
                if at.own_rule is not None:
                    rules.add(at.own_rule)
                at = at.member_of
            check.rules = frozenset(rules)

    def plan(self, category, role):
        """The requirements of parts of one role that concern an entry of a category."""
        token = (category, role)
        if token not in self._plans:
            self._plans[token] = [clause for clause in self.clauses.values()
                                  if clause.requirement and clause.part.role == role
                                  and clause.category in (None, category)]
        return self._plans[token]

    def due_state(self, level, stage):
        """Which rules are due: all that the level judged changes in a verdict."""
        return frozenset(name for name, rule in self.dues.items()
                         if rule.is_due(level, stage, bool(self.stage_ids)))


def _within(check: Check, name):
    """Whether a check is the one named, or a member of it."""
    while check is not None:
        if check.id == name:
            return True
        check = check.member_of
    return False
