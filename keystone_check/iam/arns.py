"""ARNs of roles and OIDC providers: read, judged, built."""

import re
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


def provider_arn(partition: str, account: str, issuer: str) -> str:
    """The ARN that IAM gives the OIDC provider of this issuer (path kept, scheme dropped)."""
    return f"arn:{partition}:iam::{account}:oidc-provider/{issuer.removeprefix('https://')}"
