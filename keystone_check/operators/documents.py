"""Policy documents: written, measured and divided by AWS's limits."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

MOST = 6144
"""Characters of a managed policy, white space not counted.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html"""

Statement = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Document:
    """A policy to attach."""

    name: str
    statements: tuple[Statement, ...]

    @property
    def text(self) -> str:
        """As IAM takes it, indented for people."""
        return json.dumps({"Version": "2012-10-17", "Statement": list(self.statements)}, indent=2)

    @property
    def size(self) -> int:
        """Characters that count."""
        return len(re.sub(r"\s", "", self.text))


def divided(document: Document) -> tuple[Document, ...]:
    """The same statements in as few policies as AWS's limit takes, in their order, numbered where several."""
    if document.size <= MOST:
        return (document,)
    parts = tuple(_parts(document))
    return tuple(
        Document(f"{document.name}-{number}", statements) for number, statements in enumerate(parts, 1)
    )


def _parts(document: Document) -> Iterator[tuple[Statement, ...]]:
    held: tuple[Statement, ...] = ()
    for statement in (piece for whole in document.statements for piece in _pieces(whole)):
        if held and Document("", (*held, statement)).size > MOST:
            yield held
            held = ()
        held = (*held, statement)
    yield held


def _pieces(statement: Statement) -> Iterator[Statement]:
    """The statement, in two where it alone is too long for a policy."""
    actions: Sequence[str] = statement["Action"]
    if Document("", (statement,)).size <= MOST or len(actions) < 2:
        yield statement
        return
    middle = len(actions) // 2
    for number, some in enumerate((actions[:middle], actions[middle:]), 1):
        yield from _pieces({**statement, "Sid": f"{statement['Sid']}{number}", "Action": some})
