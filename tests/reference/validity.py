"""What a base must be beyond what its compilation shows: references, circles, something to grade by."""

from .errors import EditionRefused
from .names import EVIDENCE, check_names
from .operations import touched_by
from .rules import address

_FILTERED = {"count", "distinct", "sum", "largest", "smallest", "some", "every"}


def _check_sharing(rules):
    for name, table in rules.elements["clause"].items():
        if "same-as" in table and "same-as" in rules.get("clause", table["same-as"]):
            raise EditionRefused("cycle", f"{name} shares what {table['same-as']} shares")


def check_base(rules):
    """`same-as` names content, and what readings touch is there, whichever are chosen."""
    _check_sharing(rules)
    for interpretation in rules.elements["interpretation"].values():
        for reading in interpretation["reading"]:
            for of, name in touched_by(reading):
                rules.get(of, name)
            for replace in reading.get("replace", []):
                check_names(address(replace["at"])[0], replace["at"], (replace["was"], replace["now"]))
                if replace["was"] == replace["now"]:
                    raise EditionRefused("field-mismatch", f"{replace['at']} stays as it is")


def check_validity(standard, rules):
    clauses = standard.clauses
    for clause in clauses.values():
        # What is written beside `same-as` counts too.
        own = rules.elements["clause"][clause.id].get("interpretations", [])
        cited = [*clause.content.get("interpretations", []), *own]
        for table in clause.content.get("check", []):
            cited += table.get("interpretations", [])
            if {} in (table.get("when"), table.get("where"), table.get("has")):
                raise EditionRefused("no-operator", f"a condition of {clause.id}#{table['id']} is empty")
        if clause.content.get("when") == {}:
            raise EditionRefused("no-operator", f"the condition of {clause.id} is empty")
        for name in cited:
            if name not in rules.elements["interpretation"]:
                raise EditionRefused("unknown-interpretation", f"{clause.id} cites {name}")
        counted = any(not check.observation for check in clause.checks)
        if clause.requirement and not counted and clause.choose is None and not clause.children:
            raise EditionRefused("nothing-required", clause.id)
        if not clause.requirement and (clause.content.get("check") or "choose" in clause.content):
            raise EditionRefused("field-mismatch", f"{clause.id} is no requirement")
        for table in clause.content.get("check", []) if clause.requirement else ():
            if "until-due" in table and "due" not in table:
                raise EditionRefused("field-mismatch", f"until-due of {clause.id}#{table['id']} goes with due")
            if "where" in table and not _FILTERED & set(table) or "has" in table and "every" not in table:
                raise EditionRefused("field-mismatch", f"conditions of {clause.id}#{table['id']}")
            if "some" in table and "where" not in table:
                raise EditionRefused("missing-field", f"some of {clause.id}#{table['id']} needs where")
        for check in clause.checks:
            if check.superseded_by and (check.own_rule is not None or check.member_of is not None
                                        or check.observation or len(set(check.superseded_by)) > 1):
                raise EditionRefused("field-mismatch", f"{clause.id}#{check.id} cannot stand in")
            if check.requires is not None:
                if check.requires not in clauses:
                    raise EditionRefused("unknown-clause", f"{clause.id}#{check.id} requires {check.requires}")
                if not clauses[check.requires].requirement:
                    raise EditionRefused("field-mismatch", f"{clause.id}#{check.id} requires {check.requires}")
            for member in check.members or ():
                if member.member_of is not check:
                    raise EditionRefused("member-twice", f"{clause.id}#{member.id}")
                if member.observation:
                    raise EditionRefused("field-mismatch", f"{clause.id}#{member.id} has no vote")
    for table in rules.elements["interpretation"].values():
        for name in table.get("clauses", []):
            if name not in clauses:
                raise EditionRefused("unknown-clause", f"{table['id']} concerns {name}")
        if table["adopted"] not in [reading["id"] for reading in table["reading"]]:
            raise EditionRefused("unknown-name", f"{table['id']} adopts {table['adopted']}")
    for table in rules.elements["evidence"].values():
        if set(table) - EVIDENCE:
            raise EditionRefused("unknown-field", f"{table['key']}: {sorted(set(table) - EVIDENCE)}")
    for key in standard.keys.values():
        parent = standard.keys.get(key.parent) if key.parent else None
        if key.parent and (parent is None or parent.type != "list"):
            raise EditionRefused("unknown-evidence", f"{key.name} lies in no list")
        if key.quantity and (key.low > key.high or key.step <= 0):
            raise EditionRefused("out-of-range", f"the bounds of {key.name}")
    _check_sharing(rules)
    for name, table in rules.elements["set"].items():
        if not isinstance(table["members"], list):
            raise EditionRefused("wrong-type", f"members of {name}")
    for name, table in rules.elements["table"].items():
        if len(table["by-level"]) != len(standard.levels):
            raise EditionRefused("standard-shape", f"table {name} has not one value a level")
    for name, table in rules.elements["due"].items():
        for stage in table["stages"]:
            if stage not in standard.stage_ids:
                raise EditionRefused("unknown-name", f"{name}: stage {stage}")
    _circles(clauses)


def _circles(clauses):
    """Clauses that wait for each other through `requires`, children and compositions."""
    state = {}

    def visit(token, follow):
        if state.get(token) == "open":
            raise EditionRefused("cycle", f"{token} waits for itself")
        if token in state:
            return
        state[token] = "open"
        for other in follow(token):
            visit(other, follow)
        state[token] = "done"

    def below(token):
        clause, check = token
        if check is not None:
            yield from ((clause, member) for member in check.members or ())
            if check.requires is not None:
                yield clauses[check.requires], None
            return
        yield from ((clause, one) for one in clause.checks)
        yield from ((child, None) for child in clause.children if child.requirement)

    for clause in clauses.values():
        visit((clause, None), below)
