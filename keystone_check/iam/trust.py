"""A role's trust policy before a web identity: whether it lets it in, whom it names, what it pins."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from keystone_check.iam.evaluate import Decision, Undecided, decide
from keystone_check.iam.explain import nearest
from keystone_check.iam.language import PolicyKind
from keystone_check.iam.policy import read
from keystone_check.iam.trust_pins import Pin, audience_pin, changed_subjects, subject_pin
from keystone_check.iam.trust_repair import mended
from keystone_check.iam.web_identity import TAGGING, naming, web_identity_request

__all__ = [
    "Named",
    "Pin",
    "audience_pin",
    "changed_subjects",
    "mended",
    "names_provider",
    "subject_pin",
    "tagging_decision",
    "trust_decision",
]


@dataclass(frozen=True, slots=True)
class Named:
    """Whether a trust policy names a provider; `because` tells what it names instead."""

    holds: bool
    because: str
    federated: tuple[str, ...]
    """Every provider that some statement names."""


def trust_decision(
    trust: str,
    provider_arn: str,
    issuer_url: str,
    claims: Mapping[str, object],
    role_arn: str = "*",
    session_name: str = "",
) -> Decision:
    """What the trust policy decides on sts:AssumeRoleWithWebIdentity for a token with these claims."""
    reading = read(trust, PolicyKind.TRUST)
    request = web_identity_request(provider_arn, issuer_url, claims, role_arn, session_name)
    if reading.policy is None:
        return Undecided((f"the trust policy cannot be read: {reading.because}",))
    return decide((reading.policy,), request)


def tagging_decision(
    trust: str, provider_arn: str, issuer_url: str, claims: Mapping[str, object]
) -> Decision:
    """What the trust policy decides on sts:TagSession for a token with these claims."""
    reading = read(trust, PolicyKind.TRUST)
    if reading.policy is None:
        return Undecided((f"the trust policy cannot be read: {reading.because}",))
    request = web_identity_request(provider_arn, issuer_url, claims)
    return decide((reading.policy,), replace(request, action=TAGGING))


def names_provider(trust: str, provider_arn: str) -> Named | Undecided:
    """Whether some statement allows the action to this provider's web identities, conditions aside."""
    reading = read(trust, PolicyKind.TRUST)
    if reading.policy is None:
        return Undecided((f"the trust policy cannot be read: {reading.because}",))
    named = [statement.principals for statement in reading.policy.statements if statement.principals]
    federated = tuple(dict.fromkeys(arn for principals in named for arn in principals.federated))
    statements = [statement.name for statement in naming(reading.policy, provider_arn)]
    if statements:
        return Named(True, f"{statements[0]} names {provider_arn}", federated)
    request = web_identity_request(provider_arn, "", {})
    misses = nearest((reading.policy,), request, most=1)
    wanted = [part for miss in misses for part in miss.changes if not part.element.startswith("Condition")]
    return Named(False, "; ".join(map(str, wanted)) or "no statement allows anything", federated)
