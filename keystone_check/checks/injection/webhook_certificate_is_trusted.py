"""The API server trusts the webhook's certificate.

## Why it matters
The API server trusts a webhook by the CA bundle of its registration alone. Where that is empty, expired or
of another authority, its log says `failed calling webhook, failing open … x509: certificate signed by
unknown authority` and the pod is created without role and token; under failurePolicy Fail the pod is
refused with `tls: failed to verify certificate: x509: certificate signed by unknown authority`. Seen in the
wild after a certificate was renewed and the bundle was not, and where cert-manager's annotation
`cert-manager.io/inject-ca-from` names another namespace or certificate.

## How to fix
Write the authority that signed the webhook's certificate into `clientConfig.caBundle`, or let cert-manager
do it.

## References
- https://github.com/rancher/rke2/issues/2269
- https://github.com/aws/amazon-eks-pod-identity-webhook/issues/68
- https://cert-manager.io/docs/concepts/ca-injector/
"""

from collections.abc import Iterator

from keystone_check.checks.injecting import is_injected
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
from keystone_check.model.injection import DryRun, Refused, Webhook

severity = Severity.HIGH
DAY = 86400


def judge(webhooks: Subjects[Webhook], injections: Subjects[DryRun | Refused], now: int) -> Iterator[Finding]:
    """One finding a webhook: by its bundle, and by what a dry run came to."""
    for name, webhook in webhooks:
        if isinstance(webhook, Absent | Missing):
            yield gap(name, webhook)
        elif not webhook.service:
            yield not_applicable(name, f"it is called at {webhook.url}, with a certificate of the web's")
        else:
            yield _judged(name, webhook, injections, now)


def _judged(name: str, webhook: Webhook, injections: Subjects[DryRun | Refused], now: int) -> Finding:
    defect = _of_bundle(webhook, now) or _of_dry_run(webhook, injections)
    if defect:
        return _amiss(name, webhook, *defect)
    if any(is_injected(shown) for _, shown in injections):
        return holds(name, f"{_days(webhook, now)} days are left of its CA bundle")
    for _, shown in injections:
        if isinstance(shown, Missing):
            return blocked(name, shown)
    return not_applicable(
        name, "its CA bundle is in order by itself, and no dry run came back from it as proof"
    )


def _of_bundle(webhook: Webhook, now: int) -> tuple[str, str] | None:
    """What is wrong, and what was seen."""
    if webhook.unreadable:
        return f"its CA bundle cannot be read: {webhook.unreadable}", webhook.unreadable
    if not webhook.authorities:
        return "its CA bundle is empty, so only authorities of the API server's host are trusted", "no bundle"
    if all(now > it.not_after or now < it.not_before for it in webhook.authorities):
        days = min(abs(now - it.not_after) for it in webhook.authorities) // DAY
        names = ", ".join(it.subject for it in webhook.authorities)
        return f"its CA bundle is expired by {days} days: {names}", f"{names}, expired {days} days ago"
    return None


def _of_dry_run(webhook: Webhook, injections: Subjects[DryRun | Refused]) -> tuple[str, str] | None:
    for _, shown in injections.seen():
        said = shown.message if isinstance(shown, Refused) else ""
        if f'failed calling webhook "{webhook.name}"' in said and "x509:" in said:
            names = ", ".join(it.subject for it in webhook.authorities)
            return f"its CA bundle ({names}) does not fit the certificate that it shows", said
    return None


def _days(webhook: Webhook, now: int) -> int:
    return (max(it.not_after for it in webhook.authorities) - now) // DAY


def _amiss(name: str, webhook: Webhook, message: str, seen: str) -> Finding:
    source = f"mutatingwebhookconfiguration {webhook.configuration}"
    namespace, _, service = webhook.service.partition("/")
    return broken(
        name,
        message,
        Evidence(source, "the authority that signed the webhook's certificate", seen),
        Repair(
            "write the right authority into the registration",
            Safety.MANUAL,
            "the certificate that the webhook shows is seen by the API server alone",
            steps=(
                f"kubectl annotate mutatingwebhookconfiguration {webhook.configuration} --overwrite "
                f"cert-manager.io/inject-ca-from={namespace}/{service}",
                f"kubectl -n {namespace} rollout restart deployment/{service}",
            ),
        ),
    )
