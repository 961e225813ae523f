"""Patterns of subjects in a trust policy whose wildcard stands in, or before the end of, the namespace."""

from collections.abc import Iterator

from keystone_check.iam.language import Effect, PolicyKind
from keystone_check.iam.policy import read
from keystone_check.iam.web_identity import host_of

_NAMESPACE = 2
"""`system`, `serviceaccount`, then the namespace."""


def subject_patterns(trust: str, issuer_url: str) -> Iterator[tuple[str, str]]:
    """Each such pattern with a subject of a foreign namespace that it matches."""
    reading = read(trust, PolicyKind.TRUST)
    key = f"{host_of(issuer_url)}:sub".lower()
    for statement in reading.policy.statements if reading.policy else ():
        for condition in statement.conditions if statement.effect is Effect.ALLOW else ():
            if condition.operator.name == "StringLike" and condition.key.lower() == key:
                yield from ((value, _stranger(value)) for value in condition.values if _crosses(value))


def _crosses(pattern: str) -> bool:
    parts = pattern.split(":")
    return any("*" in part or "?" in part for part in parts[: _NAMESPACE + 1])


def _stranger(pattern: str) -> str:
    """Every star becomes letters that no namespace of the user's begins with; a pattern that ends in the
    namespace gets a name behind it.
    """
    filled = pattern.replace("*", "keystone-nowhere").replace("?", "x")
    missing = max(0, _NAMESPACE + 1 - filled.count(":"))
    return filled + ":keystone-nobody" * (1 if missing and pattern.endswith("*") else 0)
