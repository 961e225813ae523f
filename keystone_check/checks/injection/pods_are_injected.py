"""A new pod of a bound service account gets the role, the token and its mount.

## Why it matters
Proven by a dry run: the API server is asked for a pod of the account, asks its webhooks and shows what
would come of it; nothing is created. A pod that gets no `AWS_ROLE_ARN`, no `AWS_WEB_IDENTITY_TOKEN_FILE` or
no volume starts all the same, and its SDK says `Unable to locate credentials`, `NoCredentialProviders: no
valid providers in chain`, or takes the node's role. A webhook that must not fail and does gives `Internal
error occurred: failed calling webhook`. One that may fail leaves a line in the API server's log alone:
`Failed calling webhook, failing open pod-identity-webhook.amazonaws.com: failed calling webhook …: x509:
certificate signed by unknown authority`. A webhook that runs may also not know the account: it was annotated
a moment before, or the webhook may not list service accounts.

## How to fix
Mend what the other checks of this link say. Where they hold, the API server does not trust the webhook's
certificate, or the webhook does not see the account: look into the log of both, and restart the webhook.

## References
- https://github.com/rancher/rke2/issues/2269
- https://github.com/aws/amazon-eks-pod-identity-webhook/issues/83
- https://github.com/aws/amazon-eks-pod-identity-webhook/issues/174
- https://kubernetes.io/docs/reference/using-api/api-concepts/#dry-run
"""

from collections.abc import Iterator

from keystone_check.checks.injecting import equipped, failed_call, is_injected, token_volumes
from keystone_check.model.cluster import ServiceAccount
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
from keystone_check.model.injection import ROLE, TOKEN_FILE, DryRun, Namespace, Refused, Shape, Webhook

severity = Severity.HIGH
SOURCE = "create pods, as a dry run"


def judge(
    accounts: Subjects[ServiceAccount],
    injections: Subjects[DryRun | Refused],
    webhooks: Subjects[Webhook] | Missing,
    namespaces: Subjects[Namespace] | Missing,
) -> Iterator[Finding]:
    """One finding a bound service account that names a role."""
    others = any(is_injected(shown) for _, shown in injections)
    ignored = _open(injections, webhooks)
    for name, account in accounts:
        if isinstance(account, Absent | Missing):
            yield gap(name, account)
        elif account.role_arn:
            asked = others and _is_asked(account.namespace, webhooks, namespaces)
            yield _judged(name, injections[name], webhooks, ignored, asked)


def _open(injections: Subjects[DryRun | Refused], webhooks: Subjects[Webhook] | Missing) -> str:
    """That a webhook's calls fail unheard: no pod of any account gets anything from one that may fail."""
    if isinstance(webhooks, Missing) or len(injections.entries) < 2:
        return ""
    ignored = [it.name for _, it in webhooks.seen() if it.failure_policy == "Ignore"]
    bare = all(isinstance(shown, DryRun) and not is_injected(shown) for _, shown in injections)
    return ", ".join(ignored) if bare else ""


def _judged(
    name: str,
    shown: DryRun | Refused | Absent | Missing,
    webhooks: Subjects[Webhook] | Missing,
    ignored: str,
    asked: bool,
) -> Finding:
    match shown:
        case Absent() | Missing():
            return gap(name, shown)
        case Refused(message=message):
            if failed_call(shown):
                said = f"the API server refuses every new pod of it: {message}"
                return broken(name, said, Evidence(SOURCE, "a pod with role and token", message), _look())
            return blocked(name, Missing(name, f"the API server takes no dry run of a pod: {message}"))
        case DryRun() if is_injected(shown):
            return holds(name, "; ".join(f"the API server warns: {it}" for it in shown.warnings))
        case DryRun(shape=shape):
            return _bare(name, shape, webhooks, ignored, asked)


def _is_asked(
    name: str, webhooks: Subjects[Webhook] | Missing, namespaces: Subjects[Namespace] | Missing
) -> bool:
    """Whether a webhook is asked about pods of this namespace, as far as can be seen."""
    if isinstance(webhooks, Missing) or isinstance(namespaces, Missing):
        return False
    space = namespaces[name]
    return isinstance(space, Namespace) and any(
        all(it.met(space.labels) for it in webhook.namespaces) for _, webhook in webhooks.seen()
    )


def _bare(
    name: str, shape: Shape, webhooks: Subjects[Webhook] | Missing, ignored: str, asked: bool
) -> Finding:
    if isinstance(webhooks, Missing):
        return blocked(name, webhooks)
    if not webhooks.entries:
        return not_applicable(name, "there is no webhook that would give pods anything")
    lacking = ", ".join(_lacking(shape))
    whole = asked and not token_volumes(shape)
    why = "; the webhook serves others and has not (yet) seen its annotation" if whole else ""
    return broken(
        name,
        f"a new pod of it lacks {lacking}{_unheard(ignored) if ignored else why}",
        Evidence(SOURCE, f"{ROLE}, {TOKEN_FILE}, a projected token and its mount", f"without {lacking}"),
        _look(),
    )


def _unheard(webhooks: str) -> str:
    return (
        f", and no other account's gets it: where {webhooks} is asked its call fails open, and the log of the"
        " API server has the reason (`failing open`), such as a certificate that it does not trust (`x509:`)"
    )


def _lacking(shape: Shape) -> Iterator[str]:
    yield from (name for name in (ROLE, TOKEN_FILE) if not all(it.sets(name) for it in shape.containers))
    if not token_volumes(shape):
        yield "the projected token"
    elif not equipped(shape):
        yield "a mount of the token where the variable says"


def _look() -> Repair:
    return Repair(
        "look why the webhook did not act, and restart it",
        Safety.MANUAL,
        "the reason stands in the logs of the webhook and of the API server",
        steps=(
            "kubectl get pods --all-namespaces -l app=pod-identity-webhook",
            "kubectl -n NAMESPACE logs deployment/pod-identity-webhook",
            "kubectl -n NAMESPACE rollout restart deployment/pod-identity-webhook",
        ),
    )
