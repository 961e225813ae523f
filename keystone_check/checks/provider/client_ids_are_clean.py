"""The provider's client ids are what they look like.

## Why it matters
STS compares the token's audience with the client ids byte for byte. A zero-width space that was pasted
along, a space at the end, `STS.amazonaws.com` or `https://sts.amazonaws.com` is another audience:
`Incorrect token audience` (InvalidIdentityToken), while list and console show what seems to be right.

## How to fix
Remove the bent client id, and add the plain one where it is missing.

## References
- https://docs.aws.amazon.com/IAM/latest/APIReference/API_RemoveClientIDFromOpenIDConnectProvider.html
- https://repost.aws/knowledge-center/eks-troubleshoot-irsa-errors
"""

import unicodedata
from collections.abc import Iterator

from keystone_check.iam.arns import provider_arn
from keystone_check.model.aws import Caller, Provider
from keystone_check.model.change import SetClientIds
from keystone_check.model.cluster import Issuer, ServiceAccount
from keystone_check.model.facts import Missing, Subjects
from keystone_check.model.finding import (
    Evidence,
    Finding,
    Repair,
    Safety,
    Severity,
    blocked,
    broken,
    holds,
    not_applicable,
)
from keystone_check.model.world import Expected

severity = Severity.HIGH


def judge(
    issuer: Issuer,
    providers: Subjects[Provider],
    accounts: Subjects[ServiceAccount],
    caller: Caller,
    expected: Expected,
) -> Iterator[Finding]:
    """One finding, about the issuer's provider."""
    arn = provider_arn(caller.partition, caller.account, issuer.url)
    wanted = {expected.audience, *(account.audience(expected.audience) for _, account in accounts.seen())}
    match dict(providers).get(arn):
        case Provider() as provider:
            yield _judged(provider, issuer, frozenset(wanted))
        case Missing() as missing:
            yield blocked(arn, missing)
        case _:
            yield not_applicable(arn, f"there is no provider {arn}")


def _judged(provider: Provider, issuer: Issuer, wanted: frozenset[str]) -> Finding:
    flaws = {item: flaw for item in provider.client_ids if (flaw := _flaw(item, issuer, wanted))}
    if not flaws:
        return holds(provider.arn)
    seen = "; ".join(f"{item!a}: {flaw}" for item, flaw in flaws.items())
    return broken(
        provider.arn,
        f"the provider has client ids that no token's audience equals: {seen}",
        Evidence("iam:GetOpenIDConnectProvider", ", ".join(sorted(wanted)), ", ".join(map(ascii, flaws))),
        _repair(provider, frozenset(flaws)),
    )


def _repair(provider: Provider, bent: frozenset[str]) -> Repair | None:
    after = tuple(item for item in provider.client_ids if item not in bent)
    if not after:
        return None  # a provider without one is what audience_is_registered mends first
    change = SetClientIds(provider.arn, provider.client_ids, after)
    reason = "whoever asks for exactly this audience, however unlikely, is refused then"
    return Repair("remove the client ids that are bent", Safety.UNSAFE, reason, (change,))


def _flaw(item: str, issuer: Issuer, wanted: frozenset[str]) -> str:
    """What is wrong with a client id that nobody asks for; empty where nothing is."""
    if item in wanted:
        return ""
    if odd := [character for character in item if _hidden(character)]:
        return "it has " + ", ".join(dict.fromkeys(map(_named, odd)))
    for audience in sorted(wanted):
        if item.casefold() == audience.casefold():
            return f"letters in another case than {audience!r}"
        if item.removeprefix("https://").rstrip("/") == audience:
            return f"an address, where the audience is the name {audience!r}"
    if item.startswith("arn:"):
        return "an ARN"
    if item.removeprefix("https://").rstrip("/") == issuer.url.removeprefix("https://").rstrip("/"):
        return "the issuer's own address"
    return ""


def _hidden(character: str) -> bool:
    """White space, control and format characters: what nobody sees."""
    return character.isspace() or unicodedata.category(character) in ("Cc", "Cf", "Zs", "Zl", "Zp", "Co")


def _named(character: str) -> str:
    name = unicodedata.name(character, "a control character")
    return f"U+{ord(character):04X} {name}"
