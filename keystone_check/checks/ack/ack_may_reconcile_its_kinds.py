"""Each ACK controller's role grants what reading and writing the kinds in use takes.

## Why it matters
A controller reads every resource at each resync and writes it when it changes. What is refused stands in
the resource's conditions: `ACK.Recoverable` True with AWS's text, and `ACK.ResourceSynced` Unknown:

- `api error AccessDenied: User: … is not authorized to perform: s3:TagResource on resource:
  "arn:aws:s3:::…" because no identity-based policy allows the s3:TagResource action`: buckets are created
  with tags from 1.10
- `is not authorized to perform: eks:CreateAccessEntry on resource: …`
- S3 and Lambda often say no more than `AccessDenied: Access Denied status code: 403` or
  `AccessDeniedException: status code: 403`
- after a create of which a later call was refused: `ACK.Terminal`, `Resource already exists`, and what was
  refused is in the log alone: `RevokeSecurityGroupEgress, … UnauthorizedOperation`, or `iam:TagRole`

The policies that the controllers recommend do not all suffice: those of iam, kms, ssm and others leave out
actions that the code calls, one is no JSON at all (networkfirewall), one names another service
(opensearchserverless), one holds an ARN (cloudwatch), and emrcontainers' is too small. Tags are always
written: the chart sets some by default.

## How to fix
`keystone-check --policy ack` prints the least policy for each controller and the kinds in use; add the
statement that the finding names, or attach it.

## References
- https://aws-controllers-k8s.github.io/community/docs/user-docs/authorization/
- https://github.com/polarsquad/krops/issues/352
- https://github.com/aws-controllers-k8s/community/issues/2849
- https://github.com/aws-controllers-k8s/community/issues/2096
"""

from collections.abc import Iterator
from typing import Any

from keystone_check.checks.granting import READ_BY, Asker, by_hand, grant, own_right
from keystone_check.checks.reconciling import askers
from keystone_check.knowledge.store import facts
from keystone_check.model.aws import Caller
from keystone_check.model.facts import Absent, Missing, Subjects
from keystone_check.model.finding import (
    Evidence,
    Finding,
    Repair,
    Severity,
    blocked,
    broken,
    holds,
    not_applicable,
)
from keystone_check.model.operators import AckKind, Operator
from keystone_check.model.permissions import Permissions
from keystone_check.operators.ack.requirement import INSTALLED, USED
from keystone_check.operators.ack.running import Running
from keystone_check.operators.granted import Refused

severity = Severity.HIGH


def judge(
    operators: Subjects[Operator],
    ack_kinds: Subjects[AckKind],
    role_map: Subjects[str] | Absent,
    permissions: Subjects[Permissions],
    caller: Caller | Missing,
) -> Iterator[Finding]:
    """One finding for each kind in use that lacks something, or one for a controller that lacks nothing."""
    yield from askers(operators, ack_kinds, role_map, permissions, caller, _judged)


def _judged(asker: Asker, one: Running) -> Iterator[Finding]:
    used = asker.asking(lambda need: need.feature == USED)
    found = used.weighed()
    by_kind: dict[str, list[Refused]] = {}
    for refused in found.missing:
        by_kind.setdefault(refused.need.why, []).append(refused)
    granting = grant(asker) if by_kind else None
    yield from (_lacks(used, one, kind, refusals, granting) for kind, refusals in by_kind.items())
    if by_kind:
        return
    if found.unread:
        yield blocked(
            one.name, Missing(asker.role_arn, found.unread[0].because, own_right(asker.permissions))
        )
    elif asker.doubt:
        because = f"{asker.doubt}: nothing that is known here is missing"
        yield blocked(one.name, Missing(one.name, because))
    elif used.needs:
        yield holds(one.name, _tomorrow(asker))
    else:
        yield not_applicable(one.name, "there is no resource of its kinds")


def _tomorrow(asker: Asker) -> str:
    """What kinds that are only installed would ask for."""
    installed = asker.asking(lambda need: need.feature == INSTALLED)
    lacks = {one.need.why for one in installed.weighed().missing}
    if not lacks:
        return ""
    return (
        f"of {', '.join(sorted(lacks))} there are no resources: the role does not grant what they would take"
    )


def _lacks(
    asker: Asker, one: Running, kind: str, refusals: list[Refused], granting: Repair | None
) -> Finding:
    actions = list(dict.fromkeys(it.need.action for it in refusals))
    said = ", ".join(actions[:6]) + (f" and {len(actions) - 6} more" if len(actions) > 6 else "")
    doubt = f"; {asker.doubt}" if asker.doubt else ""
    effect = refusals[0].need.effect
    return broken(
        f"{one.name} {kind}",
        f"role {asker.role} lacks {said} for {kind}; {effect}{_recommended(one, actions)}{doubt}",
        Evidence(f"{READ_BY} of {asker.role}", said, refusals[0].because),
        granting or by_hand(asker, actions[0], *actions[1:]),
    )


def _recommended(one: Running, actions: list[str]) -> str:
    """Whether the policy that the controller's authors recommend has the same gap."""
    told: dict[str, Any] = facts("ack", one.service)
    problems = [str(it) for it in told["recommended_policy_problems"]]
    same = sorted(set(actions) & set(map(str, told["gaps"])))
    gaps = [f"the recommended policy leaves out {', '.join(same)} as well"] if same else []
    wrong = [f"of the recommended policy: {it}" for it in problems]
    return "".join(f"; {it}" for it in (*gaps, *wrong))
