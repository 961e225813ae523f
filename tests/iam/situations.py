"""Documented situations: their callers, their policies with defaults, and the pages that tell the answer."""

from dataclasses import dataclass, field, replace
from typing import Any

from keystone_check.iam.language import Policy, PolicyKind
from keystone_check.iam.layers import Answer, Layer, Layers
from keystone_check.iam.policy import read
from keystone_check.iam.request import AwsPrincipal, Federated, Principal, Request
from keystone_check.model.facts import Missing
from tests.iam.builders import policy, statement

ACCOUNT = "111122223333"
ACCOUNT_ROOT = f"arn:aws:iam::{ACCOUNT}:root"
USER_ARN = f"arn:aws:iam::{ACCOUNT}:user/ann"
ROLE_ARN = f"arn:aws:iam::{ACCOUNT}:role/team/Demo"
SESSION_ARN = f"arn:aws:sts::{ACCOUNT}:assumed-role/Demo/build"
CAROL_ARN = f"arn:aws:sts::{ACCOUNT}:federated-user/Carol"
LINKED_ARN = f"arn:aws:iam::{ACCOUNT}:role/aws-service-role/x.amazonaws.com/AWSServiceRoleForX"
TARGET_ARN = f"arn:aws:iam::{ACCOUNT}:role/Target"

USER = AwsPrincipal(USER_ARN)
SESSION = AwsPrincipal(SESSION_ARN)
CAROL = AwsPrincipal(CAROL_ARN)
ROOT = AwsPrincipal(ACCOUNT_ROOT)
LINKED = AwsPrincipal(f"arn:aws:sts::{ACCOUNT}:assumed-role/AWSServiceRoleForX/x")

Element = dict[str, Any]


def asking(
    principal: Principal = USER, action: str = "s3:GetObject", resource: str = "arn:aws:s3:::b/k"
) -> Request:
    return Request(action, resource, principal, unknown=("aws:unsaid",))


def allowing(kind: PolicyKind = PolicyKind.IDENTITY, action: str = "s3:*") -> Policy:
    return policy(statement(Action=action), kind=kind)


def denying(kind: PolicyKind = PolicyKind.IDENTITY, action: str = "s3:*") -> Policy:
    """A deny of the action beside an allow of everything, as most such policies are written."""
    return policy(statement(Action="*"), statement("Deny", Action=action), kind=kind)


def control(*actions: str, deny: str = "", kind: PolicyKind = PolicyKind.SCP) -> Policy:
    """An SCP or RCP that allows some actions and denies one."""
    named: Element = {"Principal": "*"} if kind is PolicyKind.RCP else {}
    written = [statement(Action=list(actions), **named)] if actions else []
    if deny:
        written.append(statement("Deny", Action=deny, **named))
    return policy(*written, kind=kind)


def bucket(*named: str, effect: str = "Allow", **elements: object) -> Policy:
    """A resource policy on s3:GetObject for these AWS principals."""
    principal: object = "*" if named == ("*",) else {"AWS": list(named)}
    return policy(statement(effect, Principal=principal, **elements), kind=PolicyKind.RESOURCE)


def excepting(*named: str, effect: str = "Deny") -> Policy:
    """A resource policy that says what it says to all but these."""
    body = statement(effect, NotPrincipal={"AWS": list(named)})
    return policy(statement(Principal="*"), body, kind=PolicyKind.RESOURCE)


def trust(
    principal: object, effect: str = "Allow", action: str = "sts:AssumeRole", **elements: object
) -> Policy:
    body: Element = {"Effect": effect, "Principal": principal, "Action": action, **elements}
    return policy(body, kind=PolicyKind.TRUST)


# Pages by guide: IAM is https://docs.aws.amazon.com/IAM/latest/UserGuide/, STS …/STS/latest/APIReference/,
# organizations …/organizations/latest/userguide/, kms …/kms/latest/developerguide/.
LOGIC = "IAM/reference_policies_evaluation-logic.html"
STEPS = "IAM/reference_policies_evaluation-logic_policy-eval-denyallow.html"
BASICS = "IAM/reference_policies_evaluation-logic_policy-eval-basics.html"
CROSS = "IAM/reference_policies_evaluation-logic-cross-account.html"
SHARING = "IAM/access_policies-cross-account-resource-access.html"
BOUNDARIES = "IAM/access_policies_boundaries.html"
TYPES = "IAM/access_policies.html"
PRINCIPAL = "IAM/reference_policies_elements_principal.html"
NOT_PRINCIPAL = "IAM/reference_policies_elements_notprincipal.html"
FEDERATION = "IAM/id_credentials_temp_control-access_getfederationtoken.html"
COMPARISON = "IAM/id_credentials_sts-comparison.html"
SCPS = "organizations/orgs_manage_policies_scps.html"
SCP_LEVELS = "organizations/orgs_manage_policies_scps_evaluation.html"
RCPS = "organizations/orgs_manage_policies_rcps.html"
RCP_LEVELS = "organizations/orgs_manage_policies_rcps_evaluation.html"
ASSUMING = "STS/API_AssumeRole.html"
KEYS = "kms/key-policy-default.html"

ALLOWED, DENIED, UNDECIDED = Answer.ALLOWED, Answer.DENIED, Answer.UNDECIDED
B, S = PolicyKind.BOUNDARY, PolicyKind.SESSION
ALL = allowing()
ELSE = allowing(action="ec2:*")
BOUND, NARROW = allowing(B), allowing(B, "ec2:*")
HELD, TIGHT = allowing(S), allowing(S, "ec2:*")
FULL = control("*")
RCP_FULL = control("*", kind=PolicyKind.RCP)
GONE = Missing("scps", "organizations:ListPoliciesForTarget: AccessDenied", "organizations:List*")
BROKEN = read("{}", PolicyKind.IDENTITY)
OPEN = {"StringEquals": {"aws:unsaid": "x"}}
PERHAPS = policy(statement("Deny", Condition=OPEN))
ASSUME = asking(USER, "sts:AssumeRole", TARGET_ARN)
ASSUME_SESSION = replace(ASSUME, principal=SESSION)
MAY_ASSUME = allowing(action="sts:AssumeRole")
PROVIDER = f"arn:aws:iam::{ACCOUNT}:oidc-provider/issuer.example"
WEB = asking(Federated(PROVIDER), "sts:AssumeRoleWithWebIdentity", TARGET_ARN)
TRUSTS_WEB = trust({"Federated": PROVIDER}, action="sts:AssumeRoleWithWebIdentity")


@dataclass(frozen=True)
class Case:
    """One situation: what AWS's page says of these layers, and which layer decides."""

    law: str
    page: str
    answer: Answer
    layer: Layer
    layers: Layers
    request: Request = field(default_factory=asking)


def case(
    law: str,
    page: str,
    answer: Answer,
    layer: Layer,
    caller: Principal = USER,
    request: Request | None = None,
    **layers: Any,
) -> Case:
    return Case(law, page, answer, layer, Layers(**layers), request or asking(caller))
