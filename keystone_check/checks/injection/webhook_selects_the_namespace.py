"""The webhook is asked about pods in the namespaces of bound service accounts.

## Why it matters
A namespaceSelector that does not match leaves the webhook out: the API server creates the pod without role
and token, without a line in any log. SDKs then say `Unable to locate credentials`, or take the node's role.

## How to fix
Give the namespace the label that the selector asks for, or widen the selector; then restart the pods.

## References
- https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/#matching-requests-namespaceselector
"""

from collections.abc import Iterator
from dataclasses import replace

from keystone_check.model.facts import Absent, Missing, Subjects
from keystone_check.model.finding import Evidence, Finding, Repair, Safety, Severity, broken, gap, holds
from keystone_check.model.injection import Namespace, Requirement, Webhook
from keystone_check.model.selector import SetNamespaceSelector

severity = Severity.HIGH


def judge(webhooks: Subjects[Webhook], namespaces: Subjects[Namespace]) -> Iterator[Finding]:
    """One finding a namespace, where there is a webhook."""
    found = [webhook for _, webhook in webhooks.seen()]
    for name, namespace in namespaces if found else ():
        if isinstance(namespace, Absent | Missing):
            yield gap(name, namespace)
            continue
        lacking = [_unmet(webhook, namespace) for webhook in found]
        yield holds(name) if () in lacking else _left_out(namespace, found[0], lacking[0])


def _unmet(webhook: Webhook, namespace: Namespace) -> tuple[Requirement, ...]:
    return tuple(it for it in webhook.namespaces if not it.met(namespace.labels))


def _left_out(namespace: Namespace, webhook: Webhook, unmet: tuple[Requirement, ...]) -> Finding:
    wanted = ", ".join(map(str, unmet))
    labels = ", ".join(f"{key}={value}" for key, value in namespace.labels.items()) or "no label"
    return broken(
        namespace.name,
        f"the webhook {webhook.name} asks for namespaces with {wanted}; this one has {labels}",
        Evidence(f"mutatingwebhookconfiguration {webhook.configuration}", wanted, labels),
        _repair(namespace, webhook, unmet),
    )


def _repair(namespace: Namespace, webhook: Webhook, unmet: tuple[Requirement, ...]) -> Repair:
    """Names are in the selector; labels with a meaning are for whoever gave them one."""
    if any((it.key, it.operator) != (NAME, "In") for it in unmet):
        return Repair(
            "give the namespace the label",
            Safety.MANUAL,
            "labels of namespaces may mean something to others too",
            steps=tuple(f"kubectl label namespace {namespace.name} --overwrite {_label(it)}" for it in unmet),
        )
    after = tuple(
        replace(it, values=(*it.values, namespace.name)) if it in unmet else it for it in webhook.namespaces
    )
    fails = webhook.failure_policy != "Ignore"
    return Repair(
        f"let the webhook be asked in {namespace.name} too",
        Safety.UNSAFE if fails else Safety.SAFE,
        "once it is down no pod of the namespace can start" if fails else "other namespaces stay as they are",
        (SetNamespaceSelector(webhook.configuration, webhook.name, webhook.namespaces, after),),
    )


NAME = "kubernetes.io/metadata.name"
"""The label that every namespace has, and nobody may change."""


def _label(requirement: Requirement) -> str:
    match requirement.operator:
        case "In":
            return f"{requirement.key}={requirement.values[0]}"
        case "Exists":
            return f"{requirement.key}=true"
        case _:
            return f"{requirement.key}-"
