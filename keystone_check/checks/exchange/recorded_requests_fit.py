"""The last recorded request asked STS for no more than the role gives.

## Why it matters
Beside the token a caller sends parameters of its own, and no manifest shows them. A library that asks for
sessions longer than the role allows gets `An error occurred (ValidationError) when calling the
AssumeRoleWithWebIdentity operation: The requested DurationSeconds exceeds the MaxSessionDuration set for this
role.` (one asked for six hours of its own accord; a role allows one hour unless told otherwise). `ProviderId`
is for OAuth 2.0 access tokens; with the token of an OpenID Connect provider no call may name it.

It is read from `requestParameters` of the events, with `--cloudtrail` only. `session_duration_fits` judges
the duration that the configuration tells, this check what was really asked for. AWS does not say of
every refusal whether it is recorded, so that no event says nothing.

## How to fix
Let the caller ask for less (`DurationSeconds`, `AWS_ROLE_DURATION_SECONDS`, `duration_seconds` in a profile),
or raise the role's `MaxSessionDuration`. Leave `ProviderId` out.

## References
- https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html
- https://docs.aws.amazon.com/IAM/latest/UserGuide/cloudtrail-integration.html
- https://github.com/d2a4u/sqs4s/issues/270
"""

from collections.abc import Iterator

from keystone_check.checks import lasting
from keystone_check.model.aws import Role
from keystone_check.model.cluster import ServiceAccount
from keystone_check.model.exchange import Event, Recorded, Trail
from keystone_check.model.facts import Absent, Missing, Subjects
from keystone_check.model.finding import (
    Evidence,
    Finding,
    Repair,
    Safety,
    Severity,
    broken,
    gap,
    holds,
    not_applicable,
)

severity = Severity.HIGH


def judge(
    recorded: Trail, accounts: Subjects[ServiceAccount], roles: Subjects[Role] | Missing, now: int
) -> Iterator[Finding]:
    """One finding a bound service account."""
    for name, account in accounts:
        exchanges = gap(name, account) if isinstance(account, Absent | Missing) else recorded.exchanges[name]
        match exchanges:
            case Finding():
                yield exchanges
            case Absent() | Missing():
                yield gap(name, exchanges)
            case Recorded(last=Absent()):
                yield not_applicable(name, f"no exchange is recorded in {recorded.region}")
            case Recorded(last=Event() as last) if last.code and isinstance(account, ServiceAccount):
                yield _refused(name, last, account.role_arn, roles, (now - last.at) // 60)
            case _:
                yield holds(name)


def _refused(
    name: str, event: Event, role_arn: str, roles: Subjects[Role] | Missing, minutes: int
) -> Finding:
    """Whether what the request named beside the token is a reason for its refusal."""
    if event.provider_id:
        return _provider_named(name, event, minutes)
    if not event.seconds:
        return holds(name)
    role = roles if isinstance(roles, Missing) else roles[role_arn]
    if not isinstance(role, Role):
        return gap(name, role)
    if event.seconds <= role.max_session_seconds:
        return holds(name)
    return broken(
        name,
        f"its last recorded exchange, {minutes} minutes ago, asked for a session of {event.seconds} seconds "
        f"and was refused with {event.code}; {role.arn} allows {role.max_session_seconds}",
        Evidence(
            "cloudtrail:LookupEvents, iam:GetRole",
            f"durationSeconds of {role.max_session_seconds} or less",
            f"durationSeconds {event.seconds}",
        ),
        lasting.repair(role, event.seconds),
    )


def _provider_named(name: str, event: Event, minutes: int) -> Finding:
    return broken(
        name,
        f'its last recorded exchange, {minutes} minutes ago, named the ProviderId "{event.provider_id}" and '
        f"was refused with {event.code}; a token of an OpenID Connect provider goes without one",
        Evidence("cloudtrail:LookupEvents", "no providerId", f'providerId "{event.provider_id}"'),
        Repair(
            "leave ProviderId out of the call",
            Safety.MANUAL,
            "what a program asks STS for is its own",
            steps=(
                "remove ProviderId (provider_id, --provider-id) from the program's call or configuration",
                "# the provider is told by the token's own iss",
            ),
        ),
    )
