"""Findings and acceptances of section 9, resolved to the targets that they are about.

A target is (key name, category or None, record path or None).
"""

from .errors import Refused
from .knowledge import known

CONCLUSIONS = ("conforms", "fails", "not-applicable")


class _Finding:
    def __init__(self, table, dossier):
        self.side = table.get("side")
        if self.side not in ("self", "review"):
            raise Refused(f"side {self.side!r} of a finding")
        if self.side == "review" and "by" not in table:
            raise Refused("a finding of side review needs `by`")
        self.id = table.get("id")
        supersedes = table.get("supersedes")
        self.supersedes = supersedes if isinstance(supersedes, list) else [supersedes] if supersedes else []
        names = table["keys"] if "keys" in table else [table.get("key")]
        records = table["records"] if "records" in table else [table["record"]] if "record" in table else []
        self.conclusion, self.raw = table.get("conclusion"), table.get("value")
        if (self.conclusion is None) == (self.raw is None):
            raise Refused("a finding has either a conclusion or a value")
        if self.conclusion is not None and self.conclusion not in CONCLUSIONS:
            raise Refused(f"conclusion {self.conclusion!r}")
        self.targets = {}
        for name in names:
            self._aim(name, table.get("category"), records, dossier)

    def _aim(self, name, category, records, dossier):
        key = dossier.standard.keys.get(name)
        if key is None:
            raise Refused(f"a finding on unknown key {name!r}")
        statement = self._statement(key)
        if key.parent is None and key.type != "list":
            place = None
            if key.scope == "category":
                if category not in dossier.standard.category_ids:
                    raise Refused(f"a finding on {name} names no category")
                place = category
            self.targets[name, place, None] = statement
            return
        if not records:
            raise Refused(f"a finding on {name} names no record")
        for path in records:
            # A list with a record is about that record; a field about the record that has it.
            owner = name if key.type == "list" and (name, path) in dossier.records else key.parent
            if (owner, path) not in dossier.records or (key.type == "list" and owner != name):
                raise Refused(f"a finding on {name} names record {path!r}")
            self.targets[name, None, path] = statement

    def _statement(self, key):
        if self.raw is not None:
            if key.type in ("finding", "list"):
                raise Refused(f"a value for {key.name}")
            return known(key.parse(self.raw))
        if self.conclusion == "not-applicable" and not key.may_not_apply:
            raise Refused(f"{key.name} cannot be not applicable")
        return self.conclusion


def read_findings(tables, dossier):
    """{side: {target: [conclusion or known fact]}}, less what later findings replace."""
    findings = [_Finding(table, dossier) for table in tables]
    by_id = {}
    for finding in findings:
        if finding.id is not None:
            if finding.id in by_id:
                raise Refused(f"two findings {finding.id!r}")
            by_id[finding.id] = finding
    replaced = set()
    for finding in findings:
        for name in finding.supersedes:
            if name not in by_id:
                raise Refused(f"supersedes {name!r}")
            replaced.update((name, target) for target in finding.targets if target in by_id[name].targets)
    sides = {"self": {}, "review": {}}
    for finding in findings:
        statements = sides[finding.side]
        for target, statement in finding.targets.items():
            if (finding.id, target) not in replaced:
                statements.setdefault(target, []).append(statement)
    return sides


class Review:
    """Which keys the acceptances of a review cover."""

    def __init__(self, table, standard):
        self._patterns = []
        for acceptance in table.get("accept", []):
            if "by" not in acceptance:
                raise Refused("an acceptance needs `by`")
            for pattern in acceptance["keys"]:
                category, slash, rest = pattern.partition("/")
                if not slash:
                    category, rest = None, pattern
                elif category not in standard.category_ids:
                    raise Refused(f"acceptance of {pattern!r}")
                self._patterns.append((category, rest))
        self._known = {}

    def covers(self, key, category):
        """`category` is that of the fact, None for facts of the institution and of records."""
        token = (key.name, category)
        try:
            return self._known[token]
        except KeyError:
            result = self._known[token] = any(
                (only is None or only == category) and _names(pattern, key.name)
                for only, pattern in self._patterns)
            return result


def _names(pattern, name):
    if pattern == "*" or pattern == name:
        return True
    if pattern.endswith(".*"):
        return name.startswith(pattern[:-1])
    # A list stands for its records with everything in them.
    return name.startswith(pattern + "[].")
