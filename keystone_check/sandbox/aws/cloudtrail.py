"""CloudTrail's event history: what STS was asked, in the form that LookupEvents gives.

The form of an event: https://docs.aws.amazon.com/IAM/latest/UserGuide/cloudtrail-integration.html
"""

import json
import uuid
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from werkzeug.wrappers import Response

from keystone_check.model.cluster import ServiceAccount
from keystone_check.model.exchange import Event, Trail
from keystone_check.model.facts import Subjects
from keystone_check.model.world import World
from keystone_check.sandbox.aws.account import Account
from keystone_check.sandbox.aws.calls import Call

LATE = 300
"""Seconds until an event shows; AWS speaks of about five minutes on average."""
MOST = 50
Record = dict[str, Any]


def answer(account: Account, call: Call, now: int) -> Response:
    """LookupEvents: by event name and start time, the latest first, page by page."""
    if call.action != "LookupEvents":
        return _json({"__type": "UnknownOperationException"}, 400)
    asked = json.loads(call.body or "{}")
    most = min(int(asked.get("MaxResults", MOST)), MOST)
    first = int(asked.get("NextToken", 0))
    found = list(_matching(account.events, asked, now))
    page: Record = {"Events": found[first : first + most]}
    if first + most < len(found):
        page["NextToken"] = str(first + most)
    return _json(page, 200)


def _matching(events: Iterable[Record], asked: Mapping[str, Any], now: int) -> Iterator[Record]:
    names = [
        wanted["AttributeValue"]
        for wanted in asked.get("LookupAttributes", ())
        if wanted["AttributeKey"] == "EventName"
    ]
    for event in events:
        in_time = float(asked.get("StartTime", 0)) <= event["EventTime"] <= now - LATE
        if in_time and (not names or event["EventName"] in names):
            yield event


def record(
    account: Account, role_arn: str, subject: str, provider: str, audience: str, event: Event
) -> Record:
    """One exchange as CloudTrail shows it. InvalidIdentityToken is not recorded by AWS, nor here."""
    body = {
        "eventVersion": "1.08",
        "userIdentity": {
            "type": "WebIdentityUser",
            "principalId": f"{provider}:{audience}:{subject}",
            "userName": subject,
            "identityProvider": provider,
        },
        "eventSource": "sts.amazonaws.com",
        "eventName": "AssumeRoleWithWebIdentity",
        "awsRegion": account.region,
        "requestParameters": {"roleArn": role_arn, "roleSessionName": "sandbox", **_asked(event)},
        "responseElements": None,
    }
    if event.code:
        body |= {"errorCode": event.code, "errorMessage": event.message}
    else:
        body["responseElements"] = {
            "subjectFromWebIdentityToken": subject,
            "audience": audience,
            "provider": provider,
        }
    return {
        "EventId": str(uuid.uuid4()),
        "EventName": "AssumeRoleWithWebIdentity",
        "EventSource": "sts.amazonaws.com",
        "EventTime": event.at,
        "Username": subject,
        "CloudTrailEvent": json.dumps(body),
    }


def _asked(event: Event) -> Record:
    """What the request may name beside role and session."""
    asked = {"durationSeconds": event.seconds, "providerId": event.provider_id}
    return {name: value for name, value in asked.items() if value}


def history(world: World, account: Account) -> list[Record]:
    """The events that a world says were recorded, the latest first."""
    if not isinstance(world.recorded, Trail) or not isinstance(world.accounts, Subjects):
        return []
    bound = dict(world.accounts.seen())
    records = [
        record(
            account,
            bound[name].role_arn,
            bound[name].subject,
            _provider(world),
            _audience(world, bound[name]),
            event,
        )
        for name, exchanges in world.recorded.exchanges.seen()
        for event in (exchanges.accepted, exchanges.refused)
        if isinstance(event, Event) and name in bound
    ]
    return sorted(records, key=lambda event: event["EventTime"], reverse=True)


def _provider(world: World) -> str:
    return next((arn for arn, _ in world.providers), "") if isinstance(world.providers, Subjects) else ""


def _audience(world: World, account: ServiceAccount) -> str:
    return account.audience(world.expected.audience)


def _json(body: Mapping[str, Any], status: int) -> Response:
    return Response(json.dumps(body), status, content_type="application/x-amz-json-1.1")
