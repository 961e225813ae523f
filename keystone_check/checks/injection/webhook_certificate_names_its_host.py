"""The webhook's certificate is for the name by which the API server calls it.

## Why it matters
A webhook behind a Service is called `NAME.NAMESPACE.svc`, one by URL as its host; that stands in the
certificate, as a DNS name or an address. After a Service was renamed or moved the API server's log says
`failed calling webhook, failing open … x509: certificate is valid for pod-identity-webhook.default.svc, not
pod-identity-webhook.kube-system.svc`, and pods are created without role and token; under failurePolicy Fail
they are refused with the same words. Old certificates with a name in the subject alone give `x509:
certificate relies on legacy Common Name field, use SANs instead`, those without an address `x509: cannot
validate certificate for 10.0.0.5 because it doesn't contain any IP SANs`. The certificate is seen by the API
servers alone: what they make of it shows in a dry run.

## How to fix
Issue the certificate for `NAME.NAMESPACE.svc` (`dnsNames` of a cert-manager Certificate), then restart the
webhook.

## References
- https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/#service-reference
- https://pkg.go.dev/crypto/x509#HostnameError
- https://github.com/spidernet-io/spiderpool/issues/773
- https://cert-manager.io/docs/usage/certificate/
"""

from collections.abc import Iterator
from urllib.parse import urlsplit

from keystone_check.checks import calling
from keystone_check.checks.calling import Injections
from keystone_check.model.facts import Subjects
from keystone_check.model.finding import Evidence, Finding, Severity, broken
from keystone_check.model.injection import Webhook

severity = Severity.HIGH


def judge(webhooks: Subjects[Webhook], injections: Injections) -> Iterator[Finding]:
    """One finding a webhook, by what a dry run came to."""
    for name, webhook in calling.each(webhooks):
        yield webhook if isinstance(webhook, Finding) else _judged(name, webhook, injections)


def _judged(name: str, webhook: Webhook, injections: Injections) -> Finding:
    said = calling.refusal(webhook, injections)
    if not calling.concerns(said, calling.NAME):
        return calling.proven(name, injections, "")
    seen = said.partition("x509: ")[2]
    return broken(
        name,
        f"it is called as {_host(webhook)}: {seen}",
        Evidence("create pods, as a dry run", f"a certificate for {_host(webhook)}", seen),
        calling.renew(webhook, "issue the certificate for the name by which the webhook is called"),
    )


def _host(webhook: Webhook) -> str:
    namespace, _, service = webhook.service.partition("/")
    return f"{service}.{namespace}.svc" if service else urlsplit(webhook.url).hostname or webhook.url
