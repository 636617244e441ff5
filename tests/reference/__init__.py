"""A second evaluator for rule files and dossiers, written from the reference document alone.

It exists to be compared with another implementation, so it shares no code with one and follows the
wording of the document. Where the document leaves something open, LACKS.md says what was chosen.
"""

from .evaluate import evaluate
from .standard import Standard, load_standard, read_folder

__all__ = ["Standard", "evaluate", "load_standard", "read_folder"]
