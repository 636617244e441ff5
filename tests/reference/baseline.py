"""A dossier in which one check is just met: what the cases of section 15 vary.

The document asks for a dossier in which *everything* is just met, without saying how it is made. Checks of one
standard can want opposite things of the same records, so this makes what the check at hand (with its members
and conditions) wants, at the edge of each threshold, and leaves the rest open.
"""

import math
from fractions import Fraction

from .aggregates import SUBJECTS, subject_of
from .conditions import flatten
from .dates import format_date, parse_date, plus_months, year_of
from .errors import UnknownConstruct
from .operators import OPERATORS, compile_operator
from .outcomes import MET


class Builder:
    """Collects facts and records, as a dossier would write them."""

    def __init__(self, standard, scope, category, level, stage, assessed_on):
        self.standard, self.scope = standard, scope
        self.category, self.stage = category, stage
        self.applied_on = self.assessed_on = self.award_on = parse_date(assessed_on)
        self.facts, self.own_facts, self.records = {}, {}, {}
        application = {"applied-on": assessed_on, "assessed-on": assessed_on}
        entry = {"target": level, **({"stage": stage} if stage else {})}
        if category is None:
            application.update(entry)
        else:
            application["category"] = [{"id": category, **entry}]
        self.application = application

    def dossier(self):
        table = {"application": self.application, "facts": self.facts, "record": self.records}
        if self.category is not None:
            table["category"] = {self.category: self.own_facts}
        return table

    # What a check wants.

    def satisfy(self, table, clause):
        for when in self._whens(clause) + ([table["when"]] if "when" in table else []):
            for name, operator, operand in flatten(when):
                if name not in ("category", "stage"):
                    self._fact(name, [(operator, operand)])
        operators = [(name, table[name]) for name in table if name in OPERATORS]
        if "any-of" in table or "all-of" in table:
            members = table.get("any-of") or table.get("all-of")
            for other in clause.content["check"]:
                if other["id"] in members:
                    self.satisfy(other, clause)
        elif "evidence" in table:
            key = self.standard.keys[table["evidence"]]
            if key.derive is None:
                self._fact(key.name, operators)
            else:
                subject = subject_of(key.derive)
                self._aggregate(subject, key.derive[subject], key.derive.get("where"), operators[0], key.dimension)
        elif "elapsed-since" in table:
            months = self.scope.months(operators[0][1])
            extra = {"above": -1, "below": 1}.get(operators[0][0], 0)
            self._put(table["elapsed-since"], format_date(plus_months(self.assessed_on, -months) + extra))
        elif "attest" in table:
            key = self.standard.keys[table["attest"]]
            if key.parent is None:
                self._put(key.name, "conforms")
            else:
                sample = self.standard.sample(key.parent, self.scope)
                where = self.standard.sample_tables[key.parent].get("where")
                for _ in range(sample.size):
                    self._record(key.parent, where, {key.field: "conforms"})
        elif "some" in table:
            self._record(table["some"], table["where"], {})
        elif any(subject in table for subject in SUBJECTS):
            subject = next(subject for subject in SUBJECTS if subject in table)
            self._aggregate(subject, table[subject], table.get("where"), operators[0], None)

    @staticmethod
    def _whens(clause):
        found = []
        while clause is not None:
            if "when" in clause.content:
                found.append(clause.content["when"])
            clause = clause.parent
        return found

    def _aggregate(self, subject, name, where, operator, dimension):
        key = self.standard.keys[name]
        if key.type == "set":
            number = self._number(operator, key.dimension, 1)
            self._put(name, sorted(key.values)[:number])
            return
        owner = name if subject == "count" else key.parent
        if subject in ("count", "distinct"):
            number = self._number(operator, self.standard.keys[owner].dimension, 1)
            for place in range(number):
                extra = {}
                if subject == "distinct":
                    extra[key.field] = self._different(key, where, place)
                self._record(owner, where, extra)
        else:
            value = self._number(operator, dimension or key.dimension, key.step)
            self._record(owner, where, {key.field: write_quantity(value, key)})

    def _number(self, operator, dimension, step):
        name, operand = operator
        value = self.scope.quantity(operand, dimension)
        if name == "above":
            value += step
        elif name == "below":
            value -= step
        return math.ceil(value) if step == 1 else value

    def _different(self, key, where, place):
        """The values that a field can take among records which are to differ in it."""
        operators = [(name, operand) for field, name, operand in flatten(where or {}) if field == key.field]
        if key.type == "text":
            return f"text {place + 1}"
        fitting = [value for value in self._candidates(key, operators) if self._fits(key, operators, value)]
        return fitting[place]

    # Witnesses of conditions.

    def _fact(self, name, operators):
        key = self.standard.keys[name]
        self._put(name, self._witness(key, operators))

    def _put(self, name, value):
        key = self.standard.keys[name]
        (self.own_facts if key.scope == "category" else self.facts)[name] = value

    def _record(self, list_name, where, extra):
        records = self.records.setdefault(list_name, [])
        # Ids as the cases at hand write them: S001, S002, …
        record = {"id": f"{list_name[0].upper()}{len(records) + 1:03d}"}
        record.update(self._fields(list_name, where))
        record.update(extra)
        records.append(record)

    def _fields(self, list_name, where):
        by_field = {}
        for field, name, operand in flatten(where or {}):
            by_field.setdefault(field, []).append((name, operand))
        fields = {}
        for field, operators in by_field.items():
            key = self.standard.keys[f"{list_name}[].{field}"]
            if key.type == "list":
                fields[field] = [{"id": "1", **self._fields(key.name, operand)} for _, operand in operators]
            else:
                fields[field] = self._witness(key, operators)
        return fields

    def _witness(self, key, operators):
        for value in self._candidates(key, operators):
            if self._fits(key, operators, value):
                return value
        raise UnknownConstruct(f"no value of {key.name} for {operators}")

    def _fits(self, key, operators, value):
        parsed = key.parse(value)
        return all(compile_operator(name, operand, key, self.scope).test(parsed, self) == MET
                   for name, operand in operators)

    def _candidates(self, key, operators):
        """Values on and beside the edges of the operators, in the writing of a dossier."""
        now, kind = self.assessed_on, key.type
        if kind in ("choice", "set"):
            words = sorted(key.words[word] for word in key.values)
            if kind == "choice":
                return words
            named = [word for _, operand in operators for word in (operand if isinstance(operand, list) else [operand])]
            wanted = [self.category if word == "@applied" else word for word in named]
            return [[word for word in wanted if word in key.words], [], *([word] for word in words)]
        if kind == "flag":
            return [True, False]
        if kind == "finding":
            return ["conforms", "fails"]
        found = []
        for name, operand in operators:
            if key.quantity:
                value = self.scope.quantity(operand, key.dimension)
                found += [write_quantity(near, key) for near in (value, value + key.step, value - key.step)
                          if key.low <= near <= key.high]
            elif kind == "year" and name == "last-closed":
                found += [year_of(now) - back for back in range(1, self.scope.months(operand) // 12 + 1)]
            elif kind == "year":
                found += [int(operand), int(operand) + 1, int(operand) - 1]
            elif kind == "text":
                found += [*(operand if isinstance(operand, list) else [operand]), "text"]
            elif name in ("within", "at-least-ago"):
                found.append(format_date(plus_months(now, -self.scope.months(operand))))
            else:
                found.append(format_date(now) if operand.startswith("@") else operand)
        return found


def write_quantity(value, key):
    """A value in the base unit, with up to 6 decimals."""
    if isinstance(value, Fraction):
        value = f"{value.numerator * 10 ** 6 // value.denominator / 10 ** 6:.6f}".rstrip("0").rstrip(".")
    return f"{value} {key.dimension.first}"
