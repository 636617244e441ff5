"""Dimensions, units and exact quantities of section 3."""

import re
from fractions import Fraction

from .errors import Refused, UnknownConstruct

_QUANTITY = re.compile(r"(-?[0-9]{1,16}(?:\.[0-9]{1,6})?)[ ]*(.*)\Z", re.DOTALL)
_BARE = re.compile(r"-?[0-9]{1,16}(?:\.[0-9]{1,6})?\Z")


def _exact(text):
    """A decimal as int where it is whole (fast), else as Fraction (exact)."""
    value = Fraction(text)
    return value.numerator if value.denominator == 1 else value


def simple(value):
    """Fractions that are whole become plain integers again."""
    if isinstance(value, Fraction) and value.denominator == 1:
        return value.numerator
    return value


class Dimension:
    """What is measured: spellings of units with their factors."""

    def __init__(self, table):
        self.id = table["id"]
        self.calendar = bool(table.get("calendar", False))
        self.factors = {}
        units = table["unit"]
        for unit in units:
            factor = _exact(str(unit["factor"]))
            self.factors[unit["id"]] = factor
            for symbol in unit.get("symbols", ()):
                self.factors[symbol] = factor
        self.first = units[0]["id"]
        #: Only where every factor is 1 may the number stand alone.
        self.bare_numbers = all(factor == 1 for factor in self.factors.values())
        self._known = {}

    def parse(self, raw):
        """The value in base units of a written quantity."""
        try:
            return self._known[raw]
        except (KeyError, TypeError):
            pass
        if isinstance(raw, bool) or not isinstance(raw, (str, int)):
            raise Refused(f"not a quantity of {self.id}: {raw!r}")
        if isinstance(raw, int):
            if not self.bare_numbers:
                raise Refused(f"{raw} lacks a unit of {self.id}")
            return raw
        if self.bare_numbers and _BARE.match(raw):
            value = _exact(raw)
        else:
            match = _QUANTITY.match(raw)
            if not match or match.group(2) not in self.factors:
                raise Refused(f"not a quantity of {self.id}: {raw!r}")
            value = simple(_exact(match.group(1)) * self.factors[match.group(2)])
        if len(self._known) > 100_000:
            self._known.clear()
        self._known[raw] = value
        return value


class Units:
    """All dimensions of a standard."""

    def __init__(self, tables):
        self.dimensions = {table["id"]: Dimension(table) for table in tables}
        self.calendars = [one for one in self.dimensions.values() if one.calendar]

    def of_unit(self, unit):
        """The dimension to which a unit belongs: lists and sets name only the unit of their members."""
        for dimension in self.dimensions.values():
            if unit in dimension.factors:
                return dimension
        raise UnknownConstruct(f"unit {unit!r} belongs to no dimension")

    def months(self, raw):
        """A calendar period as a whole number of months."""
        for dimension in self.calendars:
            try:
                value = dimension.parse(raw)
            except Refused:
                continue
            if not isinstance(value, int):
                raise UnknownConstruct(f"not whole months: {raw!r}")
            return value
        raise UnknownConstruct(f"not a calendar period: {raw!r}")
