"""The same plan for other hands: one module a form, each of them text to paste or to keep in git."""

from collections.abc import Callable, Iterable, Mapping, Sequence

from keystone_check.remedy.emit import cloudformation, kubectl, nix, shell, terraform
from keystone_check.remedy.plan import HeldBack, Step

Form = Callable[[Sequence[Step], Sequence[HeldBack]], str]

FORMS: Mapping[str, Form] = {
    "shell": shell.render,
    "terraform": terraform.render,
    "cloudformation": cloudformation.render,
    "kubectl": kubectl.render,
    "nix": nix.render,
}


def emit(form: str, steps: Iterable[Step], held_back: Iterable[HeldBack]) -> str:
    """The plan in the form of this name; ends with a line end."""
    return FORMS[form](tuple(steps), tuple(held_back))


def expressed(steps: Sequence[Step]) -> tuple[str, ...]:
    """The forms that say every change of these steps."""
    beyond = {
        "shell": (),
        "terraform": tuple(filter(None, (terraform.beyond(step.change) for step in steps))),
        "cloudformation": tuple(filter(None, (cloudformation.beyond(step.change) for step in steps))),
        "kubectl": tuple(filter(None, (kubectl.beyond(step.change) for step in steps))),
        "nix": tuple(step.change for step in steps),
    }
    return tuple(form for form in FORMS if not beyond[form])
