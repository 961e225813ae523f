"""Names near a mistyped one: the next step of most usage errors."""

from collections.abc import Iterable


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """A hint such as `did you mean prod?`; all known names when none is near, empty when there are none."""
    from difflib import get_close_matches  # only a mistake pays for it

    names = sorted(set(known))
    near = get_close_matches(name, names, n=3, cutoff=0.6)
    if near:
        return f"did you mean {' or '.join(near)}?"
    return f"known: {', '.join(names)}" if names else ""
