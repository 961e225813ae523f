"""A web identity's request to assume a role, as its trust policy sees it.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html
(keys for AWS OIDC federation; "Default" for a provider that AWS does not list)
"""

from collections.abc import Iterator, Mapping

from keystone_check.iam import elements
from keystone_check.iam.language import Effect, Policy, Statement
from keystone_check.iam.request import Federated, Request

ACTION = "sts:AssumeRoleWithWebIdentity"
TAGGING = "sts:TagSession"
CLAIMS = ("aud", "oaud", "sub", "amr", "email")
"""The only ones that reach a trust policy."""


def host_of(issuer_url: str) -> str:
    """The prefix of the provider's condition keys: the issuer without its scheme, path kept."""
    return issuer_url.removeprefix("https://")


def web_identity_request(
    provider_arn: str,
    issuer_url: str,
    claims: Mapping[str, object],
    role_arn: str = "*",
    session_name: str = "",
) -> Request:
    """The request with exactly the keys that STS sets; what else AWS knows of the caller is unknown."""
    host = host_of(issuer_url)
    found = {f"{host}:{name}": values for name, values in _values(claims).items() if values}
    context: dict[str, tuple[str, ...] | str] = {**found}
    if session_name:
        context["sts:RoleSessionName"] = session_name
    # What :oaud is in a token without azp is not documented.
    unknown = ("aws:*", "sts:*", *(() if _texts(claims.get("azp")) else (_escaped(f"{host}:oaud"),)))
    return Request(ACTION, role_arn, Federated(provider_arn), context, unknown)


def audiences(claims: Mapping[str, object]) -> tuple[str, ...]:
    """What STS takes for the audience: azp where the token has one, else aud."""
    return _texts(claims.get("azp")) or _texts(claims.get("aud"))


def naming(policy: Policy, provider_arn: str) -> Iterator[Statement]:
    """The statements that allow the action to web identities of this provider, whatever else they ask."""
    request = web_identity_request(provider_arn, "", {})
    for statement in policy.statements:
        allows = statement.effect is Effect.ALLOW and elements.action(statement, request)
        if allows and elements.principal(statement, request) is True:
            yield statement


def web_identities(policy: Policy) -> Iterator[Statement]:
    """The statements that allow the action to web identities of any provider."""
    request = web_identity_request("", "", {})
    for statement in policy.statements:
        named = statement.principals
        allows = statement.effect is Effect.ALLOW and elements.action(statement, request)
        if allows and named and (named.federated or named.everyone):
            yield statement


def claim_of(key: str) -> str:
    """Which claim a condition key is about: what stands after its last colon, in lower case."""
    return key.rpartition(":")[2].lower()


def _values(claims: Mapping[str, object]) -> dict[str, tuple[str, ...]]:
    azp = _texts(claims.get("azp"))
    return {
        "aud": audiences(claims),
        "oaud": _texts(claims.get("aud")) if azp else (),
        "sub": _texts(claims.get("sub")),
        "amr": _texts(claims.get("amr")),
        "email": _texts(claims.get("email")),
    }


def _texts(value: object) -> tuple[str, ...]:
    entries = value if isinstance(value, list | tuple) else (value,)
    return tuple(entry for entry in entries if isinstance(entry, str) and entry)


def _escaped(key: str) -> str:
    """A key as a shell pattern that matches nothing but itself."""
    return key.lower().replace("[", "[[]")
