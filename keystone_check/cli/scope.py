"""To what the rights of `--permissions` can be narrowed: bucket, documents, roles, namespaces."""

from dataclasses import dataclass

from keystone_check.iam.arns import read_role_arn
from keystone_check.iam.oidc import read_discovery
from keystone_check.iam.s3 import locate, object_key
from keystone_check.model.access import Access
from keystone_check.model.facts import Missing
from keystone_check.model.operators import KARPENTER
from keystone_check.model.web import Response
from keystone_check.model.world import Binding, World
from keystone_check.probes.operator_rights import OPERATED

MOST_ROLES = 20
"""A policy that names more would near IAM's 6144 characters."""
NARROWING = frozenset({"caller", "issuer", "discovery", "accounts"})
"""The facts that tell to which resources the rights can be narrowed."""


def narrowing(needs: frozenset[str]) -> frozenset[str]:
    """The facts that tell it for checks that read these: which operators run only where that matters."""
    return NARROWING | {"operators"} if needs & {"operators", *OPERATED} else NARROWING


@dataclass(frozen=True, slots=True)
class Scope:
    """To what the rights can be narrowed. Empty or a star: nobody knows yet, so any."""

    namespace: str = ""
    partition: str = "aws"
    account: str = "*"
    bucket: str = "*"
    keys: tuple[str, ...] = ("*",)
    """Of the two documents in the bucket."""
    roles: tuple[str, ...] = ("*",)
    """Names of the roles that service accounts are bound to."""
    launches: bool = False
    """Whether a Karpenter runs, whose nodes' roles are looked at too."""
    elsewhere: tuple[Binding, ...] = ()
    """Expected bindings outside the namespace to which the checks are confined."""


def scope(access: Access, known: World) -> Scope:
    """To what the rights can be narrowed, as far as it is known before they are granted."""
    partition, account = _account(known)
    bucket, keys = _documents(known)
    return Scope(
        access.namespace,
        partition,
        account,
        bucket,
        keys,
        _roles(access, known, account),
        _launches(known),
        tuple(one for one in access.expected.bindings if access.namespace not in ("", one.namespace)),
    )


def _launches(known: World) -> bool:
    found = known.operators
    return not isinstance(found, Missing) and any(it.product == KARPENTER for _, it in found.seen())


def _account(known: World) -> tuple[str, str]:
    caller = known.caller
    return ("aws", "*") if isinstance(caller, Missing) else (caller.partition, caller.account)


def _documents(known: World) -> tuple[str, tuple[str, ...]]:
    """The bucket and the two keys; every key while the published document does not name the key set."""
    issuer = "" if isinstance(known.issuer, Missing) else known.issuer.url
    location = locate(issuer)
    if location is None:
        return "*", ("*",)
    body = known.discovery.body if isinstance(known.discovery, Response) else ""
    read = read_discovery(body) if isinstance(body, str) else None
    key_set = object_key(location, getattr(read, "jwks_uri", ""))
    document = object_key(location, f"{issuer.rstrip('/')}/.well-known/openid-configuration")
    return location.bucket, (document, key_set) if key_set else ("*",)


def _roles(access: Access, known: World, account: str) -> tuple[str, ...]:
    if isinstance(known.accounts, Missing):
        return ("*",)
    annotated = (item.role_arn for _, item in known.accounts.seen())
    arns = [read_role_arn(arn) for arn in (*annotated, *(one.role_arn for one in access.expected.bindings))]
    names = {arn.name for arn in arns if arn and arn.account == account}
    return tuple(sorted(names)) if 0 < len(names) <= MOST_ROLES else ("*",)
