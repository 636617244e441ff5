"""In which order the operations of an instrument are written (section 17.1).

A TOML reader gives arrays by name and drops their places, so headers and keys are found in the text itself.
"""

import re

# Strings and comments, longest forms first: what looks like a header within them is none.
_OPAQUE = re.compile(r'"""(?:\\.|[^\\])*?"""|\'\'\'.*?\'\'\'|"(?:\\.|[^"\\\n])*"|\'[^\'\n]*\'|#[^\n]*', re.DOTALL)
_HEADER = re.compile(r"\[\[?\s*([^\[\]]*?)\s*\]?\]\s*\Z")
_MADE = {"check": "id", "clause": "id", "evidence": "key", "set": "id", "table": "id", "interpretation": "id",
         "template": "name"}
KINDS = ("replace", "insert", "withdraw", "settle")


def in_order(text, document):
    """[(kind, operation)] of a file, as written."""
    places = {kind: [] for kind in KINDS}
    making = []
    for place, line, where, opened in _statements(text):
        if opened:
            if len(where) == 1 and where[0] in places:
                places[where[0]].append(place)
                making.append(None)
            continue
        key = _key(line)
        if not where and key[0] in places:
            # The whole array in one value: its members come one after another.
            places[key[0]] = [place] * len(document.get(key[0], ()))
        if where[:1] == ("insert",) and places["insert"]:
            made = (*where[1:], *key)
            if (len(made) == 2 and _MADE.get(made[0]) == made[1]) or (len(made) == 1 and made[0] in _MADE):
                places["insert"][-1] = place
    found = []
    for kind in KINDS:
        operations = document.get(kind, [])
        if len(places[kind]) != len(operations):
            raise ValueError(f"{kind} is written in a way that has no place")
        found += [(place, number, kind, one) for number, (place, one) in enumerate(zip(places[kind], operations))]
    found.sort(key=lambda one: one[:2])
    return [(kind, one) for _, _, kind, one in found]


def _statements(text):
    """(place, line, table in which it stands, whether it opens one) of every header and key."""
    masked = _OPAQUE.sub(lambda match: re.sub(r"[^\n]", " " if match.group()[0] == "#" else "s", match.group()), text)
    depth, where, offset = 0, (), 0
    for plain, line in zip(masked.splitlines(keepends=True), text.splitlines(keepends=True)):
        start = plain.strip()
        if depth == 0 and start.startswith("["):
            where = _key(_HEADER.match(start).group(1))
            yield offset, line, where, start.startswith("[[")
        else:
            if depth == 0 and "=" in plain:
                yield offset, line, where, False
            depth += sum(plain.count(c) for c in "[{") - sum(plain.count(c) for c in "]}")
        offset += len(line)


def _key(line):
    return tuple(part.strip().strip("\"'") for part in line.split("=", 1)[0].strip().split("."))
