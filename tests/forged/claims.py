"""Claims of another kind or for another, under a signature that holds."""

from collections.abc import Iterator
from typing import Any

from keystone_check.iam.sts_answers import Step
from tests.forged.forgery import UNDECIDED, Forgery, bent, claims
from tests.iam.exchanges import NOW
from tests.iam.trusts import AUDIENCE, HOST, ISSUER, SUBJECT

NO_TIME: dict[str, Any] = {
    "a fraction": NOW + 0.5,
    "a fraction that is whole": float(NOW),
    "a string": str(NOW),
    "true": True,
    "a list": [NOW],
    "an object": {"seconds": NOW},
    "negative": -1,
    "beyond 64 bits": 2**63,
    "of 4000 digits": 10**4000,
}
SUBJECTS: dict[str, Any] = {
    "of another name": SUBJECT + "x",
    "of another case": SUBJECT.upper(),
    "a wildcard": "system:serviceaccount:*",
    "a zero byte more": SUBJECT + "\0",
    "a space more": SUBJECT + " ",
    "an invisible character more": SUBJECT + "\u200b",
    "a letter that looks alike": SUBJECT.replace("a", "\u0430"),
    "of 19 thousand characters": "s" * 14_000,
}


def table() -> Iterator[tuple[str, Forgery]]:
    for claim in ("exp", "iat", "nbf"):
        for what, value in NO_TIME.items():
            yield f"{claim} is {what}", _told(Step.CLAIMS, **{claim: value})
    for claim in ("exp", "iat", "aud", "sub", "iss"):
        yield f"{claim} is missing", _told(Step.CLAIMS, **{claim: None})
    for what, value in (("empty", ""), ("a list", [SUBJECT]), ("a number", 7), ("an object", {"a": SUBJECT})):
        yield f"sub is {what}", _told(Step.CLAIMS, sub=value)
        yield f"iss is {what}", _told(Step.CLAIMS, iss=value)
    for what, value in (
        ("an empty list", []),
        ("a list with a number", [AUDIENCE, 7]),
        ("an object", {AUDIENCE: 1}),
        ("a list in a list", [[AUDIENCE]]),
        ("a list with an empty string", [AUDIENCE, ""]),
    ):
        yield f"aud is {what}", _told(Step.CLAIMS, aud=value)
    yield "azp is a list", _told(Step.CLAIMS, azp=[AUDIENCE])
    yield "azp is another, aud the right one", _told(Step.AUDIENCE, azp="other")
    for what, value in (
        ("another", "other"),
        ("of another case", AUDIENCE.upper()),
        ("a space more", AUDIENCE + " "),
        ("a wildcard", "*"),
    ):
        yield f"aud is {what}", _told(Step.AUDIENCE, aud=[value])
    yield "several audiences, one of them right", _told(UNDECIDED, aud=["other", AUDIENCE])
    for what, issuer in (
        ("another", "https://forger.example.org"),
        ("a slash more", ISSUER + "/"),
        ("of another case", ISSUER.replace("b-1", "B-1")),
        ("http", ISSUER.replace("https", "http")),
        ("a user before the host", ISSUER.replace("https://", "https://a@")),
        ("a port more", ISSUER.replace(".com", ".com:443")),
    ):
        yield f"iss is {what}", _told(Step.PROVIDER, iss=issuer)
    yield "iss without its scheme", _told(UNDECIDED, iss=HOST)
    yield "expired", _told(Step.TIME, exp=NOW + 60)
    yield "expired at the epoch", _told(Step.TIME, exp=0)
    for claim in ("nbf", "iat"):
        yield f"{claim} is tomorrow", _told(Step.TIME, **{claim: NOW + 86_400})
    for what, subject in SUBJECTS.items():
        yield f"sub is {what}", _told(Step.TRUST, sub=subject)


def _told(step: Step | None, **changes: object) -> Forgery:
    return Forgery(bent(told=claims(**changes)), step)
