"""As whom an operator acts: the role of its service account, a node's role, or keys."""

import re

from keystone_check.model.cluster import ROLE_ARN
from keystone_check.model.facts import Missing, Subjects
from keystone_check.model.finding import Evidence, Finding, Repair, Safety, blocked, broken, holds
from keystone_check.model.operators import Denial, Operator

_NODE = re.compile(r"assumed-role/([\w+=,.@*-]+)/i-[0-9a-f*]+")
"""The session that EC2 gives to an instance is called by its id."""


def acting(name: str, operator: Operator, denials: Subjects[tuple[Denial, ...]] | Missing) -> Finding:
    """Whether it is its own role."""
    if operator.static_keys:
        return _amiss(
            name,
            f"keys are given to it, and the role of service account {operator.account} is not used",
            ("its pod template", "no AWS_ACCESS_KEY_ID and no shared credentials file", "static keys"),
            _edit(name, "take AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and credentials files out of it"),
        )
    if not operator.role_arn:
        return _amiss(
            name,
            f"service account {operator.account} names no role: it has what its node's role may",
            (f"serviceaccount {operator.account}", f"the annotation {ROLE_ARN}", "no such annotation"),
            _annotate(operator),
        )
    said = denials if isinstance(denials, Missing) else denials[name]
    if isinstance(said, Missing):
        return blocked(name, said)
    if node := as_node(said if isinstance(said, tuple) else ()):
        return _amiss(
            name,
            f"AWS refuses it as role {node}, the role of its node, not as {operator.role_arn}",
            ("its log", f"requests as {operator.role_arn}", f"requests as assumed-role/{node}/i-…"),
            _restart(name),
        )
    return holds(name)


def as_node(denials: tuple[Denial, ...]) -> str:
    """The node's role that a refusal names; empty where none does."""
    return next((found[1] for denial in denials if (found := _NODE.search(denial.text))), "")


def of_itself(denials: tuple[Denial, ...]) -> tuple[Denial, ...]:
    """The refusals that do not name a node's role."""
    return tuple(denial for denial in denials if not _NODE.search(denial.text))


def _amiss(name: str, message: str, evidence: tuple[str, str, str], repair: Repair) -> Finding:
    return broken(name, message, Evidence(*evidence), repair)


def _edit(name: str, what: str) -> Repair:
    namespace, _, deployment = name.partition("/")
    return Repair(
        "let it use its service account's role",
        Safety.MANUAL,
        "the deployment belongs to whatever installs it",
        steps=(f"kubectl -n {namespace} edit deployment/{deployment}: {what}",),
    )


def _annotate(operator: Operator) -> Repair:
    namespace, _, account = operator.account.partition("/")
    return Repair(
        "annotate the service account, and restart",
        Safety.MANUAL,
        "which role is meant for it is not known here",
        steps=(
            f"kubectl -n {namespace} annotate serviceaccount {account} {ROLE_ARN}=ARN",
            f"kubectl -n {namespace} rollout restart deployment, for the webhook to inject it",
        ),
    )


def _restart(name: str) -> Repair:
    namespace, _, deployment = name.partition("/")
    return Repair(
        "restart it, for the webhook to inject the role",
        Safety.MANUAL,
        "restarting it is for whoever runs it",
        steps=(f"kubectl -n {namespace} rollout restart deployment/{deployment}",),
    )
