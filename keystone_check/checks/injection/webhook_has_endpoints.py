"""Something answers behind the webhook's service.

## Why it matters
The API server calls the webhook through its service. With no such service it logs `failed calling webhook …
service "pod-identity-webhook" not found`; with no ready pod `no endpoints available for service
"pod-identity-webhook"`, or `connect: connection refused` and `context deadline exceeded` where it calls the
service's address. Under failurePolicy Ignore, which the project's manifests have, the pod is then created
without role and token, and nobody is told; under Fail it is refused with these words.

## How to fix
Bring the webhook's pods up, or correct name, namespace and port in the registration.

## References
- https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/
- https://kubernetes.io/docs/tasks/debug/debug-application/debug-service/
"""

from collections.abc import Iterator

from keystone_check.model.facts import Absent, Missing, Subjects
from keystone_check.model.finding import (
    Evidence,
    Finding,
    Repair,
    Safety,
    Severity,
    blocked,
    broken,
    gap,
    holds,
    not_applicable,
)
from keystone_check.model.injection import Backend, Webhook

severity = Severity.HIGH


def judge(webhooks: Subjects[Webhook], webhook_backends: Subjects[Backend]) -> Iterator[Finding]:
    """One finding a webhook."""
    for name, webhook in webhooks:
        if isinstance(webhook, Absent | Missing):
            yield gap(name, webhook)
        elif not webhook.service:
            yield not_applicable(name, f"it is called at {webhook.url}, outside the cluster")
        else:
            yield _judged(name, webhook, webhook_backends[webhook.service])


def _judged(name: str, webhook: Webhook, backend: Backend | Absent | Missing) -> Finding:
    service = webhook.service
    match backend:
        case Missing():
            return blocked(name, backend)
        case Absent():
            return _amiss(name, webhook, f"the service {service} that it names does not exist", "no service")
        case Backend(ready=0, unready=unready):
            seen = f"{unready} endpoints, none ready" if unready else "no endpoint"
            return _amiss(name, webhook, f"behind its service {service} nothing is ready: {seen}", seen)
        case Backend(ports=ports) if webhook.port not in ports:
            seen = f"ports {', '.join(map(str, ports))}"
            said = f"it is called at port {webhook.port}; its service {service} has {seen}"
            return _amiss(name, webhook, said, seen)
    return holds(name)


def _amiss(name: str, webhook: Webhook, message: str, seen: str) -> Finding:
    namespace, _, service = webhook.service.partition("/")
    return broken(
        name,
        message,
        Evidence(f"service {webhook.service}", f"a ready endpoint at port {webhook.port}", seen),
        Repair(
            "bring the webhook up",
            Safety.MANUAL,
            "why it does not answer is said by its pods alone",
            steps=(
                f"kubectl -n {namespace} get deployments,pods,services,endpointslices",
                f"kubectl -n {namespace} rollout restart deployment/{service}",
            ),
        ),
    )
