"""What the checks of trust policies share: which account meets which policy, offering the right one."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from keystone_check.iam.arns import provider_arn, read_role_arn
from keystone_check.iam.evaluate import Undecided
from keystone_check.iam.oidc import issuer_problem
from keystone_check.iam.trust import Pin, audience_pin, mended, subject_pin
from keystone_check.iam.trust_flaws import Flaws, cleaned
from keystone_check.model.aws import Role
from keystone_check.model.change import SetTrustPolicy
from keystone_check.model.cluster import Issuer, ServiceAccount
from keystone_check.model.facts import Absent, Missing, Subjects
from keystone_check.model.finding import (
    Evidence,
    Finding,
    Repair,
    Safety,
    blocked,
    broken,
    gap,
    holds,
    not_applicable,
)
from keystone_check.model.world import Expected


@dataclass(frozen=True, slots=True)
class Meeting:
    """A service account before the trust policy of its role."""

    name: str
    account: ServiceAccount
    role: Role
    provider_arn: str
    """The provider that the policy has to name."""
    issuer: str
    audience: str
    subjects: tuple[str, ...]
    """Of every account that is bound to the role."""
    unread: tuple[str, ...]
    """Accounts that nobody could read: each may be bound to the role as well."""


def each(
    accounts: Subjects[ServiceAccount],
    roles: Subjects[Role],
    issuer: Issuer,
    expected: Expected,
    judge: Callable[[Meeting], Finding],
) -> Iterator[Finding]:
    """One finding a bound service account: the judge's, or why there is none."""
    subjects, unread = _subjects(accounts), _unread(accounts)
    for name, account in accounts:
        if isinstance(account, Absent | Missing):
            yield gap(name, account)
            continue
        parts, role = read_role_arn(account.role_arn), roles[account.role_arn]
        if parts is None:
            yield not_applicable(name, "its annotation is no role ARN")
        elif not isinstance(role, Role):
            yield gap(name, role)
        else:
            yield judge(
                Meeting(
                    name,
                    account,
                    role,
                    provider_arn(parts.partition, parts.account, issuer.url),
                    issuer.url,
                    account.audience(expected.audience),
                    tuple(subjects[account.role_arn]),
                    unread,
                )
            )


def unreadable(meeting: Meeting, undecided: Undecided) -> Finding:
    """A trust policy that nobody here can read is not judged."""
    return blocked(meeting.name, Missing(meeting.role.arn, str(undecided)))


def flawed(meeting: Meeting, flaws: Flaws | Undecided, expected: str) -> Finding:
    """Whether the statements that name the provider are free of one kind of flaw."""
    if isinstance(flaws, Undecided):
        return unreadable(meeting, flaws)
    if not flaws.named:
        return not_applicable(meeting.name, "no statement of the trust policy names the issuer's provider")
    if not flaws.seen:
        return holds(meeting.name)
    return broken(
        meeting.name,
        f"the trust policy of {meeting.role.arn}: {flaws.seen[0]}",
        Evidence("iam:GetRole", expected, "; ".join(flaws.seen)),
        repair(meeting),
    )


def judged(meeting: Meeting, pin: Pin | Undecided, wanted: str, kind: str) -> Finding:
    """Whether the policy lets in the wanted value of a claim (`kind` names it) and no other."""
    if isinstance(pin, Undecided):
        return unreadable(meeting, pin)
    if pin.holds is None:
        return unreadable(meeting, Undecided(pin.remarks))
    if pin.holds:
        return holds(meeting.name)
    defect = f"lets {pin.others[0]} in as well" if pin.others else f"does not let {wanted} in"
    return broken(
        meeting.name,
        f"the trust policy of {meeting.role.arn} {defect}",
        Evidence("iam:GetRole, evaluated", f"{wanted} and no other {kind}", "; ".join(pin.remarks)),
        repair(meeting),
    )


def repair(meeting: Meeting) -> Repair | None:
    """Write the trust policy that lets in exactly the bound accounts; None when it stands there.

    For an issuer that AWS does not accept there is nothing to trust: that is mended first.
    """
    if issuer_problem(meeting.issuer):
        return None
    trust = meeting.role.trust
    said = cleaned(trust, meeting.provider_arn, meeting.issuer)
    after = mended(said, meeting.provider_arn, meeting.issuer, meeting.subjects, meeting.audience)
    if after == trust:
        return None
    safety, reason = _class(meeting)
    if safety is Safety.UNSAFE and meeting.unread:
        return _held_back(meeting, after)
    return Repair(
        f"let {' and '.join(meeting.subjects)} in, and by this statement nobody else",
        safety,
        reason,
        (SetTrustPolicy(meeting.role.arn, trust, after),),
    )


def _held_back(meeting: Meeting, after: str) -> Repair:
    """A policy that shuts out all but the bound accounts waits until it is known which those are."""
    unread = " and ".join(meeting.unread)
    name = meeting.role.arn.rpartition("/")[2]
    return Repair(
        f"let {' and '.join(meeting.subjects)} in, and {unread} where it is bound to the role",
        Safety.MANUAL,
        f"{unread} could not be read, and would be shut out if it is bound to the role",
        steps=(
            f"read the annotation of {unread}; where it names the role, add its subject to what follows",
            f"aws iam update-assume-role-policy --role-name {name} --policy-document '{after}'",
        ),
    )


def _class(meeting: Meeting) -> tuple[Safety, str]:
    pins = (
        subject_pin(meeting.role.trust, meeting.provider_arn, meeting.issuer, meeting.account.subject),
        audience_pin(meeting.role.trust, meeting.provider_arn, meeting.issuer, meeting.audience),
    )
    if all(not isinstance(pin, Undecided) and not pin.others for pin in pins):
        return Safety.SAFE, "it lets in the accounts that are annotated with the role and keeps whom it names"
    return Safety.UNSAFE, "it shuts out everyone else whom the policy lets in today"


def _subjects(accounts: Subjects[ServiceAccount]) -> dict[str, list[str]]:
    """By role: those of every account that is bound to it."""
    found: dict[str, list[str]] = defaultdict(list)
    for _, account in accounts.seen():
        found[account.role_arn].append(account.subject)
    return found


def _unread(accounts: Subjects[ServiceAccount]) -> tuple[str, ...]:
    """Accounts that may be bound to any role, because nobody could read them."""
    return tuple(name for name, account in accounts if isinstance(account, Missing))
