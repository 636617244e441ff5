"""The rules as elements with addresses, so that operations can be applied to them (sections 1, 16 and 17.1)."""

import copy

from .errors import EditionRefused

#: Elements of `standard.toml`, with the field that names them.
_NAMED = {"part": "id", "due": "id", "sample": "of", "set": "id", "table": "id"}
_PREFIXED = ("evidence", "interpretation", "template", *_NAMED)
_UNKNOWN = {"clause": "unknown-clause", "check": "unknown-check", "evidence": "unknown-evidence",
            "interpretation": "unknown-interpretation"}


def address(at):
    """(kind, name), for a check ("check", (clause, check))."""
    kind, colon, name = at.partition(":")
    if colon and kind in _PREFIXED:
        return kind, name
    if at == "standard":
        return "standard", ""
    if "#" in at:
        clause, _, check = at.partition("#")
        return "check", (clause, check)
    return "clause", at


def missing(kind, name):
    return EditionRefused(_UNKNOWN.get(kind, "unknown-name"), f"there is no {kind} {name}")


class Rules:
    """Every element of a standard by kind and name. Clauses hold their checks."""

    def __init__(self, documents):
        self.main = {name: value for name, value in documents["standard.toml"].items() if name not in _NAMED}
        self.units = documents["units.toml"]
        self.invariants = []
        self.elements = {"standard": {"": copy.deepcopy(self.main.get("grade", {}))}, "clause": {}, "evidence": {},
                         "interpretation": {}, "template": {}}
        #: Of each clause: the part and category of its file.
        self.places = {}
        for kind, field in _NAMED.items():
            self.elements[kind] = {table[field]: copy.deepcopy(table) for table in documents["standard.toml"].get(kind, [])}
        for name, document in documents.items():
            folder = name.split("/")[0]
            if folder in ("chapters", "annexes"):
                for table in document.get("clause", []):
                    self.add("clause", table["id"], table)
                    self.places[table["id"]] = document["part"], document.get("category")
            elif folder == "evidence":
                self.invariants += document.get("invariant", [])
                for table in document.get("evidence", []):
                    self.add("evidence", table["key"], table)
            elif folder == "interpretations":
                for table in document.get("interpretation", []):
                    self.add("interpretation", table["id"], table)

    def add(self, kind, name, table):
        if name in self.elements[kind]:
            raise EditionRefused("duplicate-id", f"there is a {kind} {name} already")
        self.elements[kind][name] = copy.deepcopy(table)

    def get(self, kind, name):
        if kind == "check":
            clause = self.get("clause", name[0])
            for table in clause.get("check", []):
                if table["id"] == name[1]:
                    return table
        elif name in self.elements[kind]:
            return self.elements[kind][name]
        raise missing(kind, name)

    def put(self, kind, name, table):
        if kind == "check":
            checks = self.elements["clause"][name[0]]["check"]
            checks[[check["id"] for check in checks].index(name[1])] = table
        else:
            self.elements[kind][name] = table

    def add_check(self, clause, check):
        table = self.get("clause", clause)
        if any(one["id"] == check["id"] for one in table.get("check", [])):
            raise EditionRefused("duplicate-id", f"there is a check {clause}#{check['id']} already")
        table.setdefault("check", []).append(copy.deepcopy(check))

    def remove(self, kind, name):
        if kind == "check":
            clause = self.elements["clause"][name[0]]
            clause["check"] = [check for check in clause["check"] if check["id"] != name[1]]
            if not clause["check"]:
                del clause["check"]
        else:
            del self.elements[kind][name]

    def own_content(self, clause):
        """Gives a clause, and all that share its content, content of their own."""
        if clause not in self.elements["clause"]:
            return
        sharing = [name for name, table in self.elements["clause"].items()
                   if "same-as" in table and (name == clause or self._leads_to(name, clause))]
        # Each is worked out before any is changed.
        resolved = {name: self._resolved(name) for name in sharing}
        self.elements["clause"].update(resolved)

    def _leads_to(self, name, clause):
        seen = set()
        while name in self.elements["clause"] and name not in seen:
            seen.add(name)
            name = self.elements["clause"][name].get("same-as")
            if name == clause:
                return True
        return False

    def _resolved(self, name):
        """Section 5: the shared content, at the own id and level."""
        own = self.elements["clause"][name]
        content = copy.deepcopy(self.get("clause", own["same-as"]))
        if "same-as" in content:
            raise EditionRefused("cycle", f"{name} shares what {own['same-as']} shares")
        for field in ("id", "level"):
            content.pop(field, None)
        for field, value in own.items():
            if field == "same-as":
                continue
            if isinstance(value, list) and field in content:
                content[field] = content[field] + copy.deepcopy(value)
            elif isinstance(value, list) or field in ("id", "level"):
                content[field] = copy.deepcopy(value)
        return content

    def documents(self):
        """The rules as files again: they are read like a base."""
        main = {**self.main, "grade": self.elements["standard"][""]}
        for kind in _NAMED:
            main[kind] = list(self.elements[kind].values())
        files = {"standard.toml": main, "units.toml": self.units,
                 "evidence/all.toml": {"evidence": list(self.elements["evidence"].values()),
                                       "invariant": self.invariants},
                 "interpretations/all.toml": {"interpretation": list(self.elements["interpretation"].values())}}
        for number, (name, table) in enumerate(self.elements["clause"].items()):
            part, category = self.places[name]
            document = {"part": part, "clause": [table]}
            if category is not None:
                document["category"] = category
            files[f"chapters/{number}.toml"] = document
        return files
