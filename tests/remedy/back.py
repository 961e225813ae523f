"""Changes taken back, for tests."""

from keystone_check.model.change import Change, inverse


def back(change: Change) -> Change:
    """What undoes it; a restart, which nothing does, is not asked for here."""
    undoing = inverse(change)
    assert undoing is not None
    return undoing
