"""The two ways in which an input can be turned down."""


class UnknownConstruct(Exception):
    """A rule file holds something this evaluator does not know; guessing would hide the gap."""


class Refused(Exception):
    """A dossier that the document says is refused, or that cannot be understood."""
