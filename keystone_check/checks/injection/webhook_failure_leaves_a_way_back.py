"""A webhook that is down does not keep its own pods from starting.

## Why it matters
With failurePolicy Fail the API server creates no pod that the webhook selects while the webhook is down:
`Internal error occurred: failed calling webhook … no endpoints available for service`. Where it selects its
own namespace as well, its own pods are among them, and nothing brings it back. With Ignore, which the
project's manifests have, every failure is silent: pods are created without role and token.

## How to fix
Exempt the webhook's own namespace with a namespaceSelector, or its pods with the label
`eks.amazonaws.com/skip-pod-identity-webhook`.

## References
- https://kubernetes.io/docs/concepts/cluster-administration/admission-webhooks-good-practices/
- https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/
"""

from collections.abc import Iterator

from keystone_check.model.facts import Absent, Missing, Subjects
from keystone_check.model.finding import Evidence, Finding, Repair, Safety, Severity, broken, gap, holds
from keystone_check.model.injection import Webhook

severity = Severity.LOW
NAME = "kubernetes.io/metadata.name"
"""The label that every namespace has."""


def judge(webhooks: Subjects[Webhook]) -> Iterator[Finding]:
    """One finding a webhook."""
    for name, webhook in webhooks:
        if isinstance(webhook, Absent | Missing):
            yield gap(name, webhook)
        elif webhook.failure_policy == "Ignore":
            yield holds(
                name, "failurePolicy Ignore: where it fails, pods start without role, and nothing says so"
            )
        elif _may_select_itself(webhook):
            yield _locked(name, webhook)
        else:
            yield holds(name)


def _may_select_itself(webhook: Webhook) -> bool:
    """Of its namespace only the name is known; a condition on another label may exempt it."""
    own = {NAME: webhook.service.partition("/")[0]}
    return bool(webhook.service) and all(it.key == NAME and it.met(own) for it in webhook.namespaces)


def _locked(name: str, webhook: Webhook) -> Finding:
    namespace = webhook.service.partition("/")[0]
    return broken(
        name,
        f"failurePolicy {webhook.failure_policy}, and its own namespace {namespace} is not exempt: "
        "once it is down no pod of it can start",
        Evidence(
            f"mutatingwebhookconfiguration {webhook.configuration}",
            f"a namespaceSelector without {namespace}",
            ", ".join(map(str, webhook.namespaces)) or "no namespaceSelector",
        ),
        Repair(
            f"exempt the namespace {namespace}",
            Safety.MANUAL,
            "the registration belongs to the webhook's install",
            steps=(
                f"kubectl edit mutatingwebhookconfiguration {webhook.configuration}",
                "# namespaceSelector: {matchExpressions: "
                f"[{{key: {NAME}, operator: NotIn, values: [{namespace}]}}]}}",
            ),
        ),
    )
