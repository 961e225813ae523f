"""Diagnoses for the tests of what is shown, with defaults for all that a test does not speak of."""

from collections.abc import Iterable
from dataclasses import replace

from keystone_check.gate import Gate
from keystone_check.model.aws import Caller
from keystone_check.model.change import SetClientIds
from keystone_check.model.cluster import Cluster, Issuer
from keystone_check.model.facts import Missing
from keystone_check.model.finding import (
    Evidence,
    Finding,
    Repair,
    Safety,
    Severity,
    Status,
    blocked,
    broken,
    holds,
    not_applicable,
)
from keystone_check.model.outcome import Check, Diagnosis, Outcome
from keystone_check.model.world import World
from keystone_check.reports.report import Report
from tests.worlds import world as some_world

PROVIDER = "arn:aws:iam::111122223333:oidc-provider/keystone-oidc.s3.eu-central-1.amazonaws.com"
ROLE = "arn:aws:iam::111122223333:role/app-api"
ISSUER = "https://keystone-oidc.s3.eu-central-1.amazonaws.com"


def world() -> World:
    """A world of which only what the header shows was read."""
    return some_world(
        cluster=Cluster("https://10.0.0.5:6443", "v1.36.3+k3s1", "system:admin"),
        caller=Caller("arn:aws:iam::111122223333:user/engineer", "111122223333", "eu-central-1"),
        issuer=Issuer(ISSUER, "discovery document of the API server"),
    )


def check(id: str = "audience_is_registered", link: str = "provider", needs: tuple[str, ...] = ()) -> Check:
    """A check of this id whose judge says nothing."""
    return Check(
        id=id,
        link=link,
        title=f"The sentence of {id}",
        page="## Why it matters\nBecause.",
        severity=Severity.CRITICAL,
        needs=needs,
        admits=frozenset(),
        judge=nothing,
    )


def nothing(**facts: object) -> Iterable[Finding]:
    """A judge with nothing to say."""
    return ()


def judging(made: Check, *findings: Finding) -> Check:
    """The check, with a judge that always finds this."""
    return replace(made, judge=lambda **facts: findings)


def repair(safety: Safety = Safety.SAFE, steps: tuple[str, ...] = ()) -> Repair:
    """A repair of this class; MANUAL ones have steps in place of changes."""
    changes = (
        () if safety is Safety.MANUAL else (SetClientIds(PROVIDER, ("foo",), ("foo", "sts.amazonaws.com")),)
    )
    return Repair("add the client id sts.amazonaws.com", safety, "an id more refuses nobody", changes, steps)


def defect(mended_by: Repair | None = None, seen: str = "foo") -> Finding:
    """A broken finding about the provider."""
    evidence = Evidence("iam:GetOpenIDConnectProvider", "sts.amazonaws.com", seen)
    return broken(
        PROVIDER, f"The provider accepts {seen}; tokens carry sts.amazonaws.com.", evidence, mended_by
    )


def unseen(because: str = "iam:GetRole app-api: AccessDenied", permission: str = "iam:GetRole") -> Finding:
    """A finding that nobody could make."""
    return blocked(ROLE, Missing("roles", because, permission))


def crash() -> Finding:
    """What a judge that raised leaves behind."""
    return Finding(Status.CRASHED, "", "KeyError in the check itself: 'aud'")


FINDINGS = {
    Status.HOLDS: holds(PROVIDER),
    Status.BROKEN: defect(),
    Status.BLOCKED: unseen(),
    Status.NOT_APPLICABLE: not_applicable("", "no service account is bound"),
    Status.CRASHED: crash(),
}


def outcome(finding: Finding, id: str = "audience_is_registered", link: str = "provider") -> Outcome:
    """The finding as an outcome of the check of this id."""
    return Outcome(check(id, link), finding)


def report(*outcomes: Outcome | Finding, exit_zero: bool = False, seen: World | None = None) -> Report:
    """A report on these outcomes; a bare finding is one of `audience_is_registered`."""
    made = tuple(item if isinstance(item, Outcome) else outcome(item) for item in outcomes)
    return Report(
        "prod",
        Diagnosis(seen or world(), made),
        "keystone-check --cluster prod",
        Gate(exit_zero=exit_zero),
        "1.2.3",
    )
