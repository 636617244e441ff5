"""The dictionary of section 4: what each key means and how its values are written."""

from .dates import parse_date
from .errors import Refused, UnknownConstruct
from .units import simple

_PLAIN = ("flag", "text", "date", "year", "choice", "set", "finding", "list")


class Key:
    """One declared key, with everything that evaluation asks of it."""

    def __init__(self, table, units):
        self.name = table["key"]
        self.type = table["type"]
        self.quantity = self.type not in _PLAIN
        self.scope = table.get("scope")
        #: The list to which a field belongs (itself within a list where it nests), and its single name.
        self.parent, self.field = None, None
        if "[]." in self.name:
            self.parent, self.field = self.name.rsplit("[].", 1)
        self.never = table.get("absent-means") == "never"
        if table.get("absent-means", "never") != "never":
            raise UnknownConstruct(f"absent-means of {self.name}")
        self.may_not_apply = bool(table.get("may-not-apply", False))
        self.ordered = bool(table.get("ordered", False))
        self.derive = table.get("derive")
        self.values = None      # of choices and sets: the ids, as a frozenset
        self.words = None       # every way of writing a value -> its id
        self.rank = None        # of ordered choices: id -> place
        self.dimension = None
        self.low = self.high = self.step = None
        if self.quantity:
            if self.type not in units.dimensions:
                raise UnknownConstruct(f"type {self.type!r} of {self.name}")
            self.dimension = units.dimensions[self.type]
            self.low = self.dimension.parse(table["bounds"]["low"])
            self.high = self.dimension.parse(table["bounds"]["high"])
            self.step = self.dimension.parse(table["step"])
        elif self.type in ("list", "set") and "unit" in table:
            #: Members are counted in this dimension.
            self.dimension = units.of_unit(table["unit"])

    def take_values(self, values):
        """`values`: id and titles in order, from low to high if the choice is ordered."""
        self.values = frozenset(value["id"] for value in values)
        self.words = {}
        for value in values:
            for title in value.get("title", {}).values():
                self.words.setdefault(title, value["id"])
        for value in values:
            self.words[value["id"]] = value["id"]
        if self.ordered:
            self.rank = {value["id"]: place for place, value in enumerate(values)}

    def word(self, raw):
        """One member of a choice or set, by id or title."""
        try:
            return self.words[raw]
        except (KeyError, TypeError):
            raise Refused(f"{self.name} has no value {raw!r}") from None

    def parse(self, raw):
        """The plain value of what a dossier or a rule wrote."""
        kind = self.type
        if self.quantity:
            value = simple(self.dimension.parse(raw))
            if not self.low <= value <= self.high:
                raise Refused(f"{raw!r} is outside the bounds of {self.name}")
            return value
        if kind == "finding":
            if raw in ("conforms", "fails"):
                return raw
        elif kind == "flag":
            if isinstance(raw, bool):
                return raw
        elif kind == "text":
            if isinstance(raw, str):
                return raw
        elif kind == "date":
            return parse_date(raw)
        elif kind == "year":
            if isinstance(raw, int) and not isinstance(raw, bool):
                return raw
        elif kind == "choice":
            return self.word(raw)
        elif kind == "set":
            if isinstance(raw, list):
                return frozenset(self.word(member) for member in raw)
        raise Refused(f"not a value of {self.name} ({kind}): {raw!r}")

    def parse_text(self, text):
        """A value written as plain text, as stipulations have it."""
        if self.type == "flag":
            if text in ("true", "false"):
                return text == "true"
        elif self.type == "year":
            if text.isascii() and text.isdigit():
                return int(text)
        elif self.type == "set":
            members = [part.strip() for part in text.split(",")]
            return self.parse([part for part in members if part])
        else:
            return self.parse(text)
        raise Refused(f"not a value of {self.name} ({self.type}): {text!r}")


def build_keys(tables, units, categories, stages):
    """All keys by name. `values-of` is resolved last, since it may name another key."""
    keys = {}
    sources = {}
    for table in tables:
        key = Key(table, units)
        if key.name in keys:
            raise UnknownConstruct(f"{key.name} is declared twice")
        keys[key.name] = key
        sources[key.name] = table

    def values_of(name, seen=()):
        if name == "@category":
            return categories
        if name == "@stage":
            return stages
        if name in seen or name not in sources:
            raise UnknownConstruct(f"values-of {name!r}")
        table = sources[name]
        if "values" in table:
            return table["values"]
        return values_of(table["values-of"], (*seen, name))

    for name, key in keys.items():
        if key.type in ("choice", "set"):
            table = sources[name]
            key.take_values(table["values"] if "values" in table else values_of(table["values-of"]))
    return keys
