"""The two views of section 10: what is known of facts and records, from statements."""

from .errors import Refused
from .knowledge import (ABSENT, CONFORMS, DISPUTED, DOES_NOT_APPLY, FAILS, MISSING, UNREVIEWED, agree)

SELF, REVIEW = "self", "review"
_ON_FINDINGS = {"conforms": CONFORMS, "fails": FAILS, "not-applicable": DOES_NOT_APPLY}


class RecordView:
    """A record as one view sees it. `doubt`: its existence is not certain."""

    __slots__ = ("view", "record", "doubt", "confirmed", "memo", "lists")

    def __init__(self, view, record, doubt, confirmed):
        self.view = view
        self.record = record
        self.doubt = doubt
        #: A finding on the record as a whole confirms its fields too.
        self.confirmed = confirmed
        self.memo = {}
        self.lists = {}

    def fact(self, key):
        try:
            return self.memo[key.name]
        except KeyError:
            result = self.memo[key.name] = self.view.field(key, self)
            return result

    def inner(self, key):
        """(records of a list within this record, whether it may hold more)."""
        if key.name not in self.lists:
            view = self.view
            given = self.record.inner.get(key.name)
            open_end = given is None or key.name in view.dossier.incomplete
            self.lists[key.name] = view.existing(key, given or (), self.confirmed), open_end
        return self.lists[key.name]


class View:
    """What is known, on one side, of one dossier. `stipulated` replaces it address by address."""

    def __init__(self, dossier, name, stipulated=None):
        if name not in (SELF, REVIEW):
            raise Refused(f"unknown view {name!r}")
        self.dossier = dossier
        self.reviewed = name == REVIEW
        self.stipulated = stipulated or {}
        self._self_statements = dossier.statements["self"]
        self._reviews = dossier.statements["review"]
        self._facts = {}
        self._records = {}

    def fact(self, key, category):
        """A key outside records; `category` counts only for keys of that scope."""
        place = category if key.scope == "category" else None
        token = (key.name, place)
        try:
            return self._facts[token]
        except KeyError:
            target = (key.name, place, None)
            if target in self.stipulated:
                fact = self.stipulated[target]
            else:
                fact = self._known(key, target, self.dossier.facts.get(token), False)
            self._facts[token] = fact
            return fact

    def is_stipulated(self, key, category):
        return (key.name, category if key.scope == "category" else None, None) in self.stipulated

    def field(self, key, record):
        target = (key.name, None, record.record.path)
        if target in self.stipulated:
            return self.stipulated[target]
        return self._known(key, target, record.record.facts.get(key.name), record.confirmed)

    def _known(self, key, target, declared, confirmed):
        own = self._self(key, target, declared)
        return self._review(key, target, own, confirmed) if self.reviewed else own

    def _self(self, key, target, declared):
        """What the institution says: its declared fact, and findings of its own side."""
        said = self._self_statements.get(target)
        if said is None:
            return MISSING if declared is None else declared
        statements = [] if declared is None else [declared]
        for statement in said:
            if not isinstance(statement, str):
                statements.append(statement)
            elif key.type == "finding":
                statements.append(_ON_FINDINGS[statement])
            elif statement == "fails":
                statements.append(ABSENT)
            elif statement == "not-applicable":
                statements.append(DOES_NOT_APPLY)
            # `conforms` on anything else adds nothing to what was declared.
        return agree(statements) if statements else MISSING

    def _review(self, key, target, own, confirmed):
        said = self._reviews.get(target)
        if said:
            statements = []
            for statement in said:
                if not isinstance(statement, str):
                    statements.append(statement)
                elif key.type == "finding":
                    statements.append(_ON_FINDINGS[statement])
                elif statement == "conforms":
                    statements.append(own)
                elif statement == "fails":
                    statements.append(ABSENT)
                else:
                    statements.append(DOES_NOT_APPLY)
            return agree(statements)
        if confirmed or self.dossier.review.covers(key, target[1]):
            return own
        return MISSING if own is MISSING else UNREVIEWED

    def records(self, key):
        """(records of a list that exist or may, whether it may hold more)."""
        if key.name not in self._records:
            given = self.dossier.lists.get(key.name)
            open_end = given is None or key.name in self.dossier.incomplete
            self._records[key.name] = self.existing(key, given or (), False), open_end
        return self._records[key.name]

    def existing(self, key, records, confirmed_above):
        """Views of the records that are not gone."""
        if not self.reviewed:
            return [RecordView(self, record, False, False) for record in records]
        accepted = self.dossier.review.covers(key, None) or confirmed_above
        views = []
        for record in records:
            said = self._reviews.get((key.name, None, record.path), ())
            confirmed, gone = "conforms" in said, "fails" in said
            if gone and not confirmed:
                continue
            doubt = gone or not (accepted or confirmed)
            views.append(RecordView(self, record, doubt, not doubt and (confirmed or confirmed_above)))
        return views
