"""What the checks of policies that grant too much share: each statement that identity policies allow by."""

from collections.abc import Iterator

from keystone_check.iam.language import Effect, PolicyKind, Statement
from keystone_check.iam.policy import read
from keystone_check.model.facts import Subjects
from keystone_check.model.permissions import Permissions

FULL = ("*", "*:*")


def grants(permissions: Permissions) -> Iterator[tuple[str, Statement]]:
    """Every allowing statement of the identity policies that could be read, by its policy's name."""
    for held in (permissions.inline, permissions.attached):
        for name, text in held.seen() if isinstance(held, Subjects) else ():
            policy = read(text, PolicyKind.IDENTITY).policy
            for statement in policy.statements if policy else ():
                if statement.effect is Effect.ALLOW:
                    yield name.rpartition("/")[2], statement


def too_wide(statement: Statement) -> str:
    """How it grants more than anybody needs; empty where it names actions of services."""
    if statement.not_actions:
        return f"everything but {', '.join(statement.actions[:3])}"
    wide = [action for action in statement.actions if action in FULL or action.endswith(":*")]
    return ", ".join(wide)


def named(permissions: Permissions) -> Iterator[str]:
    """Every action that a statement names, as written."""
    for _, statement in grants(permissions):
        yield from statement.actions
