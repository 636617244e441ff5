"""Verdicts as small bit masks, with the two combination tables of section 11.

A verdict is the set of outcomes still possible. With three outcomes a set is a number from 0 to 7, so that
combining two sets is one look-up. MET and NOT_MET double as "can hold" and "can fail" of a condition.
"""

MET, NOT_MET, NOT_APPLICABLE = 1, 2, 4
EITHER = MET | NOT_MET

_BITS = (MET, NOT_MET, NOT_APPLICABLE)

# The tables as printed in section 11: rows and columns in the order met, not-met, n/a.
_AND = {
    MET: {MET: MET, NOT_MET: NOT_MET, NOT_APPLICABLE: MET},
    NOT_MET: {MET: NOT_MET, NOT_MET: NOT_MET, NOT_APPLICABLE: NOT_MET},
    NOT_APPLICABLE: {MET: MET, NOT_MET: NOT_MET, NOT_APPLICABLE: NOT_APPLICABLE},
}
_OR = {
    MET: {MET: MET, NOT_MET: MET, NOT_APPLICABLE: MET},
    NOT_MET: {MET: MET, NOT_MET: NOT_MET, NOT_APPLICABLE: NOT_MET},
    NOT_APPLICABLE: {MET: MET, NOT_MET: NOT_MET, NOT_APPLICABLE: NOT_APPLICABLE},
}


def _lift(table):
    """Element by element: all results of one outcome from each set."""
    lifted = []
    for left in range(8):
        row = []
        for right in range(8):
            result = 0
            for one in _BITS:
                for other in _BITS:
                    if left & one and right & other:
                        result |= table[one][other]
            row.append(result)
        lifted.append(tuple(row))
    return tuple(lifted)


AND = _lift(_AND)
OR = _lift(_OR)

_NAMES = {MET: "met", NOT_MET: "not-met", NOT_APPLICABLE: "not-applicable"}

#: mask -> sorted outcome names, as the JSON answer prints them.
NAMES = tuple(sorted(_NAMES[bit] for bit in _BITS if mask & bit) for mask in range(8))


def printed(mask):
    """The single word of section 11."""
    if mask in (MET, MET | NOT_APPLICABLE):
        return "met"
    return _NAMES.get(mask, "undetermined")
