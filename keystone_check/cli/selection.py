"""Which checks: `--only` and `--skip` by check id, or by link for all of its checks."""

from collections.abc import Iterable, Mapping

from keystone_check.errors import UsageError
from keystone_check.near import did_you_mean


def select(index: Mapping[str, str], only: Iterable[str], skip: Iterable[str]) -> tuple[str, ...]:
    """The ids of the checks that are asked for, in the chain's order; `index` is check id to link."""
    wanted, unwanted = _ids(index, only) or set(index), _ids(index, skip)
    chosen = tuple(id for id in index if id in wanted and id not in unwanted)
    if not chosen:
        raise UsageError("--only and --skip leave no check", "skip fewer")
    return chosen


def known(index: Mapping[str, str], id: str) -> str:
    """The id itself when there is such a check; UsageError with near ids otherwise."""
    if id not in index:
        raise UsageError(f"there is no check {id!r}", _near(id, index))
    return id


def _ids(index: Mapping[str, str], words: Iterable[str]) -> set[str]:
    ids = set[str]()
    for word in words:
        of_link = {id for id, link in index.items() if link == word}
        if word not in index and not of_link:
            names = (*index, *index.values())
            raise UsageError(f"there is no check or link {word!r}", _near(word, names))
        ids |= of_link or {word}
    return ids


def _near(word: str, names: Iterable[str]) -> str:
    hint = did_you_mean(word, names)
    return hint if hint.startswith("did") else "keystone-check --list names them all"
