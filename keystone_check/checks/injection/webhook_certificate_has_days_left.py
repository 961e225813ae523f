"""The webhook's certificate is valid now, and its authority for days to come.

## Why it matters
When one of them ends, no pod that is created from then on gets a role and a token, while all that run go on:
the defect shows at the next rollout or when a node is lost. The API server's log says `failed calling
webhook, failing open … x509: certificate has expired or is not yet valid: current time … is after …`; under
failurePolicy Fail every pod is refused with these words. Self-signed installs put the certificate itself into
the CA bundle, so that the bundle ends with it. The certificate itself is seen by the API servers alone: what
they make of it shows in a dry run.

## How to fix
Renew the certificate, and find out why it did not renew itself; then restart the webhook.

## References
- https://github.com/aws/amazon-eks-pod-identity-webhook/issues/68
- https://github.com/aellwein/cert-manager-webhook-netcup/issues/62
- https://cert-manager.io/docs/usage/certificate/#renewal
- https://pkg.go.dev/crypto/x509#CertificateInvalidError
"""

from collections.abc import Iterator

from keystone_check.checks import calling, serving
from keystone_check.checks.calling import Injections
from keystone_check.model.facts import Subjects
from keystone_check.model.finding import Evidence, Finding, Severity, broken, not_applicable
from keystone_check.model.injection import Webhook
from keystone_check.model.web import Certificate

severity = Severity.MEDIUM
FEW_DAYS = 14
"""Too few, or a tenth of the authority's whole life where that is shorter: cert-manager renews earlier."""
DAY = 86400


def judge(webhooks: Subjects[Webhook], injections: Injections, now: int) -> Iterator[Finding]:
    """One finding a webhook: by what a dry run came to, and by the end of its bundle."""
    for name, webhook in calling.each(webhooks):
        yield webhook if isinstance(webhook, Finding) else _judged(name, webhook, injections, now)


def _judged(name: str, webhook: Webhook, injections: Injections, now: int) -> Finding:
    said = calling.refusal(webhook, injections)
    if calling.concerns(said, calling.TIME):
        seen = said.partition("x509: ")[2]
        return _ends(name, webhook, f"the certificate that it shows is not valid now: {seen}", seen)
    valid = [it for it in webhook.authorities if it.not_before <= now <= it.not_after]
    if not valid:
        return not_applicable(name, f"no valid CA bundle tells how long it lasts: {calling.UNSEEN}")
    last = max(valid, key=lambda it: it.not_after)
    left = (last.not_after - now) // DAY
    if last.not_after - now < _few(last):
        said = f"its CA bundle ends in {left} days: {last.subject}, on {serving.day(last.not_after)}"
        return _ends(name, webhook, said, f"{left} days")
    return calling.proven(name, injections, f"{left} days are left of its CA bundle")


def _few(authority: Certificate) -> int:
    return min(FEW_DAYS * DAY, (authority.not_after - authority.not_before) // 10)


def _ends(name: str, webhook: Webhook, message: str, seen: str) -> Finding:
    return broken(
        name,
        message,
        Evidence(f"webhook {webhook.name}", f"{FEW_DAYS} days or more", seen),
        calling.renew(webhook, "renew the webhook's certificate and its authority"),
    )
