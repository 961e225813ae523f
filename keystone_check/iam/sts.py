"""sts:AssumeRoleWithWebIdentity, step by step.

1. SHAPE: the role's ARN, the session's name and duration, no provider id, the token's length.
2. FORM: the token is a JWT signed with an algorithm that STS knows.
3. CLAIMS: iss, sub, aud (or azp), iat and exp are there; times are whole numbers.
4. PROVIDER: the role's account has an OIDC provider whose URL is the token's iss, byte for byte.
5. KEYS: the issuer's discovery document and key set are public, served in time under certificates that
   AWS trusts or the provider pins, and hold the token's key by its kid, at most 100 of its type.
6. SIGNATURE: the token is signed with that key.
7. TIME: now is before exp, and not before nbf and iat.
8. AUDIENCE: azp, or else aud, is one of the provider's client ids.
9. TRUST: the role is there and its trust policy lets the web identity in.

AWS documents no order. This one is inferred from what users report; of 5 to 8 none is known, so every
mismatch is told and not only the first.
"""

from collections.abc import Iterator, Sequence

from keystone_check.iam import sts_answers as answers
from keystone_check.iam import sts_documents as documents
from keystone_check.iam import sts_shapes as shapes
from keystone_check.iam.arns import provider_arn
from keystone_check.iam.evaluate import Allowed, Denied, Undecided
from keystone_check.iam.oidc import Flaw, Malformed
from keystone_check.iam.sts_answers import Certainty, Granted, Reason, Refused, Unseen
from keystone_check.iam.sts_shapes import AssumeRequest
from keystone_check.iam.trust import tagging_decision, trust_decision
from keystone_check.iam.web_identity import audiences, host_of
from keystone_check.model.aws import Provider, Role
from keystone_check.model.cluster import Token
from keystone_check.model.facts import Absent, Missing, Subjects
from keystone_check.model.web import Chain, Response

__all__ = [
    "AssumeRequest",
    "Certainty",
    "Flaw",
    "Granted",
    "Malformed",
    "Reason",
    "Refused",
    "Undecided",
    "exchange",
]

LEEWAY = 300
"""Seconds. AWS documents no tolerance; users report trouble beyond five minutes."""

Told = Iterator[Reason | Unseen]


def exchange(
    request: AssumeRequest,
    token: Token | Malformed,
    discovery: Response | Missing,
    key_set: Response | Missing,
    chains: Subjects[Chain],
    providers: Subjects[Provider] | Missing,
    role: Role | Absent | Missing,
    now: int,
) -> Granted | Refused | Undecided:
    """What STS answers, as a function of what it would see.

    Refused as soon as one mismatch is certain, with all of them and what could not be seen beside.
    Undecided when nothing refuses but something that STS looks at was not seen.
    """
    if isinstance(token, Malformed):
        return _refused((*shapes.shape(request, role), shapes.malformed(token)))
    provider = _provider(request, token, providers)
    told = (
        *shapes.shape(request, role),  # 1
        *shapes.form(token),  # 1, 2
        *shapes.claims(token),  # 3
        *_vouched(provider, token, discovery, key_set, chains),  # 4, 5, 8
        *documents.keys(token, discovery, key_set),  # 5, 6
        *_time(token, now),  # 7
        *_trust(request, token, provider, role),  # 9
    )
    if any(isinstance(item, Reason) for item in told):
        return _refused(told)
    unseen = _unseen(told)
    if unseen or not isinstance(provider, Provider):
        return Undecided(unseen)
    audience = audiences(token.claims)[0]
    return Granted(request.role_arn, provider.arn, token.subject, audience, tuple(_notes(token, now)))


def _refused(told: Sequence[Reason | Unseen]) -> Refused:
    reasons = (item for item in told if isinstance(item, Reason))
    return Refused(tuple(sorted(reasons, key=lambda reason: reason.step)), _unseen(told))


def _unseen(told: Sequence[Reason | Unseen]) -> tuple[Missing | str, ...]:
    return tuple(dict.fromkeys(item.because for item in told if isinstance(item, Unseen)))


def _provider(
    request: AssumeRequest, token: Token, providers: Subjects[Provider] | Missing
) -> Provider | Absent | Missing:
    """The provider of that URL in the role's account; IAM keeps the URL without its scheme."""
    if isinstance(providers, Missing):
        return providers
    wanted = host_of(token.issuer)
    # A provider that could not be read may be the one: its ARN ends in its URL.
    for arn, provider in providers:
        account, url = arn.split(":")[4:5], arn.partition(":oidc-provider/")[2]
        seen_url = provider.url if isinstance(provider, Provider) else url
        if host_of(seen_url) == wanted and account == [request.account] and not isinstance(provider, Absent):
            return provider
    listed = ", ".join(provider.url for _, provider in providers.seen()) or "none"
    account_name = request.account or "the role's account"
    return Absent("provider", f"{account_name} has no provider for {token.issuer}; near ones: {listed}")


