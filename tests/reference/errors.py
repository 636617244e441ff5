"""The ways in which an input can be turned down."""


class UnknownConstruct(Exception):
    """A rule file holds something this evaluator does not know; guessing would hide the gap."""


class Refused(Exception):
    """A dossier that the document says is refused, or that cannot be understood."""


class EditionRefused(Exception):
    """An edition that section 17 says is refused. `kind` is the heading of the fault in diagnostics.md."""

    def __init__(self, kind, why):
        super().__init__(why)
        self.kind = kind
