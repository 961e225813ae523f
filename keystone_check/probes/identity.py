"""Who AWS may trust and who may be assumed: OIDC providers and roles."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from keystone_check.iam.arns import read_role_arn
from keystone_check.model.aws import Caller, Provider, Role
from keystone_check.model.facts import Absent, Missing, Subjects
from keystone_check.model.owner import telling
from keystone_check.probes import rights
from keystone_check.probes.limits import side_by_side
from keystone_check.probes.refusals import ReadError

if TYPE_CHECKING:  # boto3 is loaded when a fact of AWS is asked for, not with this room
    from keystone_check.probes.aws import Aws


def provider_arns(aws: Aws) -> tuple[str, ...]:
    """Every provider of the account, sorted; one request, whatever their number."""
    listed = aws.read(rights.LIST_PROVIDERS, "", "", lambda answer: answer["OpenIDConnectProviderList"])
    return tuple(sorted(entry["Arn"] for entry in listed))


def providers(aws: Aws, listed: Iterable[str], issuer_url: str) -> Subjects[Provider]:
    """The providers whose URL is the issuer's but for case, port or slash, or on the same host; by ARN."""
    arns = [arn for arn in listed if near(arn, issuer_url)]
    return Subjects(tuple(zip(arns, side_by_side(lambda arn: _provider(aws, arn), arns), strict=True)))


def near(arn: str, issuer_url: str) -> bool:
    """Whether a provider's ARN names the issuer's host."""
    return _host(arn.partition(":oidc-provider/")[2]) == _host(issuer_url)


def _host(url: str) -> str:
    return url.casefold().removeprefix("https://").partition("/")[0].removesuffix(":443")


def _provider(aws: Aws, arn: str) -> Provider | Absent | Missing:
    try:
        answer = aws.ask(rights.GET_PROVIDER, arn, OpenIDConnectProviderArn=arn)
    except ReadError as refusal:
        if refusal.code == "NoSuchEntity":
            return Absent(arn, f"there is no provider {arn}")
        return refusal.missing(arn)
    client_ids, thumbprints = answer.get("ClientIDList", ()), answer.get("ThumbprintList", ())
    created = answer.get("CreateDate")
    return Provider(
        arn,
        answer.get("Url", ""),
        tuple(client_ids),
        tuple(thumbprints),
        int(created.timestamp()) if created else Missing("created", f"IAM does not tell when it made {arn}"),
        tags(answer.get("Tags", ())),
    )


def roles(aws: Aws, caller: Caller, arns: Iterable[str]) -> Subjects[Role]:
    """Each role once, by the ARN as written, sorted."""
    names = sorted(set(arns))
    return Subjects(tuple(zip(names, side_by_side(lambda arn: _role(aws, caller, arn), names), strict=True)))


def _role(aws: Aws, caller: Caller, arn: str) -> Role | Absent | Missing:
    read = read_role_arn(arn)
    if read is None:
        return Absent(arn, f"{arn} is not a role ARN, so there is no role to look up")
    name, account = read.name, read.account
    if account == caller.account and read.partition != caller.partition:
        # Account numbers are of one partition alone.
        return Absent(arn, f"account {account} is of partition {caller.partition}, not {read.partition}")
    if account != caller.account:
        ours = f"our credentials are of account {caller.account} ({caller.partition})"
        return Missing(
            arn, f"iam:GetRole {name}: the role is of account {account} ({read.partition}), {ours}"
        )
    try:
        role = aws.read(rights.GET_ROLE, name, "", lambda answer: answer["Role"], RoleName=name)
    except ReadError as refusal:
        if refusal.code == "NoSuchEntity":
            return Absent(arn, f"there is no role {name} in account {account}")
        return refusal.missing(arn)
    bound = role.get("PermissionsBoundary", {}).get("PermissionsBoundaryArn", "")
    return replace(_as_role(role), boundary=bound, tags=tags(role.get("Tags", ())))


def tags(listed: Iterable[dict[str, str]]) -> dict[str, str]:
    """Of a list of tags as AWS writes it those that tell what manages a thing."""
    return telling({tag["Key"]: tag.get("Value", "") for tag in listed})


def _as_role(role: dict[str, Any]) -> Role:
    # IAM percent-encodes the document by RFC 3986, in which a plus sign stands for itself.
    trust = unquote(role["AssumeRolePolicyDocument"])
    return Role(role["Arn"], trust, role.get("MaxSessionDuration", 3600))


def trusting_roles(aws: Aws, issuer_url: str) -> Subjects[Role]:
    """Every role of the account whose trust policy names the issuer's host, by ARN; one paged listing."""
    listed = aws.pages(rights.LIST_ROLES, "Marker", lambda page: page["Roles"], MaxItems=1000)
    found = (_as_role(role) for role in listed)
    named = {role.arn: role for role in found if trusts(role, issuer_url)}
    return Subjects(tuple(sorted(named.items(), key=lambda entry: entry[0])))


def trusts(role: Role, issuer_url: str) -> bool:
    """Whether a role's trust policy names a provider on the issuer's host, or everyone."""
    said = role.trust.casefold()
    return f":oidc-provider/{_host(issuer_url)}" in said or '"*"' in said