def _vouched(
    provider: Provider | Absent | Missing,
    token: Token,
    discovery: Response | Missing,
    key_set: Response | Missing,
    chains: Subjects[Chain],
) -> Told:
    """What needs the provider: that it is there, the certificates that it pins, the audiences it takes."""
    match provider:
        case Missing():
            yield Unseen(provider)
        case Absent():
            yield answers.no_provider(token.issuer, provider.because)
        case Provider():
            yield from documents.certificates(provider, token, discovery, key_set, chains)
            yield from _audience(token, provider)


def _audience(token: Token, provider: Provider) -> Told:
    named = audiences(token.claims)
    taken = [audience for audience in named if audience in provider.client_ids]
    listed = ", ".join(f'"{client_id}"' for client_id in provider.client_ids) or "none"
    if named and not taken:
        wanted = ", ".join(f'"{audience}"' for audience in named)
        yield answers.wrong_audience(f"the token is for {wanted}, the provider's client ids are {listed}")
    elif len(taken) < len(named):
        yield Unseen(
            f"the token has several audiences, of which {taken[0]} is a client id; STS may take another"
        )


def _time(token: Token, now: int) -> Told:
    expiration = shapes.seconds(token, "exp")
    if expiration is not None and now >= expiration:
        yield answers.expired(now, expiration, f"exp is {now - expiration} seconds past")
    for claim in ("nbf", "iat"):
        start = shapes.seconds(token, claim)
        if start is not None and start > now + LEEWAY:
            yield answers.not_yet_valid(
                f"{claim} is {start - now} seconds ahead: the cluster's clock is fast"
            )


def _trust(
    request: AssumeRequest,
    token: Token,
    provider: Provider | Absent | Missing,
    role: Role | Absent | Missing,
) -> Told:
    match role:
        case Missing():
            yield Unseen(role)
        case Absent():
            # Whether STS tells a missing role from a forbidden one is not documented; users see one text.
            yield answers.not_authorized(role.because, Certainty.INFERRED)
        case Role() if role.arn != request.role_arn:
            cause = f"there is no {request.role_arn}; the role of that name is {role.arn}"
            yield answers.not_authorized(cause, Certainty.INFERRED)
        case Role():
            yield from _trusted(request, token, _arn(request, token, provider), role)


def _trusted(request: AssumeRequest, token: Token, provider_arn: str, role: Role) -> Told:
    decision = trust_decision(
        role.trust, provider_arn, token.issuer, token.claims, request.role_arn, request.session_name
    )
    match decision:
        case Denied():
            yield answers.not_authorized(f"the trust policy of {role.arn}: {decision.because}")
        case Undecided(because):
            yield from map(Unseen, because)
        case Allowed():
            yield from _tagged(token, provider_arn, role)


def _tagged(token: Token, provider_arn: str, role: Role) -> Told:
    """Session tags in the token need sts:TagSession beside the action itself."""
    if shapes.TAGS not in token.claims:
        return
    match tagging_decision(role.trust, provider_arn, token.issuer, token.claims):
        case Denied(because=because):
            yield answers.not_authorized(f"the token carries session tags, and {role.arn}: {because}")
        case Undecided(because):
            yield from map(Unseen, because)
        case Allowed():
            return


def _arn(request: AssumeRequest, token: Token, provider: Provider | Absent | Missing) -> str:
    """The provider's ARN, or the one that it would have."""
    if isinstance(provider, Provider):
        return provider.arn
    partition = request.role_arn.split(":")[1] if request.account else "aws"
    return provider_arn(partition, request.account, token.issuer)


def _notes(token: Token, now: int) -> Iterator[str]:
    for claim in ("nbf", "iat"):
        start = shapes.seconds(token, claim)
        if start is not None and start > now:
            yield f"{claim} is {start - now} seconds ahead; how much STS tolerates is not documented"
    if len(token.subject) > 255:
        yield f"the subject has {len(token.subject)} characters, and STS's answer takes 255"
    issued = shapes.seconds(token, "iat")
    if issued is not None and now - issued > 86400:
        yield f"it was issued {now - issued} seconds ago; how old a token STS takes is not documented"
