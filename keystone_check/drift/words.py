"""A difference in the words of the domain; what has none is said by its place: what it was, what it is."""

from collections.abc import Iterator

from keystone_check.drift import in_aws, in_cluster, published
from keystone_check.drift.difference import Differing
from keystone_check.drift.shown import Both, shown
from keystone_check.model.facts import Missing

_WORDS = {**published.WORDS, **in_aws.WORDS, **in_cluster.WORDS}


def told(found: Differing, both: Both) -> Iterator[str]:
    """A sentence, or several, that say it."""
    if isinstance(found.now, Missing) or isinstance(found.was, Missing):
        yield from _unseen(found)
        return
    if found.path[0] == "trusting_roles" and _told_already(found, both):
        return
    words = _WORDS.get(found.path[0])
    said = tuple(words(found, both)) if words else ()
    yield from said or (_plain(found),)


def _told_already(found: Differing, both: Both) -> bool:
    """The roles that trust the issuer and are bound stand in both lists."""
    roles = getattr(both.now.roles, "entries", ()), getattr(both.was.roles, "entries", ())
    return any(len(found.path) > 1 and name == found.path[1] for side in roles for name, _ in side)


def _unseen(found: Differing) -> Iterator[str]:
    what = _place(found.path)
    if isinstance(found.now, Missing) and isinstance(found.was, Missing):
        yield f"{what} could not be seen then ({found.was.because}) and cannot be now: {found.now.because}"
    elif isinstance(found.now, Missing):
        yield f"{what} can no longer be seen: {found.now.because}"
    else:
        yield f"{what} can be seen now, and could not be then"


def _plain(found: Differing) -> str:
    item = found.path[-1] in (found.was, found.now)
    if item and (found.came or found.went):
        return f"{_place(found.path[:-1])}: {shown(found.path[-1])} {'appeared' if found.came else 'left'}"
    if found.came:
        return f"{_place(found.path)} appeared: {shown(found.now)}"
    if found.went:
        return f"{_place(found.path)} is gone; it was {shown(found.was)}"
    return f"{_place(found.path)} was {shown(found.was)}, is {shown(found.now)}"


def _place(path: tuple[str, ...]) -> str:
    return ": ".join((path[0].replace("_", " "), *path[1:]))
