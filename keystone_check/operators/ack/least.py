"""The least policy under which an ACK controller reconciles the kinds that it is set to.

Actions stand for any resource: what a controller will create has no name yet. Roles that are passed on or
assumed are named.
"""

from collections.abc import Iterator

from keystone_check.operators.ack.requirement import Controller, requirement
from keystone_check.operators.documents import Document, Statement, divided


def least(controller: Controller) -> tuple[Document, ...]:
    """The policies, each within AWS's limit, for what is in use."""
    statements = tuple(_statements(controller))
    return divided(Document(f"ack-{controller.service}-controller", statements)) if statements else ()


def _statements(controller: Controller) -> Iterator[Statement]:
    by_resource: dict[str, list[str]] = {}
    for need in requirement(controller):
        if need.hard:
            by_resource.setdefault(need.resource, []).append(need.action)
    actions = sorted(by_resource.pop("*", ()))
    if actions:
        yield _allow(f"Reconcile{_letters(controller.service)}", actions, ["*"])
    passed = sorted(resource for resource, asked in by_resource.items() if "iam:PassRole" in asked)
    if passed:
        yield _allow(f"PassRoles{_letters(controller.service)}", ["iam:PassRole"], passed)
    assumed = sorted(resource for resource, asked in by_resource.items() if "sts:AssumeRole" in asked)
    if assumed:
        yield _allow(f"AssumeRoles{_letters(controller.service)}", ["sts:AssumeRole"], assumed)


def _allow(sid: str, actions: list[str], resources: list[str]) -> Statement:
    return {"Sid": sid, "Effect": "Allow", "Action": actions, "Resource": resources}


def _letters(service: str) -> str:
    """A Sid has letters and digits only."""
    return "".join(filter(str.isalnum, service.title()))
