"""What CloudTrail recorded of the exchanges: one pass over the region's event history for all roles.

An event's form: https://docs.aws.amazon.com/IAM/latest/UserGuide/cloudtrail-integration.html
Twelve hours, 50 events a page, two requests a second in an account and region:
https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_LookupEvents.html
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from keystone_check.model.cluster import ServiceAccount
from keystone_check.model.exchange import Event, Recorded, Trail, nothing_recorded
from keystone_check.model.facts import Subjects
from keystone_check.probes import rights
from keystone_check.probes.limits import Limits
from keystone_check.probes.refusals import ReadError

if TYPE_CHECKING:
    from keystone_check.probes.aws import Aws

HOURS = 12
PAGE = 50
LATE = 1800
"""Seconds: AWS speaks of about five minutes on average until an event shows."""
BETWEEN_PAGES = 0.5
"""Seconds: the service takes two requests a second."""
SHARE = 0.5
"""How much of the budget that is left may go into turning pages; what lies further back is not looked at."""

Key = tuple[str, str]
"""A role's ARN and a subject."""


class History:
    """What one process has read of the event history, so that a further look asks for the latest alone.

    Nothing is kept on disk. Events show late, so the last half an hour is always asked for again.
    """

    def __init__(self) -> None:
        self._kept: dict[tuple[str, str, str], tuple[int, tuple[tuple[Key, Event], ...]]] = {}

    def before(self, place: tuple[str, str, str], since: int) -> tuple[int, tuple[tuple[Key, Event], ...]]:
        """From when on to ask, and what is known of the time before."""
        until, known = self._kept.get(place, (since, ()))
        first = max(since, until - LATE)
        return first, tuple((key, event) for key, event in known if since <= event.at < first)

    def keep(self, place: tuple[str, str, str], until: int, found: Iterable[tuple[Key, Event]]) -> None:
        """Remember a complete reading."""
        self._kept[place] = (until, tuple(found))


def recorded(
    aws: Aws,
    limits: Limits,
    now: int,
    accounts: Subjects[ServiceAccount],
    history: History,
    place: tuple[str, str] = ("", ""),
) -> Trail:
    """The last accepted and the last refused exchange of each bound account for its role.

    `place` tells accounts apart in the history: its number, and the endpoint of another AWS.
    """
    since = now - HOURS * 3600
    here = (*place, aws.region)
    first, known = history.before(here, since)
    wanted = {(account.role_arn, account.subject): name for name, account in accounts.seen()}
    pages = _Pages(limits)
    events = aws.pages(
        rights.LOOKUP_EVENTS,
        "NextToken",
        lambda page: map(_read, page["Events"]),
        pages.turn,
        LookupAttributes=[{"AttributeKey": "EventName", "AttributeValue": "AssumeRoleWithWebIdentity"}],
        StartTime=first,
        MaxResults=PAGE,
    )
    found = list(events)
    if not pages.stopped:
        found += known
        history.keep(here, now, found)
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


def _read(event: Mapping[str, Any]) -> tuple[Key, Event]:
    """Role, subject, request and outcome of an event; what else is in it, session tokens too, is dropped."""
    body = _body(event["CloudTrailEvent"])
    asked, answered, identity = (
        _member(body, name) for name in ("requestParameters", "responseElements", "userIdentity")
    )
    subject = answered.get("subjectFromWebIdentityToken") or identity.get("userName", "")
    outcome = Event(
        int(event["EventTime"].timestamp()),
        str(body.get("errorCode") or ""),
        str(body.get("errorMessage") or ""),
        _seconds(asked.get("durationSeconds")),
        str(asked.get("providerId") or ""),
    )
    return (str(asked.get("roleArn", "")), str(subject)), outcome


def _seconds(asked: object) -> int:
    """A number as such, or as text; 0 for what is neither, which STS would not have taken for one."""
    text = str(asked)
    return int(text) if text.isdecimal() else 0


def _body(text: str) -> Mapping[str, Any]:
    try:
        body = json.loads(text)
    except ValueError:
        body = None
    if not isinstance(body, dict):
        # The text may hold a session token, so the parser's message, which quotes it, goes no further.
        raise ReadError(f"{rights.LOOKUP_EVENTS.name}: an event is no JSON object") from None
    return body


def _member(body: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """An element of the event, which is null where there is none."""
    value = body.get(name)
    return value if isinstance(value, dict) else {}


def _by_account(found: Iterable[tuple[Key, Event]], wanted: Mapping[Key, str]) -> Subjects[Recorded]:
    last = {name: nothing_recorded(name) for name in wanted.values()}
    for key, event in sorted(found, key=lambda entry: entry[1].at):
        if key in wanted:
            name = wanted[key]
            last[name] = replace(last[name], **{"refused" if event.code else "accepted": event})
    return Subjects(tuple(sorted(last.items())))
