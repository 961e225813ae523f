"""The exchange's first three steps: the shapes of the request, of the token and of its claims."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import assert_never

from keystone_check.iam import sts_answers as answers
from keystone_check.iam.oidc import ALGORITHMS, Flaw, Malformed
from keystone_check.iam.sts_answers import Certainty, Reason, Unseen
from keystone_check.iam.web_identity import audiences
from keystone_check.model.aws import Role
from keystone_check.model.cluster import Token
from keystone_check.model.facts import Absent, Missing

ROLE = re.compile(r"arn:aws[a-z0-9-]*:iam::(?P<account>\d{12}):role/[\w+=,.@/-]*[\w+=,.@-]", re.ASCII)
SESSION_NAME = re.compile(r"[\w+=,.@-]*", re.ASCII)
TAGS = "https://aws.amazon.com/tags"

Told = Iterator[Reason | Unseen]


@dataclass(frozen=True, slots=True)
class AssumeRequest:
    """The call's parameters without the token."""

    role_arn: str
    session_name: str
    duration_seconds: int = 3600
    provider_id: str = ""

    @property
    def account(self) -> str:
        """The account that the role's ARN names; empty when it is malformed."""
        found = ROLE.fullmatch(self.role_arn)
        return found["account"] if found else ""


def shape(request: AssumeRequest, role: Role | Absent | Missing) -> Told:
    """1. The role's ARN, the session's name and duration, no provider id."""
    if len(request.role_arn) < 20:
        constraint = "Member must have length greater than or equal to 20"
        cause = f'"{request.role_arn}" is too short for the ARN of a role'
        yield answers.out_of_shape("roleArn", request.role_arn, constraint, cause, Certainty.REPORTED)
    elif not request.account:
        yield answers.invalid_arn(f'"{request.role_arn}" is not arn:PARTITION:iam::ACCOUNT:role/NAME')
    yield from _session(request.session_name)
    seconds = request.duration_seconds
    for limit, fits, word in ((900, seconds >= 900, "greater"), (43200, seconds <= 43200, "less")):
        if not fits:
            constraint = f"Member must have value {word} than or equal to {limit}"
            cause = f"a session lasts 900 to 43200 seconds, not {seconds}"
            yield answers.out_of_shape("durationSeconds", str(seconds), constraint, cause, Certainty.INFERRED)
    if isinstance(role, Role) and role.max_session_seconds < seconds <= 43200:
        yield answers.too_long_a_session(
            f"{seconds} seconds are asked for, and {role.arn} allows {role.max_session_seconds}"
        )
    if request.provider_id:
        yield answers.provider_id_given(f'ProviderId "{request.provider_id}" is for OAuth 2.0 access tokens')


def _session(name: str) -> Told:
    cause = f'the session name "{name}" is not 2 to 64 of letters, digits and _=,.@+-'
    if not SESSION_NAME.fullmatch(name):
        constraint = r"Member must satisfy regular expression pattern: [\w+=,.@-]*"
        yield answers.out_of_shape("roleSessionName", name, constraint, cause, Certainty.REPORTED)
    for limit, fits, word in ((2, len(name) >= 2, "greater"), (64, len(name) <= 64, "less")):
        if not fits:
            constraint = f"Member must have length {word} than or equal to {limit}"
            yield answers.out_of_shape("roleSessionName", name, constraint, cause, Certainty.REPORTED)


def malformed(token: Malformed) -> Reason:
    """1, 2. A text that is no token."""
    match token.flaw:
        case Flaw.TOO_SHORT:
            constraint = "Member must have length greater than or equal to 4"
            return answers.out_of_shape(
                "webIdentityToken", None, constraint, token.reason, Certainty.REPORTED
            )
        case Flaw.TOO_LONG:
            constraint = "Member must have length less than or equal to 20000"
            return answers.out_of_shape(
                "webIdentityToken", None, constraint, token.reason, Certainty.INFERRED
            )
        case Flaw.ALGORITHM:
            return answers.unknown_algorithm(token.reason)
        case Flaw.FORM:
            return answers.no_jwt(token.reason)
        case _:
            assert_never(token.flaw)


def form(token: Token) -> Told:
    """1, 2. A token that was read may come from a snapshot: its length and algorithm are asked again."""
    if token.size < 4:
        yield malformed(Malformed(f"the token has {token.size} characters", Flaw.TOO_SHORT))
    if token.size > 20000:
        yield malformed(Malformed(f"the token has {token.size} characters", Flaw.TOO_LONG))
    if token.algorithm not in ALGORITHMS:
        cause = f"it is signed with {token.algorithm or 'nothing'}, and STS knows {', '.join(ALGORITHMS)}"
        yield answers.unknown_algorithm(cause)


def claims(token: Token) -> Told:
    """3. iss, sub, aud (or azp), iat and exp are there; times are whole numbers."""
    for claim in ("iss", "sub"):
        value = token.claims.get(claim)
        if value is None:
            yield answers.claim_missing(claim, f"the token has no {claim}")
        elif not isinstance(value, str) or not value:
            yield answers.claim_malformed(claim, f"{claim} is not a string with something in it")
    yield from _audience(token)
    for claim in ("iat", "exp", "nbf"):
        if claim not in token.claims and claim != "nbf":
            yield answers.claim_missing(claim, f"the token has no {claim}")
        elif claim in token.claims and seconds(token, claim) is None:
            yield answers.claim_malformed(claim, f"{claim} is not a whole number of seconds")


def seconds(token: Token, claim: str) -> int | None:
    """A time; None where it is none. AWS takes integers and long integers: 64 bits, never true or 1.5."""
    value = token.claims.get(claim)
    if isinstance(value, bool) or not isinstance(value, int):
        return None
    return value if 0 <= value < 2**63 else None


def _audience(token: Token) -> Told:
    azp, aud = token.claims.get("azp"), token.claims.get("aud")
    several = aud if isinstance(aud, list) else [aud]
    if azp is not None and not isinstance(azp, str):
        yield answers.claim_malformed("azp", "azp is not a string")
    elif aud is not None and not all(isinstance(one, str) and one for one in several):
        yield answers.claim_malformed("aud", "aud is neither a string nor a list of strings")
    elif not audiences(token.claims):
        yield answers.claim_missing("aud", "the token names no audience, neither azp nor aud")
