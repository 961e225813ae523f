"""A Containerfile as steps: as much of its language as ours has, and an error for anything else."""

import json
import re
from dataclasses import dataclass, field
from pathlib import Path

_KNOWN = ("FROM", "WORKDIR", "COPY", "RUN", "ENV", "USER", "ENTRYPOINT")


@dataclass(frozen=True, slots=True)
class Step:
    """An instruction and what follows it."""

    instruction: str
    rest: str

    @property
    def words(self) -> list[str]:
        """Of ENTRYPOINT, which is JSON, and of the others."""
        words: list[str] = json.loads(self.rest) if self.rest.startswith("[") else self.rest.split()
        return words


@dataclass(frozen=True, slots=True)
class Stage:
    """What begins with a FROM."""

    base: str
    name: str
    steps: list[Step] = field(default_factory=list)

    def of(self, instruction: str) -> list[Step]:
        return [step for step in self.steps if step.instruction == instruction]


def stages(path: Path) -> list[Stage]:
    """Every stage with its steps, arguments filled in."""
    text = re.sub(r"^#.*\n", "", path.read_text("utf-8"), flags=re.MULTILINE).replace("\\\n", " ")
    arguments: dict[str, str] = {}
    found: list[Stage] = []
    for line in filter(None, map(str.strip, text.splitlines())):
        instruction, _, rest = line.partition(" ")
        rest = re.sub(r"\$\{(\w+)\}", lambda it: arguments[it[1]], rest)
        if instruction == "ARG":
            name, _, value = rest.partition("=")
            arguments[name] = value
        elif instruction == "FROM":
            base, _, name = rest.partition(" AS ")
            found.append(Stage(base, name))
        else:
            assert instruction in _KNOWN, f"{instruction} is not known here"
            found[-1].steps.append(Step(instruction, rest.strip()))
    return found
