"""What STS itself answers to a fresh token of each bound service account.

The call needs no credentials and no right. What it hands out is dropped before the answer is looked at.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from keystone_check.model.cluster import ServiceAccount
from keystone_check.model.exchange import GRANTED, Answer
from keystone_check.model.facts import Absent, Missing, Subjects
from keystone_check.model.world import Expected
from keystone_check.probes import rights
from keystone_check.probes.limits import side_by_side
from keystone_check.probes.refusals import ReadError, said

if TYPE_CHECKING:  # the clients are loaded when a fact of theirs is asked for, not with this room
    from keystone_check.probes.aws import Aws
    from keystone_check.probes.kube import Kube

SESSION_NAME = "keystone-check"
"""As CloudTrail will show our calls."""
NO_ANSWER = frozenset({"Throttling", "ThrottlingException", "RequestLimitExceeded"})


def answers(kube: Kube, aws: Aws, expected: Expected, accounts: Subjects[ServiceAccount]) -> Subjects[Answer]:
    """STS's answer for each account that is there; one call each, to the region's own endpoint."""
    client = aws.anonymous(rights.ASSUME.service)
    there = [(name, account) for name, account in accounts if not isinstance(account, Absent)]

    def ask(entry: tuple[str, ServiceAccount | Missing]) -> tuple[str, Answer | Missing]:
        name, account = entry
        if isinstance(account, Missing):
            return name, account
        try:
            return name, _answer(kube, aws, client, expected, account)
        except ReadError as refusal:
            return name, said(refusal, NO_ANSWER, Answer) or refusal.missing(name)

    return Subjects(tuple(side_by_side(ask, there)))


def _answer(kube: Kube, aws: Aws, client: Any, expected: Expected, account: ServiceAccount) -> Answer:
    token = kube.mint(account.namespace, account.name, account.audience(expected.audience))
    return aws.read(
        rights.ASSUME,
        f"{account.namespace}/{account.name}",
        "",
        lambda _: GRANTED,
        client=client,
        RoleArn=account.role_arn,
        RoleSessionName=SESSION_NAME,
        WebIdentityToken=token.reveal(),
        DurationSeconds=expected.session_seconds,
    )
