"""What EC2 answers to dry runs of Karpenter's calls, made with credentials of Karpenter's own role.

DryRun has EC2 decide whether the caller may, and do nothing; it answers with an error in either case:
https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_RunInstances.html. The credentials stay in the one
client that is made of them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from keystone_check.model.cluster import ServiceAccount
from keystone_check.model.facts import Absent, Missing, Subjects
from keystone_check.model.launching import Selection
from keystone_check.model.operators import Operator
from keystone_check.model.opinion import DryRun, DryRuns
from keystone_check.model.world import Expected
from keystone_check.operators.karpenter.dry_running import FIND_TEMPLATES, Call, calls
from keystone_check.operators.karpenter.requirement import requirement
from keystone_check.operators.karpenter.running import Around, installation, running
from keystone_check.probes.asks import AwsAsk
from keystone_check.probes.exchanges import NO_ANSWER, SESSION_NAME
from keystone_check.probes.limits import side_by_side
from keystone_check.probes.refusals import ReadError, said

if TYPE_CHECKING:  # the clients are loaded when a fact of theirs is asked for, not with this room
    from keystone_check.probes.aws import Aws
    from keystone_check.probes.kube import Kube

Templates = Mapping[str, str]
Calls = Callable[[Templates], Iterator[Call | Absent | Missing]]
_ENCODED = re.compile(r"\s*Encoded authorization failure message: \S+")
_POOL = "karpenter.sh/nodepool"
LONGEST = 400
"""Characters that are kept of a message."""


@dataclass(frozen=True, slots=True)
class Launcher:
    """A Karpenter whose calls are tried."""

    name: str
    account: ServiceAccount
    region: str
    cluster: str
    calls: Calls


def launchers(
    operators: Subjects[Operator],
    accounts: Subjects[ServiceAccount],
    around: Around,
    selections: Subjects[Selection],
) -> list[Launcher]:
    """Every Karpenter that has a role and of which it is known what it asks."""
    found = []
    for one in running(operators):
        account, installed = accounts[one.operator.account], installation(one, around)
        if isinstance(account, ServiceAccount) and account.role_arn and installed:
            planned = partial(
                calls, installed, requirement(installed), around.node_classes, around.node_pools, selections
            )
            found.append(Launcher(one.name, account, installed.region, installed.cluster, planned))
    return found


def dry_runs(kube: Kube, aws: Aws, expected: Expected, launchers: list[Launcher]) -> Subjects[DryRuns]:
    """By Karpenter."""
    return Subjects(tuple((one.name, _of(kube, aws, expected, one)) for one in launchers))


def _of(kube: Kube, aws: Aws, expected: Expected, one: Launcher) -> DryRuns | Absent | Missing:
    try:
        client = _client(kube, aws, expected, one)
    except ReadError as refusal:
        return said(refusal, NO_ANSWER, lambda code, _: no_session(one.name, code)) or refusal.missing(
            one.name
        )
    templates, first = _templates(aws, client, one)
    planned = tuple(one.calls(templates))
    found = (first, *side_by_side(lambda it: _made(aws, client, it), planned))
    made = tuple(it for it in found if isinstance(it, DryRun))
    return DryRuns(made, tuple(it for it in found if not isinstance(it, DryRun)))


def no_session(name: str, code: str) -> Absent:
    """Karpenter has no credentials of its role: there is nothing to call EC2 with."""
    return Absent(name, f"STS hands out no credentials for {name} ({code}), so EC2 was not called")


def _client(kube: Kube, aws: Aws, expected: Expected, one: Launcher) -> Any:
    account = one.account
    token = kube.mint(account.namespace, account.name, account.audience(expected.audience))
    return aws.assuming(
        "ec2",
        one.region,
        one.name,
        RoleArn=account.role_arn,
        RoleSessionName=SESSION_NAME,
        WebIdentityToken=token.reveal(),
        DurationSeconds=expected.session_seconds,
    )


def _templates(aws: Aws, client: Any, one: Launcher) -> tuple[Templates, DryRun | Missing]:
    """Karpenter's launch templates by node pool, and how EC2 answered; this describe is made for real."""
    tag = {"Name": f"tag:kubernetes.io/cluster/{one.cluster}", "Values": ["owned"]}
    asked = DryRun(FIND_TEMPLATES, "", {"tag": f"kubernetes.io/cluster/{one.cluster}"})
    try:
        found = aws.read(_ask(FIND_TEMPLATES), one.name, one.region, _by_pool, client=client, Filters=[tag])
    except ReadError as refusal:
        return {}, _answered(refusal, asked) or refusal.missing(FIND_TEMPLATES)
    return found, asked


def _by_pool(answer: Mapping[str, Any]) -> Templates:
    found: dict[str, str] = {}
    for one in answer["LaunchTemplates"]:
        tags = {it["Key"]: it["Value"] for it in one.get("Tags", ())}
        found.setdefault(tags.get(_POOL, ""), one["LaunchTemplateId"])
    return found


def _made(aws: Aws, client: Any, call: Call | Absent | Missing) -> DryRun | Absent | Missing:
    if not isinstance(call, Call):
        return call
    asked = DryRun(call.operation, call.node_class, call.told)
    what = f"for {call.node_class}" if call.node_class else ""
    try:
        aws.read(
            _ask(call.operation),
            what,
            "",
            lambda answer: answer,
            client=client,
            DryRun=True,
            **call.parameters,
        )
    except ReadError as refusal:
        return _answered(refusal, asked) or refusal.missing(f"{call.operation} {what}".rstrip())
    return asked


def _answered(refusal: ReadError, asked: DryRun) -> DryRun | None:
    def answer(code: str, message: str) -> DryRun:
        readable = _ENCODED.sub("", message).strip()[:LONGEST]
        return DryRun(asked.operation, asked.node_class, asked.told, code, readable)

    return said(refusal, NO_ANSWER, answer)


def _ask(operation: str) -> AwsAsk:
    """The role's right, and none of ours."""
    service, _, name = operation.partition(":")
    return AwsAsk(service, name, "")
