"""The API server trusts the webhook's certificate.

## Why it matters
The API server verifies a webhook by the CA bundle of its registration, one that is called by URL no less than
one behind a Service; without a bundle the roots of the API server's own host count. Where the bundle is
expired or of another authority, or missing for a certificate that is not public, its log says `failed calling
webhook, failing open … x509: certificate signed by unknown authority` and the pod is created without role and
token; under failurePolicy Fail the pod is refused with `tls: failed to verify certificate: x509: certificate
signed by unknown authority`. Seen in the wild after a certificate was renewed and the bundle was not, and
where cert-manager's annotation `cert-manager.io/inject-ca-from` names another namespace or certificate.

## How to fix
Write the authority that signed the webhook's certificate into `clientConfig.caBundle`, or let cert-manager
do it.

## References
- https://kubernetes.io/docs/reference/kubernetes-api/definitions/webhook-client-config-v1-admissionregistration/
- https://github.com/rancher/rke2/issues/2269
- https://github.com/aws/amazon-eks-pod-identity-webhook/issues/68
- https://cert-manager.io/docs/concepts/ca-injector/
"""

import json
from collections.abc import Iterator

from keystone_check.checks import calling
from keystone_check.checks.calling import Injections
from keystone_check.checks.injecting import is_injected
from keystone_check.model.facts import Subjects
from keystone_check.model.finding import Evidence, Finding, Repair, Safety, Severity, broken
from keystone_check.model.injection import Webhook

severity = Severity.HIGH
DAY = 86400


def judge(webhooks: Subjects[Webhook], injections: Injections, now: int) -> Iterator[Finding]:
    """One finding a webhook: by its bundle, and by what a dry run came to."""
    for name, webhook in calling.each(webhooks):
        yield webhook if isinstance(webhook, Finding) else _judged(name, webhook, injections, now)


def _judged(name: str, webhook: Webhook, injections: Injections, now: int) -> Finding:
    defect = (
        _unusable(webhook, now) or _of_dry_run(webhook, injections) or _without_bundle(webhook, injections)
    )
    if defect:
        return _amiss(name, webhook, *defect)
    told = "" if webhook.authorities else "it has no CA bundle: the roots of the API servers' hosts suffice"
    return calling.proven(name, injections, told)


def _unusable(webhook: Webhook, now: int) -> tuple[str, str] | None:
    """What is wrong with the bundle as it stands, and what was seen."""
    if webhook.unreadable:
        return f"its CA bundle cannot be read: {webhook.unreadable}", webhook.unreadable
    if webhook.authorities and all(now > it.not_after or now < it.not_before for it in webhook.authorities):
        days = min(abs(now - it.not_after) for it in webhook.authorities) // DAY
        names = ", ".join(it.subject for it in webhook.authorities)
        return f"its CA bundle is expired by {days} days: {names}", f"{names}, expired {days} days ago"
    return None


def _of_dry_run(webhook: Webhook, injections: Injections) -> tuple[str, str] | None:
    said = calling.refusal(webhook, injections)
    if not said or calling.concerns(said, (*calling.NAME, *calling.TIME)):
        return None
    names = ", ".join(it.subject for it in webhook.authorities) or "none"
    return f"its CA bundle ({names}) does not fit the certificate that it shows", said


def _without_bundle(webhook: Webhook, injections: Injections) -> tuple[str, str] | None:
    """A name of the cluster's own stands in no certificate of a public authority."""
    if webhook.authorities or not webhook.service or any(is_injected(shown) for _, shown in injections):
        return None
    return "its CA bundle is empty, so only authorities of the API server's host are trusted", "no bundle"


def _amiss(name: str, webhook: Webhook, message: str, seen: str) -> Finding:
    source = f"mutatingwebhookconfiguration {webhook.configuration}"
    return broken(
        name,
        message,
        Evidence(source, "the authority that signed the webhook's certificate", seen),
        Repair(
            "write the right authority into the registration",
            Safety.MANUAL,
            "the certificate that the webhook shows is seen by the API server alone",
            steps=tuple(_steps(webhook)),
        ),
    )


def _steps(webhook: Webhook) -> Iterator[str]:
    namespace, _, service = webhook.service.partition("/")
    if not service:
        yield f"kubectl edit mutatingwebhookconfiguration {webhook.configuration}"
        yield f"# clientConfig.caBundle: the authority that signed {webhook.url}'s certificate, in base64"
        return
    yield (
        f"kubectl annotate mutatingwebhookconfiguration {webhook.configuration} --overwrite "
        f"cert-manager.io/inject-ca-from={namespace}/{service}"
    )
    yield f"kubectl -n {namespace} rollout restart deployment/{service}"
    yield f"or from the Secret of its certificate: BUNDLE=$({_bundle(namespace)})"
    yield (
        f"kubectl patch mutatingwebhookconfiguration {webhook.configuration} --type=strategic "
        f'--patch "{_patch(webhook.name)}"'
    )


def _bundle(namespace: str) -> str:
    """cert-manager and most installers keep the authority beside the certificate."""
    return f"kubectl -n {namespace} get secret NAME -o jsonpath='{{.data.ca\\.crt}}'"


def _patch(name: str) -> str:
    """For double quotes of a shell, in which the bundle is put in."""
    patch = json.dumps({"webhooks": [{"name": name, "clientConfig": {"caBundle": "$BUNDLE"}}]})
    return patch.replace('"', '\\"')
