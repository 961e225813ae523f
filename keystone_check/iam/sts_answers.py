"""What STS answers to AssumeRoleWithWebIdentity: values, codes and texts, and how sure each text is."""

from dataclasses import dataclass
from enum import IntEnum, StrEnum

from keystone_check.model.facts import Missing


class Certainty(StrEnum):
    """Where a text comes from."""

    DOCUMENTED = "documented"
    """AWS's own pages or service model print it."""
    REPORTED = "reported"
    """Users printed what they got."""
    INFERRED = "inferred"
    """Nobody printed it; the code follows from the service model, the text from its neighbours."""


class Step(IntEnum):
    """The exchange's steps, in the order in which STS seems to take them."""

    SHAPE = 1
    FORM = 2
    CLAIMS = 3
    PROVIDER = 4
    KEYS = 5
    SIGNATURE = 6
    TIME = 7
    AUDIENCE = 8
    TRUST = 9


UNORDERED = (Step.KEYS, Step.SIGNATURE, Step.TIME, Step.AUDIENCE)
"""Nothing is known of the order of these among themselves."""


@dataclass(frozen=True, slots=True)
class Reason:
    """One mismatch and what STS says to it."""

    step: Step
    code: str
    status: int
    message: str
    """STS's words."""
    cause: str
    """What is wrong, in ours."""
    certainty: Certainty


@dataclass(frozen=True, slots=True)
class Granted:
    """STS would hand out credentials."""

    role_arn: str
    provider_arn: str
    subject: str
    audience: str
    notes: tuple[str, ...] = ()
    """What holds by a margin that AWS does not document."""


@dataclass(frozen=True, slots=True)
class Refused:
    """Every mismatch in the order of the steps."""

    reasons: tuple[Reason, ...]
    unseen: tuple[Missing | str, ...] = ()
    """What could not be seen beside: there may be more reasons."""

    @property
    def first(self) -> Reason:
        """The one that STS would name, as far as its order is known."""
        return self.reasons[0]

    @property
    def rivals(self) -> tuple[Reason, ...]:
        """Those that STS may name instead of the first, because nobody knows which it tests first."""
        if self.first.step not in UNORDERED:
            return ()
        return tuple(reason for reason in self.reasons[1:] if reason.step in UNORDERED)


@dataclass(frozen=True, slots=True)
class Unseen:
    """A part of a step that could not be taken."""

    because: Missing | str


def invalid_arn(cause: str) -> Reason:
    return Reason(Step.SHAPE, "ValidationError", 400, "Request ARN is invalid", cause, Certainty.DOCUMENTED)


def out_of_shape(member: str, value: str | None, constraint: str, cause: str, certainty: Certainty) -> Reason:
    """A parameter outside its shape in the service model. `value` is None for the token, never echoed."""
    shown = "Value" if value is None else f"Value '{value}'"
    message = f"1 validation error detected: {shown} at '{member}' failed to satisfy constraint: {constraint}"
    return Reason(Step.SHAPE, "ValidationError", 400, message, cause, certainty)


def not_given(member: str) -> Reason:
    """A parameter that is not there at all (fog/fog-aws#550 and aws/aws-sdk-cpp#1252 print it)."""
    message = (
        f"1 validation error detected: Value null at '{member}' failed to satisfy constraint: "
        "Member must not be null"
    )
    cause = f"the request has no {member}"
    return Reason(Step.SHAPE, "ValidationError", 400, message, cause, Certainty.REPORTED)


def too_long_a_session(cause: str) -> Reason:
    message = "The requested DurationSeconds exceeds the MaxSessionDuration set for this role."
    return Reason(Step.SHAPE, "ValidationError", 400, message, cause, Certainty.REPORTED)


def provider_id_given(cause: str) -> Reason:
    message = "ProviderId is not valid for an OpenID Connect token"
    return Reason(Step.SHAPE, "ValidationError", 400, message, cause, Certainty.INFERRED)


def no_jwt(cause: str) -> Reason:
    message = "The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)"
    return _invalid(Step.FORM, message, cause, Certainty.REPORTED)


def unknown_algorithm(cause: str) -> Reason:
    message = "The ID Token provided is not a valid JWT."
    return _invalid(Step.FORM, message, cause, Certainty.INFERRED)


def claim_missing(claim: str, cause: str) -> Reason:
    known = Certainty.REPORTED if claim in ("aud", "sub") else Certainty.INFERRED
    return _invalid(Step.CLAIMS, f"Missing a required claim: {claim}", cause, known)


def claim_malformed(claim: str, cause: str) -> Reason:
    message = f"The claim {claim} of the ID Token provided is not valid"
    return _invalid(Step.CLAIMS, message, cause, Certainty.INFERRED)


def no_provider(issuer: str, cause: str) -> Reason:
    message = f"No OpenIDConnect provider found in your account for {issuer}"
    return _invalid(Step.PROVIDER, message, cause, Certainty.DOCUMENTED)


def no_verification_key(cause: str, certainty: Certainty = Certainty.DOCUMENTED) -> Reason:
    # Two spaces after the comma: awslabs/aws-sdk-rust#827 prints the answer as it came over the wire.
    message = (
        "Couldn't retrieve verification key from your identity provider,  "
        "please reference AssumeRoleWithWebIdentity documentation for requirements"
    )
    return _invalid(Step.KEYS, message, cause, certainty)


def thumbprint_differs(cause: str) -> Reason:
    message = "OpenIDConnect provider's HTTPS certificate doesn't match configured thumbprint"
    return _invalid(Step.KEYS, message, cause, Certainty.DOCUMENTED)


def bad_signature(cause: str) -> Reason:
    return _invalid(Step.SIGNATURE, "Token signature invalid", cause, Certainty.REPORTED)


def expired(now: int, expiration: int, cause: str) -> Reason:
    message = f"Token expired: current date/time {now} must be before the expiration date/time {expiration}"
    return Reason(Step.TIME, "ExpiredTokenException", 400, message, cause, Certainty.REPORTED)


def not_yet_valid(cause: str) -> Reason:
    message = "The ID Token provided is not valid yet"
    return _invalid(Step.TIME, message, cause, Certainty.INFERRED)


def wrong_audience(cause: str) -> Reason:
    return _invalid(Step.AUDIENCE, "Incorrect token audience", cause, Certainty.DOCUMENTED)


def not_authorized(cause: str, certainty: Certainty = Certainty.DOCUMENTED) -> Reason:
    message = "Not authorized to perform sts:AssumeRoleWithWebIdentity"
    return Reason(Step.TRUST, "AccessDenied", 403, message, cause, certainty)


def _invalid(step: Step, message: str, cause: str, certainty: Certainty) -> Reason:
    return Reason(step, "InvalidIdentityToken", 400, message, cause, certainty)
