"""EC2 as a session of a role meets it: what the role's policies allow, and nothing is ever made.

1. Who is it, and which role's policies hold for him.
2. Which requests the call comes to: every resource that it names or would make, and each tag that it puts on
   one. https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html
3. The first that is refused is told, with the layer that refuses, beside a message that only
   sts:DecodeAuthorizationMessage reads.
4. A dry run that nothing refuses is told so, as an error:
   https://docs.aws.amazon.com/AWSEC2/latest/APIReference/CommonParameters.html
"""

import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from werkzeug.wrappers import Response

from keystone_check.iam.request import AwsPrincipal, Request
from keystone_check.iam.s3_address import suffix_of
from keystone_check.model.opinion import ALLOWED, BOUNDARY, FULFILLED, SCP, WOULD, WOULD_NOT, Opinion
from keystone_check.operators.regions import REGION
from keystone_check.operators.simulated import Simulator
from keystone_check.sandbox.aws import ec2, state
from keystone_check.sandbox.aws.account import Account
from keystone_check.sandbox.aws.calls import Call
from keystone_check.sandbox.aws.simulating import law_of

Tags = Mapping[str, str]
_MADE = {
    "RunInstances": ("instance", "volume", "network-interface"),
    "CreateFleet": ("fleet", "instance", "volume"),
    "CreateLaunchTemplate": ("launch-template",),
}


@dataclass(frozen=True, slots=True)
class Place:
    """Where ARNs lie."""

    partition: str
    region: str
    account: str

    def arn(self, kind: str, id: str = "*") -> str:
        """Images belong to no account."""
        owner = "" if kind == "image" else self.account
        return f"arn:{self.partition}:ec2:{self.region}:{owner}:{kind}/{id}"


@dataclass(frozen=True, slots=True)
class Asked:
    """A call to EC2, as far as policies go."""

    action: str
    images: tuple[str, ...] = ()
    subnets: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    """Of the instance profile: they are passed on."""
    templates: tuple[tuple[str, Tags], ...] = ()
    tags: Mapping[str, Tags] = field(default_factory=dict)
    """By the kind of what is made."""


def answer(account: Account, call: Call) -> Response | None:
    """What a role's session gets; None for whoever is none, or may and makes no dry run."""
    identity = account.identity(call.access_key_id)
    law = law_of(account, _role_arn(account, identity))  # 1
    if law is None:
        return None
    place = Place(account.partition, account.region, account.id)
    code, said = decided(law, _asked(account, call), place, identity)
    refusing = account.landscape.refusing
    if code == WOULD and f"ec2:{call.action}" in refusing:
        code, said = WOULD_NOT, refusing[f"ec2:{call.action}"]
    if code == WOULD_NOT:
        encoded = secrets.token_urlsafe(120)
        return ec2.error(403, code, f"{said} Encoded authorization failure message: {encoded}")  # 3
    return ec2.error(412, code, said) if dry(call) else None  # 4


def dry(call: Call) -> bool:
    """Whether the call asks for nothing to be done."""
    return call.form.get("DryRun", "").lower() == "true"


def decided(law: Simulator, asked: Asked, place: Place, who: str) -> tuple[str, str]:
    """EC2's code and message."""
    for request in requests(asked, place):  # 2
        opinion = law.opinion(request)
        if opinion.decision != ALLOWED:
            return WOULD_NOT, unauthorized(who, opinion)
    return WOULD, FULFILLED


def unauthorized(who: str, opinion: Opinion) -> str:
    """https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html"""
    layer = next((it for it in (SCP, BOUNDARY) if it in opinion.refused_by), "identity-based policy")
    article = "an" if layer[0] in "aeiou" else "a"
    denies, lacks = (
        f"with an explicit deny in {article} {layer}",
        f"because no {layer} allows the {opinion.action} action",
    )
    why = denies if opinion.decision == "explicitDeny" else lacks
    return (
        f"You are not authorized to perform this operation. User: {who} is not authorized to perform: "
        f"{opinion.action} on resource: {opinion.resource} {why}"
    )


def requests(asked: Asked, place: Place) -> Iterator[Request]:
    """2."""
    made = _MADE.get(asked.action, ())
    named = (("image", asked.images), ("subnet", asked.subnets), ("security-group", asked.groups))
    if not made:
        yield _request(place, asked.action, "*", {})
        return
    for kind, ids in named:
        for id in ids:
            yield _request(place, asked.action, place.arn(kind, id), {})
    for id, tags in asked.templates:
        has = {f"aws:ResourceTag/{key}": value for key, value in tags.items()}
        yield _request(place, asked.action, place.arn("launch-template", id), has)
    for kind in made:
        yield _request(place, asked.action, place.arn(kind), _put(asked.tags.get(kind, {})))
    for kind in made:
        if given := asked.tags.get(kind):
            put = {**_put(given), "ec2:CreateAction": (asked.action,)}
            yield _request(place, "CreateTags", place.arn(kind), put)
    for role in asked.roles:
        passed = {"iam:PassedToService": f"ec2.{suffix_of(place.partition)}"}
        yield Request("iam:PassRole", role, AwsPrincipal(""), passed)


def _put(tags: Tags) -> dict[str, tuple[str, ...]]:
    requested = {f"aws:RequestTag/{key}": (value,) for key, value in tags.items()}
    return {**requested, **({"aws:TagKeys": tuple(tags)} if tags else {})}


def _request(
    place: Place, action: str, resource: str, context: Mapping[str, tuple[str, ...] | str]
) -> Request:
    return Request(f"ec2:{action}", resource, AwsPrincipal(""), {REGION: place.region, **context})


def _role_arn(account: Account, identity: str) -> str:
    parts = identity.partition(":assumed-role/")[2].split("/")
    return state.role_arn(account.id, parts[0]) if parts[0] else ""


def _asked(account: Account, call: Call) -> Asked:
    """The Query protocol's parameters."""
    form, first = call.form, "LaunchTemplateConfigs.1."
    known = {it.id: it.tags for it in account.landscape.templates}
    template = form.get(f"{first}LaunchTemplateSpecification.LaunchTemplateId", "")
    profile = form.get("IamInstanceProfile.Name", "")
    subnets = (form.get("SubnetId", ""), form.get(f"{first}Overrides.1.SubnetId", ""))
    return Asked(
        action=call.action,
        images=tuple(filter(None, (form.get("ImageId", ""),))),
        subnets=tuple(filter(None, subnets)),
        groups=tuple(value for key, value in form.items() if key.startswith("SecurityGroupId.")),
        roles=state.profile_roles(account.id, profile) if profile else (),
        templates=((template, known.get(template, {})),) if template else (),
        tags=dict(_tags(form)),
    )


def _tags(form: Mapping[str, str]) -> Iterator[tuple[str, Tags]]:
    number = 1
    while kind := form.get(f"TagSpecification.{number}.ResourceType"):
        prefix = f"TagSpecification.{number}.Tag."
        keys = {key.removeprefix(prefix).partition(".")[0] for key in form if key.startswith(prefix)}
        yield (
            kind,
            {
                form[f"{prefix}{one}.Key"]: form.get(f"{prefix}{one}.Value", "")
                for one in sorted(keys, key=int)
            },
        )
        number += 1
