"""One forgery, and the token that it is bent from."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from keystone_check.iam.sts_answers import Step
from tests.iam.exchanges import CLAIMS
from tests.tokens import Part, Signer, compact, kid, members

NAMES = ("RSA", "P-256", "P-384", "P-521", "RSA other")
"""The keys that the issuer publishes, without `alg`, so that no key's own words save the verifier."""
UNDECIDED = None


@dataclass(frozen=True)
class Forgery:
    """A token and the key set beside it. `step` refuses the pair; None where nobody knows what STS does."""

    token: str = field(repr=False)
    step: Step | None
    keys: str = ""
    """The key set as it is served; empty for the honest one."""


def header(**changes: object) -> dict[str, object]:
    """The honest header; a member changed to None is left out."""
    said = {"alg": "RS256", "kid": kid(), **changes}
    return {name: value for name, value in said.items() if value is not None}


def claims(**changes: object) -> dict[str, object]:
    """The honest claims; one changed to None is left out."""
    return {name: value for name, value in {**CLAIMS, **changes}.items() if value is not None}


def honest() -> str:
    return compact(header(), claims())


def elliptic(name: str, signer: Signer, algorithm: str = "ES256") -> str:
    """A token that says it is signed with the key of that curve."""
    return compact(header(alg=algorithm, kid=kid(name)), claims(), signer)


def bent(said: Part | None = None, told: Part | None = None, signer: Signer | None = None) -> str:
    """The honest token with another header or other claims, signed as they stand."""
    return compact(header() if said is None else said, claims() if told is None else told, signer)


def key_set(*keys: Mapping[str, object]) -> str:
    return json.dumps({"keys": keys})


def published() -> str:
    """The honest key set."""
    return key_set(*(members(name, alg=None) for name in NAMES))
