"""Whether whoever runs this may write a plan's changes, asked before the first of them is written."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from keystone_check.model.access import Access
from keystone_check.model.change import Change, SetAnnotation
from keystone_check.model.selector import SetNamespaceSelector
from keystone_check.model.workload import RestartWorkload
from keystone_check.probes.refusals import ReadError
from keystone_check.probes.rights import AwsAsk, KubeAsk
from keystone_check.remedy.apply.rights import needed, resource
from keystone_check.remedy.apply.standing import Hands

InCluster = SetAnnotation | SetNamespaceSelector | RestartWorkload
REVIEW = KubeAsk("create", "selfsubjectaccessreviews", "authorization.k8s.io", given_by="system:basic-user")
SIMULATE = AwsAsk("iam", "SimulatePrincipalPolicy", "iam:SimulatePrincipalPolicy")


@dataclass(frozen=True, slots=True)
class Rights:
    """What is known of the rights that a plan takes."""

    lacking: tuple[str, ...] = ()
    """Known to be missing: the right, and on what."""
    unchecked: tuple[str, ...] = ()
    """What nobody could ask beforehand, and why."""


def rights(access: Access, caller: str, changes: Sequence[Change]) -> Rights:
    """Ask Kubernetes and IAM, as far as they answer; `caller` is the ARN of who asks AWS."""
    hands = Hands(access)
    asked = [(ask, change) for change in changes for ask in needed(change)]
    kube = list(
        dict.fromkeys((a, c) for a, c in asked if isinstance(a, KubeAsk) and isinstance(c, InCluster))
    )
    aws = list(
        dict.fromkeys((a.action, resource(a, c)) for a, c in asked if isinstance(a, AwsAsk) and a.action)
    )
    lacking, unchecked = list[str](), list[str]()
    try:
        lacking += _refused_by_kubernetes(hands, kube)
    except ReadError as error:
        unchecked.append(f"the rights in the cluster: {error.message}")
    try:
        lacking += _refused_by_aws(hands, principal(caller), aws) if aws else ()
    except ReadError as error:
        unchecked.append(f"the rights in AWS: {error.message}")
    return Rights(tuple(lacking), tuple(unchecked))


def _refused_by_kubernetes(hands: Hands, asks: Sequence[tuple[KubeAsk, InCluster]]) -> Iterator[str]:
    for ask, change in dict.fromkeys((ask, _place(change)) for ask, change in asks):
        namespace, name = change
        wanted = {
            "verb": ask.verb,
            "group": ask.group,
            "resource": ask.resource,
            "namespace": namespace,
            "name": name,
        }
        review = {
            "apiVersion": "authorization.k8s.io/v1",
            "kind": "SelfSubjectAccessReview",
            "spec": {"resourceAttributes": wanted},
        }
        path = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews"
        answer = hands.kube.request("POST", path, review, ask=REVIEW)
        if answer.get("status", {}).get("allowed") is False:
            yield f"{ask.permission} {namespace}/{name}".replace(" /", " ")


def _place(change: InCluster) -> tuple[str, str]:
    """Namespace and name; what lies in no namespace has none."""
    if isinstance(change, SetNamespaceSelector):
        return "", change.configuration
    return change.namespace, change.name


def principal(caller: str) -> str:
    """The user or role whose policies can be simulated; empty for the account's root.

    A session's ARN does not tell the path of its role.
    """
    parts = caller.split(":", 5)
    kind, _, rest = parts[-1].partition("/")
    if kind == "assumed-role":
        return f"{parts[0]}:{parts[1]}:iam::{parts[4]}:role/{rest.partition('/')[0]}"
    return caller if kind in ("user", "role") else ""


def _refused_by_aws(hands: Hands, source: str, asks: Sequence[tuple[str, str]]) -> Iterator[str]:
    """An explicit denial counts for all; that nothing allows it, only where no bucket policy could.

    https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulatePrincipalPolicy.html
    """
    if not source:
        return  # nothing is denied to the root of an account but by its organization
    for arn in dict.fromkeys(arn for _, arn in asks):
        actions = [action for action, of in asks if of == arn]
        answer = hands.aws.ask(
            SIMULATE, source, PolicySourceArn=source, ActionNames=actions, ResourceArns=[arn]
        )
        for result in answer["EvaluationResults"]:
            action, decision = result["EvalActionName"], result["EvalDecision"]
            if decision == "explicitDeny" or (decision == "implicitDeny" and not _by_bucket(action)):
                yield f"{action} on {arn}"


def _by_bucket(action: str) -> bool:
    """Whether the bucket's own policy may allow it to whoever has no policy of his own for it."""
    return action.startswith("s3:") and "Account" not in action
