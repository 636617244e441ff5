"""A dossier, read into plain statements (section 9). What they mean in a view stands in views.py."""

import json
import tomllib
from pathlib import Path

from .dates import parse_date
from .errors import Refused
from .findings import Review, read_findings
from .knowledge import ABSENT, known

_TOP = {"standard", "incomplete", "institution", "application", "facts", "category", "record", "finding", "review"}


def read_dossier(path):
    """A dossier file: strict JSON or TOML of the same shape."""
    text = Path(path).read_text(encoding="utf-8")
    if str(path).endswith(".json"):
        return json.loads(text, parse_float=refuse_float)
    return tomllib.loads(text, parse_float=refuse_float)


def refuse_float(text):
    """Decimals are texts with a unit; floating-point numbers are refused everywhere."""
    raise Refused(f"a floating-point number: {text}")


class Record:
    """One record as declared: known or absent fields, and the lists within it."""

    __slots__ = ("path", "facts", "inner")

    def __init__(self, path):
        self.path = path
        self.facts = {}     # key name -> Fact
        self.inner = {}     # key name -> [Record], only where the list is given or absent


class Entry:
    __slots__ = ("category", "target", "stage")

    def __init__(self, category, target, stage):
        self.category, self.target, self.stage = category, target, stage


class Dossier:
    """Declared facts, records, findings and acceptances of one application."""

    def __init__(self, table, standard):
        if not isinstance(table, dict):
            raise Refused("a dossier is a table")
        strange = set(table) - _TOP
        if strange:
            raise Refused(f"unknown in a dossier: {sorted(strange)}")
        if table.get("standard", standard.id) != standard.id:
            raise Refused(f"the dossier is about {table['standard']!r}")
        self.standard = standard
        self._read_application(table.get("application", {}))
        self.facts = {}         # (key name, category or None) -> Fact
        self.lists = {}         # list name -> [Record]
        self.records = {}       # (list key name, path) -> Record
        self.given_categories = []
        self._read_facts(table.get("facts", {}), None)
        for category, facts in table.get("category", {}).items():
            if category not in standard.category_ids:
                raise Refused(f"unknown category {category!r}")
            self.given_categories.append(category)
            self._read_facts(facts, category)
        for name, records in _flatten(table.get("record", {})):
            key = standard.keys.get(name)
            if key is None or key.type != "list" or key.parent is not None:
                raise Refused(f"{name} is no list")
            self.lists[name] = self._read_records(key, records, "")
        self.incomplete = frozenset(table.get("incomplete", ()))
        for name in self.incomplete:
            if name not in standard.keys or standard.keys[name].type != "list":
                raise Refused(f"incomplete names {name!r}, which is no list")
        self.statements = read_findings(table.get("finding", []), self)
        self.has_review = "review" in table
        self.review = Review(table.get("review", {}), standard)

    def _read_application(self, table):
        standard = self.standard
        self.applied_on = parse_date(table.get("applied-on"))
        self.assessed_on = parse_date(table.get("assessed-on"))
        if self.assessed_on < self.applied_on:
            raise Refused("assessed before it was applied for")
        self.award_on = parse_date(table["award-on"]) if "award-on" in table else None
        self.entries = []
        if standard.category_ids:
            for entry in table.get("category", []):
                if entry.get("id") not in standard.category_ids:
                    raise Refused(f"unknown category {entry.get('id')!r}")
                self._read_entry(entry, entry["id"])
            if len({entry.category for entry in self.entries}) != len(self.entries):
                raise Refused("a category is applied for twice")
        else:
            self._read_entry(table, None)

    def _read_entry(self, table, category):
        target, stage = table.get("target"), table.get("stage")
        if isinstance(target, bool) or target not in self.standard.levels:
            raise Refused(f"target {target!r}")
        if self.standard.stage_ids:
            if stage not in self.standard.stage_ids:
                raise Refused(f"stage {stage!r}")
        elif stage is not None:
            raise Refused("the standard has no stages")
        self.entries.append(Entry(category, target, stage))

    def _read_facts(self, table, category):
        keys = self.standard.keys
        wanted = "institution" if category is None else "category"
        for name, raw in _flatten({name: value for name, value in table.items() if name != "absent"}):
            key = keys.get(name)
            if key is None or key.parent is not None or key.type == "list" or key.scope != wanted:
                raise Refused(f"{name} is no fact of scope {wanted}")
            self.facts[name, category] = known(key.parse(raw))
        for name in table.get("absent", ()):
            key = keys.get(name)
            if key is None or key.parent is not None or key.scope != wanted or (name, category) in self.facts:
                raise Refused(f"absent names {name!r}")
            if key.type == "list":
                # The institution says that there are none: given and empty.
                self.lists[name] = []
            else:
                self.facts[name, category] = ABSENT

    def _read_records(self, key, tables, above):
        if not isinstance(tables, list):
            raise Refused(f"records of {key.name} are a list")
        records, seen = [], set()
        for table in tables:
            own = table.get("id")
            if not isinstance(own, str) or own in seen:
                raise Refused(f"id {own!r} of a record of {key.name}")
            seen.add(own)
            record = Record(f"{above}{own}")
            self.records[key.name, record.path] = record
            self._read_fields(key, record, table)
            records.append(record)
        return records

    def _read_fields(self, key, record, table):
        keys = self.standard.keys
        for field, raw in table.items():
            if field in ("id", "absent"):
                continue
            of = keys.get(f"{key.name}[].{field}")
            if of is None:
                raise Refused(f"records of {key.name} have no field {field!r}")
            if of.type == "list":
                record.inner[of.name] = self._read_records(of, raw, f"{record.path}/")
            else:
                record.facts[of.name] = known(of.parse(raw))
        for field in table.get("absent", ()):
            of = keys.get(f"{key.name}[].{field}")
            if of is None or of.name in record.facts or of.name in record.inner:
                raise Refused(f"absent of {key.name} {record.path} names {field!r}")
            if of.type == "list":
                record.inner[of.name] = []
            else:
                record.facts[of.name] = ABSENT


def _flatten(table, path=()):
    """Dotted keys: TOML nests them, and so does JSON of the same shape."""
    for name, value in table.items():
        if isinstance(value, dict):
            yield from _flatten(value, (*path, name))
        else:
            yield ".".join((*path, name)), value
