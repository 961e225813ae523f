"""What CloudTrail recorded of the exchanges: one pass over the region's event history for all roles.

An event's form: https://docs.aws.amazon.com/IAM/latest/UserGuide/cloudtrail-integration.html
Twelve hours, 50 events a page, two requests a second in an account and region:
https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_LookupEvents.html
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from keystone_check.model.cluster import ServiceAccount
from keystone_check.model.exchange import Event, Recorded, Trail, nothing_recorded
from keystone_check.model.facts import Subjects
from keystone_check.probes import rights
from keystone_check.probes.limits import Limits

if TYPE_CHECKING:
    from keystone_check.probes.aws import Aws

HOURS = 12
PAGE = 50
BETWEEN_PAGES = 0.5
"""Seconds: the service takes two requests a second."""
SHARE = 0.5
"""How much of the budget that is left may go into turning pages; what lies further back is not looked at."""

Key = tuple[str, str]
"""A role's ARN and a subject."""


def recorded(aws: Aws, limits: Limits, now: int, accounts: Subjects[ServiceAccount]) -> Trail:
    """The last accepted and the last refused exchange of each bound account for its role."""
    since = now - HOURS * 3600
    wanted = {(account.role_arn, account.subject): name for name, account in accounts.seen()}
    pages = _Pages(limits)
    events = aws.pages(
        rights.LOOKUP_EVENTS,
        "NextToken",
        lambda page: page["Events"],
        pages.turn,
        LookupAttributes=[{"AttributeKey": "EventName", "AttributeValue": "AssumeRoleWithWebIdentity"}],
        StartTime=since,
        MaxResults=PAGE,
    )
    found = list(_read(events))
    seen = max(since, min((event.at for _, event in found), default=since)) if pages.stopped else since
    return Trail(aws.region, seen, _by_account(found, wanted))


class _Pages:
    """When to turn a page, and when it has been enough."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._enough = limits.left() * SHARE
        self.stopped = False

    def turn(self) -> bool:
        """Wait as long as the service asks for; False when there is no time for another page."""
        self.stopped = self._limits.left() < self._enough
        if not self.stopped:
            time.sleep(BETWEEN_PAGES)
        return not self.stopped


def _read(events: Iterable[Mapping[str, Any]]) -> Iterator[tuple[Key, Event]]:
    """Role, subject and outcome of each event; what else is in it, session tokens too, is dropped."""
    for event in events:
        body = json.loads(event["CloudTrailEvent"])
        role = str((body.get("requestParameters") or {}).get("roleArn", ""))
        answered = body.get("responseElements") or {}
        subject = answered.get("subjectFromWebIdentityToken") or (body.get("userIdentity") or {}).get(
            "userName", ""
        )
        at = int(event["EventTime"].timestamp())
        yield (role, str(subject)), Event(at, body.get("errorCode") or "", body.get("errorMessage") or "")


def _by_account(found: Iterable[tuple[Key, Event]], wanted: Mapping[Key, str]) -> Subjects[Recorded]:
    last = {name: nothing_recorded(name) for name in wanted.values()}
    for key, event in sorted(found, key=lambda entry: entry[1].at):
        if key in wanted:
            name = wanted[key]
            last[name] = replace(last[name], **{"refused" if event.code else "accepted": event})
    return Subjects(tuple(sorted(last.items())))
