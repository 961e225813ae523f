"""ARNs of roles and OIDC providers: read, judged, built."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

_ROLE = re.compile(r"arn:aws[a-z0-9-]*:iam::\d{12}:role/[\w+=,.@/-]+\Z", re.ASCII)
"""The form that the pod identity webhook checks (amazon-eks-pod-identity-webhook, pkg/handler)."""


@dataclass(frozen=True, slots=True)
class RoleArn:
    """A well-formed role ARN in its parts."""

    partition: str
    account: str
    name: str
    """Without the path."""


def read_role_arn(text: str) -> RoleArn | None:
    """The parts of a role ARN, or None when it is none."""
    if not _ROLE.match(text) or text.endswith("/"):
        return None
    _, partition, _, _, account, resource = text.split(":", 5)
    return RoleArn(partition, account, resource.rpartition("/")[2])


def corrected_role_arn(text: str) -> str | None:
    """The role ARN that a bent one plainly means: stray space, quotes, doubled colon, `role:` for `role/`."""
    bare = "".join(character for character in text if character.isprintable() and not character.isspace())
    bare = re.sub(r"iam:+(\d{12}):+role[:/]+", r"iam::\1:role/", bare.strip("\"'`<>,;"))
    return bare if bare != text and read_role_arn(bare) else None


def near_misses(arns: Iterable[str], arn: str) -> tuple[str, ...]:
    """The providers of the same account whose URL differs by slash, letter case, port or a doubled scheme."""
    return tuple(
        other
        for other in arns
        if other != arn and same_url(other, arn) and provider_account(other) == provider_account(arn)
    )


def same_url(one: str, other: str) -> bool:
    """Whether two providers' ARNs name one URL but for slash, letter case, port or a doubled scheme."""
    return _plain(one) == _plain(other)


def provider_account(arn: str) -> str:
    """The account of a provider; empty when the ARN has none."""
    return ":".join(arn.split(":")[4:5])


def difference(arn: str, wanted: str) -> str:
    """How the URL in a provider's ARN differs from the one that is wanted."""
    one, other = (text.partition(_PROVIDER)[2] for text in (arn, wanted))
    if one.rstrip("/") == other.rstrip("/"):
        return "a slash at the end"
    if one.casefold() == other.casefold():
        return "letter case"
    host = one.partition("/")[0]
    return f"the port {host.rpartition(':')[2]}" if ":" in host else "it is not the same byte for byte"


_PROVIDER = ":oidc-provider/"


def _plain(arn: str) -> str:
    url = re.sub(r"^(https?:/+)+", "", arn.partition(_PROVIDER)[2].casefold())
    host, _, path = url.partition("/")
    return f"{re.sub(r':[0-9]+$', '', host)}/{path.strip('/')}"


def provider_arn(partition: str, account: str, issuer: str) -> str:
    """The ARN that IAM gives the OIDC provider of this issuer (path kept, scheme dropped)."""
    return f"arn:{partition}:iam::{account}:oidc-provider/{issuer.removeprefix('https://')}"
