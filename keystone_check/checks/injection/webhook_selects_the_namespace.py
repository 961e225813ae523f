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

from keystone_check.model.facts import Absent, Missing, Subjects
from keystone_check.model.finding import Evidence, Finding, Repair, Safety, Severity, broken, gap, holds
from keystone_check.model.injection import Namespace, Requirement, Webhook

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
        Repair(
            "give the namespace the label",
            Safety.MANUAL,
            "labels of namespaces may mean something to others too",
            steps=tuple(f"kubectl label namespace {namespace.name} --overwrite {_label(it)}" for it in unmet),
        ),
    )


def _label(requirement: Requirement) -> str:
    match requirement.operator:
        case "In":
            return f"{requirement.key}={requirement.values[0]}"
        case "Exists":
            return f"{requirement.key}=true"
        case _:
            return f"{requirement.key}-"
