"""Tables of fields, compared and replaced leaf by leaf (section 17.1)."""

import copy


def leaves(table, path=()):
    """{path: leaf}: whatever is no table, and tables without anything in them."""
    found = {}
    for name, value in table.items():
        if isinstance(value, dict) and value:
            found.update(leaves(value, (*path, name)))
        else:
            found[(*path, name)] = value
    return found


def same(one, other):
    """Values as written: `true` is not 1."""
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(one[name], other[name]) for name in one)
    return type(one) is type(other) and one == other


_NOTHING = object()


def at(table, path):
    for name in path:
        if not isinstance(table, dict) or name not in table:
            return _NOTHING
        table = table[name]
    return table


def fitting(was, table, now=None):
    """The first of the quotations that fits, or None: what is only in `now` must not be there before."""
    for one in was if isinstance(was, list) else [was]:
        quoted = leaves(one)
        if all(same(at(table, path), value) for path, value in quoted.items()) \
                and not _in_the_way(table, quoted, leaves(now or {})):
            return one
    return None


def _in_the_way(table, old, new):
    return any(path not in old and at(table, path) is not _NOTHING and not _goes(at(table, path), path, old, new)
               for path in new)


def replace(table, was, now):
    """(the table as it becomes, the paths that are written), or None if a leaf is in the way of a table."""
    table = copy.deepcopy(table)
    old, new = leaves(was), leaves(now)
    for path in old:
        if path not in new:
            _remove(table, path)
    for path, value in new.items():
        place = table
        for name in path[:-1]:
            place = place.setdefault(name, {})
            if not isinstance(place, dict):
                return None
        place[path[-1]] = copy.deepcopy(value)
    return table, list({**old, **new})


def _goes(value, path, old, new):
    """Whether everything that stands at a path goes with what is quoted."""
    if not isinstance(value, dict) or not value:
        return False
    return all((*path, *inner) in old and (*path, *inner) not in new for inner in leaves(value))


def _remove(table, path):
    """A leaf goes, and every table that is left empty with it."""
    places = [table]
    for name in path[:-1]:
        places.append(places[-1][name])
    del places[-1][path[-1]]
    for place, name in zip(reversed(places[:-1]), reversed(path[:-1])):
        if place[name]:
            break
        del place[name]
