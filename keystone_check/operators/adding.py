"""Inline policies that grant what is missing, or grant it no longer.

1. What is added are statements of the least policies, under their own names, each with those of its actions
   alone that are missing.
2. They go into the inline policy that is called as the least policy is, and make one where there is none.
   What stands in it already stays as it is.
3. All inline policies of a role together have a limit.
"""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from keystone_check.iam.compiled import Compiled
from keystone_check.iam.evaluate import Allowed, decide
from keystone_check.iam.language import PolicyKind
from keystone_check.iam.language import Statement as Read
from keystone_check.iam.policy import read
from keystone_check.model.facts import Subjects
from keystone_check.model.grant import SetRolePolicy
from keystone_check.model.permissions import Permissions
from keystone_check.operators.documents import Document, Statement
from keystone_check.operators.need import Need
from keystone_check.operators.weighed import weighed

INLINE = 10240
"""Characters of all inline policies of a role, white space not counted.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html"""


def lacked(
    permissions: Permissions, needs: Iterable[Need], least: Iterable[Document]
) -> tuple[Document, ...]:
    """1. The part of the least policies that identity policies do not grant."""
    missing = tuple(one.need for one in weighed(permissions, needs).missing)
    found = (
        Document(it.name, tuple(piece for one in it.statements if (piece := _part(one, missing))))
        for it in least
    )
    return tuple(document for document in found if document.statements)


def _part(statement: Statement, missing: tuple[Need, ...]) -> Statement | None:
    law = Compiled([read(Document("", (statement,)).text, PolicyKind.IDENTITY)])
    granted = {need.action for need in missing if isinstance(decide(law, need.request), Allowed)}
    actions = [it for it in statement["Action"] if any(_stands_for(it, action) for action in granted)]
    return {**statement, "Action": actions} if actions else None


def _stands_for(pattern: str, action: str) -> bool:
    return re.fullmatch(re.escape(pattern).replace(r"\*", ".*"), action) is not None


def adding(
    permissions: Permissions, needs: tuple[Need, ...], least: tuple[Document, ...]
) -> Permissions | None:
    """2. The role's policies with all that is missing; None where nobody knows what it has inline."""
    inline = permissions.inline
    if not isinstance(inline, Subjects) or any(not isinstance(text, str) for _, text in inline):
        return None
    for document in lacked(permissions, needs, least):
        inline = _put(inline, document)
    return replace(permissions, inline=inline)


def _put(inline: Subjects[str], document: Document) -> Subjects[str]:
    before = inline[document.name]
    if not isinstance(before, str):
        return inline.put(document.name, document.text)
    if _plain(before) is None:
        return _put(inline, replace(document, name=f"{document.name}-added"))
    return inline.put(document.name, _extended(before, document.statements))


def _extended(text: str, more: Iterable[Statement]) -> str:
    document = json.loads(text)
    held = _listed(document["Statement"])
    for statement in more:
        names = {str(it.get("Sid", "")) for it in held}
        held.append({**statement, "Sid": _free(statement["Sid"], names)})
    return _text({**document, "Statement": held}, like=text)


def _free(name: str, taken: set[str]) -> str:
    """A Sid stands once in a policy."""
    numbered = (f"{name}{number}" for number in range(2, len(taken) + 3))
    return name if name not in taken else next(it for it in numbered if it not in taken)


def without(permissions: Permissions, drop: Callable[[Read], bool]) -> Permissions | None:
    """The role's policies without these statements; None where one stands in a policy that is not inline."""
    inline = permissions.inline
    if not isinstance(inline, Subjects) or _elsewhere(permissions, drop):
        return None
    for name, text in inline.seen():
        statements = _plain(text)
        if statements is None or not any(drop(it) for it in statements):
            continue
        document = json.loads(text)
        raw = _listed(document["Statement"])
        left = [it for it, parsed in zip(raw, statements, strict=True) if not drop(parsed)]
        after = _text({**document, "Statement": left}, like=text)
        inline = inline.put(name, after) if left else inline.without(name)
    return None if inline == permissions.inline else replace(permissions, inline=inline)


def _elsewhere(permissions: Permissions, drop: Callable[[Read], bool]) -> bool:
    attached = permissions.attached
    if not isinstance(attached, Subjects):
        return True
    return any(drop(it) for _, text in attached.seen() for it in _plain(text) or ())


def _plain(text: str) -> tuple[Read, ...] | None:
    """Its statements; None where it is not read without a doubt."""
    reading = read(text, PolicyKind.IDENTITY)
    return reading.policy.statements if reading.policy and not reading.problems else None


def _listed(statements: Any) -> list[dict[str, Any]]:
    return list(statements) if isinstance(statements, list) else [statements]


def _text(document: Mapping[str, Any], like: str) -> str:
    return json.dumps(document, indent=2 if "\n" in like else None, ensure_ascii=False)


def written(role_arn: str, before: Permissions, after: Permissions) -> Iterator[SetRolePolicy]:
    """The changes that lead from one to the other."""
    old, new = _texts(before), _texts(after)
    for name in sorted({*old, *new}):
        if old.get(name) != new.get(name):
            yield SetRolePolicy(role_arn, name, old.get(name), new.get(name))


def size(permissions: Permissions) -> int:
    """3."""
    return sum(len(re.sub(r"\s", "", text)) for text in _texts(permissions).values())


def _texts(permissions: Permissions) -> dict[str, str]:
    return dict(permissions.inline.seen()) if isinstance(permissions.inline, Subjects) else {}
