"""What the checks of a webhook's certificate share: what a dry run tells of it, and how it is renewed."""

from collections.abc import Iterator

from keystone_check.checks.injecting import is_injected
from keystone_check.model.facts import Absent, Missing, Subjects
from keystone_check.model.finding import Finding, Repair, Safety, blocked, gap, holds, not_applicable
from keystone_check.model.injection import DryRun, Refused, Webhook

Injections = Subjects[DryRun | Refused]
NAME = (
    "certificate is valid for",
    "certificate is not valid for any names",
    "doesn't contain any IP SANs",
    "relies on legacy Common Name field",
)
"""How Go's crypto/x509 begins what it says of a certificate for another name."""
TIME = ("certificate has expired or is not yet valid",)
UNSEEN = "its certificate is seen by the API servers alone"


def each(webhooks: Subjects[Webhook]) -> Iterator[tuple[str, Webhook | Finding]]:
    """The webhooks, or why one is not judged."""
    for name, webhook in webhooks:
        yield name, gap(name, webhook) if isinstance(webhook, Absent | Missing) else webhook


def refusal(webhook: Webhook, injections: Injections) -> str:
    """What the API server said of its certificate when a dry run had to be refused; empty: nothing."""
    for _, shown in injections.seen():
        said = shown.message if isinstance(shown, Refused) else ""
        if f'failed calling webhook "{webhook.name}"' in said and "x509:" in said:
            return said
    return ""


def concerns(said: str, words: tuple[str, ...]) -> bool:
    """Whether it is one of these that the API server said."""
    return any(one in said for one in words)


def proven(name: str, injections: Injections, message: str) -> Finding:
    """That a dry run came through says that the API server accepted the certificate."""
    if any(is_injected(shown) for _, shown in injections):
        return holds(name, message)
    for _, shown in injections:
        if isinstance(shown, Missing):
            return blocked(name, shown)
    return not_applicable(name, f"{UNSEEN}, and no dry run came back from it as proof")


def renew(webhook: Webhook, title: str) -> Repair:
    """By hand: the certificate is made and kept where nobody looks from here."""
    namespace, _, service = webhook.service.partition("/")
    inside = (
        f"kubectl -n {namespace} get certificates.cert-manager.io,secrets",
        f"# it has to be for {service}.{namespace}.svc, and for days to come",
        f"kubectl -n {namespace} rollout restart deployment/{service}",
    )
    outside = (f"renew the certificate of {webhook.url}, and write its authority into clientConfig.caBundle",)
    reason = "the certificate is made and kept in the cluster, or outside of it"
    return Repair(title, Safety.MANUAL, reason, steps=inside if service else outside)
