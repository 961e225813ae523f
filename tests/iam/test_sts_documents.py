from dataclasses import replace
from typing import Any

import pytest

from keystone_check.iam.oidc import discovery_document, discovery_url
from keystone_check.iam.sts import Granted, Refused, Undecided
from keystone_check.iam.sts_answers import Reason, Step
from keystone_check.model.facts import Absent, Missing, Subjects
from tests.iam.exchanges import JWKS, KID, NAME, ask, chain, key_set, provider, response, token
from tests.iam.test_jwk import RFC_7638
from tests.iam.trusts import ISSUER, PROVIDER

URL = discovery_url(ISSUER)
DOCUMENT = discovery_document(ISSUER, JWKS, ("RS256",))
WITHOUT_KID = {name: value for name, value in RFC_7638.items() if name != "kid"}


def first(**facts: Any) -> Reason:
    answer = ask(**facts)
    assert isinstance(answer, Refused), answer
    return answer.first


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({"discovery": response(URL, "", 403)}, "gets 403"),
        ({"discovery": response(URL, "", 307)}, "redirects to no location"),
        ({"discovery": response(URL, "<html>")}, "it is an HTML page"),
        ({"discovery": response(URL, Missing("body", "not UTF-8"))}, "not UTF-8"),
        ({"discovery": response(URL, DOCUMENT, milliseconds=6000)}, "took 6 seconds"),
        ({"discovery": response(URL, DOCUMENT.replace(f'"{ISSUER}"', f'"{ISSUER}/"'))}, "names the issuer"),
        (
            {
                "discovery": response(
                    URL, discovery_document(ISSUER, "https://10.0.0.5:6443/jwks", ("RS256",))
                )
            },
            "is an IP address",
        ),
        ({"key_set": response(JWKS, "", 404)}, "gets 404"),
        ({"key_set": response(JWKS, "[]")}, "is no key set: it is an empty list"),
        ({"key_set": key_set()}, "it holds no key at all"),
        ({"key_set": key_set({**RFC_7638, "kid": "new"})}, f"lacks the token's key {KID}; it holds new"),
        ({"key_set": key_set(WITHOUT_KID)}, "it holds (no kid)"),
        ({"key_set": key_set({**RFC_7638, "alg": "RS512"})}, "the token is signed with RS256"),
        ({"key_set": key_set({**RFC_7638, "kty": "EC", "crv": "P-256"})}, "is EC P-256 RS256"),
        (
            {"key_set": key_set(RFC_7638, *({**RFC_7638, "kid": f"k{number}"} for number in range(100)))},
            "holds 101 RSA keys",
        ),
        ({"chains": Subjects(((NAME, Absent(NAME, "no handshake")),))}, "serves no certificate"),
    ],
)
def test_each_cause_of_a_key_that_is_not_found_is_told_apart(facts: dict[str, Any], said: str) -> None:
    reason = first(**facts)
    assert reason.step is Step.KEYS
    assert reason.message.startswith("Couldn't retrieve verification key")
    assert said in reason.cause


def test_a_token_without_a_kid_finds_only_a_key_with_an_empty_one() -> None:
    bare = replace(token(), header={"alg": "RS256"})
    assert "lacks the token's key (no kid)" in first(token=bare, key_set=key_set(WITHOUT_KID)).cause
    assert isinstance(ask(token=bare, key_set=key_set({**RFC_7638, "kid": ""})), Granted)


def test_two_keys_under_one_kid_are_not_guessed() -> None:
    assert isinstance(ask(key_set=key_set(RFC_7638, {**RFC_7638, "e": "Aw"})), Undecided)


def test_a_hundred_keys_are_few_enough() -> None:
    hundred = key_set(RFC_7638, *({**RFC_7638, "kid": f"k{number}"} for number in range(99)))
    assert isinstance(ask(key_set=hundred), Granted)


@pytest.mark.parametrize("bent", [chain(trusted=False), chain(tls12=False)])
def test_thumbprints_count_only_where_the_chain_does_not(bent: Any) -> None:
    chains = Subjects(((NAME, bent),))
    message = "OpenIDConnect provider's HTTPS certificate doesn't match configured thumbprint"
    assert first(chains=chains).message == message
    leaf = Subjects(((PROVIDER, provider(thumbprints=("aa" * 20,))),))
    assert first(chains=chains, providers=leaf).message == message
    last = Subjects(((PROVIDER, provider(thumbprints=("BB" * 20,))),))
    assert isinstance(ask(chains=chains, providers=last), Granted)


def test_both_hosts_are_looked_at() -> None:
    elsewhere = "https://keys.example.org/jwks"
    discovery = response(URL, discovery_document(ISSUER, elsewhere, ("RS256",)))
    keys = replace(key_set(RFC_7638), url=elsewhere)
    both = Subjects(((NAME, chain()), ("keys.example.org", chain(host="keys.example.org"))))
    one = Subjects(((NAME, chain()), ("keys.example.org", chain(trusted=False, host="keys.example.org"))))
    assert isinstance(ask(discovery=discovery, key_set=keys, chains=both), Granted)
    assert "keys.example.org" in first(discovery=discovery, key_set=keys, chains=one).cause


def test_documents_of_another_address_prove_nothing() -> None:
    other = response("https://other.example.org/.well-known/openid-configuration", DOCUMENT)
    assert isinstance(ask(discovery=other), Undecided)
    assert isinstance(ask(key_set=replace(key_set(RFC_7638), url="https://other.example.org/k")), Undecided)
