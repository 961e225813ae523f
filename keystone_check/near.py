"""Names near a mistyped one: the next step of most usage errors."""

from collections.abc import Iterable


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """A hint such as `did you mean prod?`; all known names when none is near, empty when there are none."""
    names = sorted(set(known))
    return nearest(name, names) or (f"known: {', '.join(names)}" if names else "")


def nearest(name: str, known: Iterable[str]) -> str:
    """A hint such as `did you mean prod?`, empty when none is near."""
    from difflib import get_close_matches  # only a mistake pays for it

    near = get_close_matches(name, sorted(set(known)), n=3, cutoff=0.6)
    return f"did you mean {' or '.join(near)}?" if near else ""
