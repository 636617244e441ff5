"""Calendar arithmetic of section 3.

A date is the whole number YYYYMMDD: such numbers compare like dates, and stay usable when a period leads
out of the years that a dossier may write.
"""

import re
from functools import lru_cache

from .errors import Refused

_DATE = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})\Z")
_DAYS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def _month_length(year, month):
    if month == 2 and year % 4 == 0 and (year % 100 != 0 or year % 400 == 0):
        return 29
    return _DAYS[month - 1]


@lru_cache(maxsize=65536)
def parse_date(text):
    """`YYYY-MM-DD`, years 1900–2999."""
    match = _DATE.match(text) if isinstance(text, str) else None
    if not match:
        raise Refused(f"not a date: {text!r}")
    year, month, day = (int(part) for part in match.groups())
    if not (1900 <= year <= 2999 and 1 <= month <= 12 and 1 <= day <= _month_length(year, month)):
        raise Refused(f"no such date: {text}")
    return year * 10000 + month * 100 + day


def year_of(date):
    return date // 10000


def format_date(date):
    return f"{date // 10000:04d}-{date // 100 % 100:02d}-{date % 100:02d}"


@lru_cache(maxsize=65536)
def plus_months(date, months):
    """The same day so many months later, or the last day of that month if there is no such day."""
    year, rest = divmod(date, 10000)
    month, day = divmod(rest, 100)
    index = year * 12 + month - 1 + months
    year, month = index // 12, index % 12 + 1
    return year * 10000 + month * 100 + min(day, _month_length(year, month))
