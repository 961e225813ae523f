"""What every form says in comments: which change it is, and what is left to other hands."""

from collections.abc import Iterator, Sequence

from keystone_check.model.finding import Safety
from keystone_check.remedy.plan import HeldBack, Step


def comment(text: str) -> Iterator[str]:
    """The text behind hashes: nothing in it can end a comment."""
    yield from (f"# {_plain(line)}".rstrip() for line in text.splitlines() or [""])


def _plain(line: str) -> str:
    """What a terminal would obey is a question mark."""
    return "".join(char if char.isprintable() else "?" for char in line)


def about(step: Step, title: str) -> Iterator[str]:
    """What a step writes, what for, and the class of its repair."""
    yield from comment(title)
    yield from comment(f"  mends {', '.join(step.mends)}; {step.repair.safety.value}: {step.repair.reason}")


def left(held_back: Sequence[HeldBack]) -> Iterator[str]:
    """What the plan holds back, once for each repair."""
    for repair in dict.fromkeys(item.repair for item in held_back):
        if repair.safety is Safety.MANUAL:
            yield from comment(f"by hand: {repair.title}")
            for line in repair.steps:
                yield from comment(f"  {line}")
        else:
            flag = "--restart" if repair.safety is Safety.RESTART else f"--fix={repair.safety.value}"
            yield from comment(f"held back, released by {flag}: {repair.title}")


def text(lines: Iterator[str]) -> str:
    """The lines, each with its end."""
    return "".join(f"{line}\n" for line in lines)
