"""Where a check is asked: one entry of an application, one view, the dates."""

from .knowledge import KNOWN, UNKNOWN
from .ranges import NONE, Range


class Situation:
    """Holds what several checks of one entry share, so that it is worked out once."""

    __slots__ = ("standard", "view", "category", "stage", "applied_on", "assessed_on", "award_on",
                 "sampled", "attested", "_ranges")

    def __init__(self, standard, view, category, stage):
        self.standard = standard
        self.view = view
        self.category = category
        self.stage = stage
        dossier = view.dossier
        self.applied_on = dossier.applied_on
        self.assessed_on = dossier.assessed_on
        self.award_on = dossier.award_on
        self.sampled = {}
        self.attested = {}
        self._ranges = {}

    def fact(self, key):
        return self.view.fact(key, self.category)

    def records(self, key):
        return self.view.records(key)

    def computed(self, key):
        """The range of a derived key over its records, cut to its bounds."""
        if key.name not in self._ranges:
            self._ranges[key.name] = self.standard.derived[key.name](self).cut(key.low, key.high)
        return self._ranges[key.name]

    def fact_or_range(self, key):
        """A derived key of whose bare figure nothing is known is computed, unless it is stipulated."""
        fact = self.view.fact(key, self.category)
        if key.derive is None or fact.kind != UNKNOWN or self.view.is_stipulated(key, self.category):
            return fact
        return self.computed(key)

    def possible_range(self, key):
        """Of a quantity, bare or computed: for invariants."""
        fact = self.fact_or_range(key)
        if isinstance(fact, Range):
            return fact
        if fact.kind == KNOWN:
            return Range(fact.value, fact.value)
        return Range(key.low, key.high, maybe_absent=True) if fact.kind == UNKNOWN else NONE
