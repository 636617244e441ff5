"""Instruments: their files read, and those chosen that take part in an edition (sections 17 and 17.2)."""

import re

from .dates import parse_date
from .errors import EditionRefused, Refused
from .positions import KINDS, in_order

_ID = re.compile(r"[A-Za-z0-9._-]+\Z")
_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*\Z")
_HEAD = ("id", "title", "issuer", "citation", "status", "effective")
_FIELDS = {*_HEAD, "notice", "standard", "expires", "effective-by", *KINDS}
_REGION_ONLY = {"parent", "intent", "base"}
_OPERATION = {"replace": {"at", "was", "now", "reason"}, "withdraw": {"at", "was", "reason"},
              "settle": {"at", "was", "now", "reason"}}
INSERTED = ("check", "clause", "evidence", "set", "table", "interpretation", "template")


class Instrument:
    """One file. `code`: the region to which it belongs, or None."""

    def __init__(self, path, text, document, standard_id):
        self.path = path
        parts = path.split("/")
        folder = parts[1] if parts[0] == "regions" else None
        self.is_region = folder is not None and parts[2:] == ["region.toml"]
        allowed = _FIELDS | (_REGION_ONLY if self.is_region else set() if folder else {"region"})
        for name in document:
            if name not in allowed:
                known = name in _FIELDS | _REGION_ONLY | {"region"}
                self._refuse("field-mismatch" if known else "unknown-field", f"field {name}")
        for name in _HEAD:
            if name not in document:
                self._refuse("missing-field", name)
        self.id = document["id"]
        if not (_NAME if self.is_region else _ID).match(self.id) or (self.is_region and self.id != folder):
            self._refuse("bad-id", self.id)
        if document.get("standard", standard_id) != standard_id:
            self._refuse("unknown-standard", document["standard"])
        if document["status"] not in ("issued", "draft") \
                or document.get("effective-by", "assessed-on") not in ("applied-on", "assessed-on") \
                or document.get("intent", "any") not in ("stricter", "looser", "any"):
            self._refuse("unknown-word", "a word of the head")
        self.draft = document["status"] == "draft"
        self.by_application = document.get("effective-by") == "applied-on"
        try:
            self.effective = parse_date(document["effective"])
            self.expires = parse_date(document["expires"]) if "expires" in document else None
        except Refused as error:
            self._refuse("bad-date", str(error))
        if self.expires is not None and self.expires < self.effective:
            self._refuse("date-order", "it expires before it takes effect")
        self.code = folder or document.get("region")
        self.parent = document.get("parent")
        self.operations = in_order(text, document)
        for kind, operation in self.operations:
            self._check_shape(kind, operation)

    def _refuse(self, kind, why):
        raise EditionRefused(kind, f"{self.path}: {why}")

    def _check_shape(self, kind, operation):
        if "reason" not in operation:
            self._refuse("missing-field", "an operation without a reason")
        if kind != "insert":
            if set(operation) != _OPERATION[kind]:
                self._refuse("missing-field", f"{kind} with {sorted(operation)}")
            return
        made = [name for name in INSERTED if name in operation]
        beside = {"check": {"at"}, "clause": {"part", "category"}}.get(made[0] if made else None, set())
        if len(made) != 1 or set(operation) - {"reason", *made} - beside:
            self._refuse("field-mismatch", f"an insertion with {sorted(operation)}")
        for name in beside - {"category"}:
            if name not in operation:
                self._refuse("missing-field", f"an insertion without {name}")

    def in_force(self, request):
        if self.draft and self.path not in request.named:
            return False
        day = request.applied_on if self.by_application else request.assessed_on
        return self.effective <= day and (self.expires is None or day <= self.expires)


class Request:
    """Which edition is asked for."""

    def __init__(self, table):
        self.region = table.get("region")
        self.applied_on = parse_date(table["applied-on"])
        self.assessed_on = parse_date(table["assessed-on"])
        self.named = frozenset(table.get("named", ()))
        self.readings = dict(table.get("readings", {}))


def read_instruments(texts, documents, standard_id):
    paths = sorted(path for path in documents if path.startswith(("amendments/", "regions/")))
    instruments = [Instrument(path, texts[path], documents[path], standard_id) for path in paths]
    seen = set()
    for one in instruments:
        if one.id in seen:
            raise EditionRefused("duplicate-id", f"two instruments are called {one.id}")
        seen.add(one.id)
    return instruments


def groups(instruments, request):
    """[(region or None, [instruments in force, in order])]: section 17.2."""
    regions = {one.id: one for one in instruments if one.is_region}
    chain, code = [], request.region
    while code is not None:
        if code not in regions:
            raise EditionRefused("unknown-name", f"there is no region {code}")
        if code in chain:
            raise EditionRefused("cycle", f"region {code} lies below itself")
        chain.insert(0, code)
        code = regions[code].parent

    for one in instruments:
        if one.path in request.named and one.code is not None and one.code not in chain:
            raise EditionRefused("bad-call", f"{one.path} belongs to {one.code}, which is not asked for")

    def amendments(code):
        found = [one for one in instruments if one.code == code and not one.is_region and one.in_force(request)]
        return sorted(found, key=lambda one: (one.effective, one.id))

    ordered = [(None, amendments(None))]
    for code in chain:
        ordered.append((code, [regions[code]] if regions[code].in_force(request) else []))
        ordered.append((code, amendments(code)))
    return ordered
