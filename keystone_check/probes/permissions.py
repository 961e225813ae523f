"""Every policy in force for a role: inline, attached, boundary, and the organization's where readable."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from keystone_check.iam.arns import read_role_arn
from keystone_check.model.aws import Caller, Role
from keystone_check.model.facts import Absent, Missing, Subjects
from keystone_check.model.permissions import Permissions
from keystone_check.probes import operator_rights
from keystone_check.probes.limits import side_by_side
from keystone_check.probes.refusals import ReadError

if TYPE_CHECKING:  # boto3 is loaded when a fact of AWS is asked for, not with this room
    from keystone_check.probes.aws import Aws

CONTROLS = "SERVICE_CONTROL_POLICY"
NO_ORGANIZATION = "AWSOrganizationsNotInUseException"
DEEPEST = 7
"""Organizational units nest five deep, below a root and above an account."""


def permissions(
    aws: Aws, caller: Caller, arns: Iterable[str], roles: Subjects[Role]
) -> Subjects[Permissions]:
    """Of each of these roles, by ARN; documents that several roles share are read once."""
    wanted = sorted({arn for arn in arns if arn})
    controls = _controls(aws, caller) if wanted else Absent("controls", "")
    documents = _Documents(aws)

    def read(arn: str) -> Permissions | Absent | Missing:
        role, named = roles[arn], read_role_arn(arn)
        if isinstance(role, Absent) or named is None or named.account != caller.account:
            return role if isinstance(role, Absent | Missing) else Missing(arn, f"{arn} is not our account's")
        return _permissions(aws, named.name, role, documents, controls)

    return Subjects(tuple(zip(wanted, side_by_side(read, wanted), strict=True)))


def _permissions(
    aws: Aws,
    name: str,
    role: Role | Missing,
    documents: _Documents,
    controls: tuple[Subjects[str], ...] | Absent | Missing,
) -> Permissions:
    return Permissions(
        inline=_inline(aws, name),
        attached=_attached(aws, name, documents),
        boundary=_boundary(role, documents),
        controls=controls,
    )


def _boundary(role: Role | Missing, documents: _Documents) -> str | Absent | Missing:
    if isinstance(role, Missing):
        return role
    return documents.of(role.boundary) if role.boundary else unbounded(role.arn)


def unbounded(arn: str) -> Absent:
    """What stands for the boundary of a role that has none."""
    return Absent(arn, f"{arn} has no permissions boundary")


def _inline(aws: Aws, role: str) -> Subjects[str] | Missing:
    try:
        listed = aws.pages(
            operator_rights.LIST_ROLE_POLICIES, "Marker", lambda page: page["PolicyNames"], RoleName=role
        )
        names = sorted(listed)
        found = side_by_side(lambda name: _inline_document(aws, role, name), names)
    except ReadError as refusal:
        return refusal.missing(role)
    return Subjects(tuple(zip(names, found, strict=True)))


def _inline_document(aws: Aws, role: str, name: str) -> str | Missing:
    asked = {"RoleName": role, "PolicyName": name}
    try:
        # IAM percent-encodes the document by RFC 3986, in which a plus sign stands for itself.
        return unquote(aws.ask(operator_rights.GET_ROLE_POLICY, f"{role} {name}", **asked)["PolicyDocument"])
    except ReadError as refusal:
        return refusal.missing(name)


def attached_arns(aws: Aws, role: str) -> tuple[str, ...]:
    """The managed policies that are attached to a role, sorted. Raises ReadError."""
    listed = aws.pages(
        operator_rights.LIST_ATTACHED, "Marker", lambda page: page["AttachedPolicies"], RoleName=role
    )
    return tuple(sorted(entry["PolicyArn"] for entry in listed))


def _attached(aws: Aws, role: str, documents: _Documents) -> Subjects[str] | Missing:
    try:
        arns = attached_arns(aws, role)
    except ReadError as refusal:
        return refusal.missing(role)
    return Subjects(tuple(zip(arns, side_by_side(documents.of, arns), strict=True)))


class _Documents:
    """Managed policies by ARN, each read at most once."""

    def __init__(self, aws: Aws) -> None:
        self._aws = aws
        self._read: dict[str, str | Missing] = {}

    def of(self, arn: str) -> str | Missing:
        """The default version's document."""
        if arn not in self._read:
            self._read[arn] = self._document(arn)
        return self._read[arn]

    def _document(self, arn: str) -> str | Missing:
        try:
            policy = self._aws.ask(operator_rights.GET_POLICY, arn, PolicyArn=arn)["Policy"]
            version = policy["DefaultVersionId"]
            answer = self._aws.ask(operator_rights.GET_POLICY_VERSION, arn, PolicyArn=arn, VersionId=version)
        except ReadError as refusal:
            return refusal.missing(arn)
        return unquote(answer["PolicyVersion"]["Document"])


def _controls(aws: Aws, caller: Caller) -> tuple[Subjects[str], ...] | Absent | Missing:
    """From the root down to the account. Only the organization's own accounts may read them."""
    try:
        organization = aws.ask(operator_rights.DESCRIBE_ORGANIZATION)["Organization"]
        if organization.get("MasterAccountId") == caller.account:
            return Absent("controls", f"account {caller.account} manages its organization")
        levels = reversed(list(_places(aws, caller.account)))
        return tuple(_level(aws, place) for place in levels)
    except ReadError as refusal:
        if refusal.code == NO_ORGANIZATION:
            return Absent("controls", f"account {caller.account} is in no organization")
        return refusal.missing("controls")


def _places(aws: Aws, account: str) -> Iterator[str]:
    place = account
    for _ in range(DEEPEST):
        yield place
        parents: list[dict[str, Any]] = aws.ask(operator_rights.LIST_PARENTS, place, ChildId=place)["Parents"]
        if not parents:
            return
        place = parents[0]["Id"]
        if parents[0].get("Type") == "ROOT":
            yield place
            return


def _level(aws: Aws, place: str) -> Subjects[str]:
    listed = aws.pages(
        operator_rights.LIST_CONTROLS,
        "NextToken",
        lambda page: page["Policies"],
        TargetId=place,
        Filter=CONTROLS,
    )
    ids = sorted(entry["Id"] for entry in listed)
    return Subjects(tuple((one, _control(aws, one)) for one in ids))


def _control(aws: Aws, policy: str) -> str | Missing:
    try:
        return str(aws.ask(operator_rights.DESCRIBE_POLICY, policy, PolicyId=policy)["Policy"]["Content"])
    except ReadError as refusal:
        return refusal.missing(policy)
