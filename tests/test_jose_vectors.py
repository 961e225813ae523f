"""Public test vectors, each result asserted; fixtures/jose/README.md says where they are from."""

import hmac
import json
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from keystone_check import jose
from keystone_check.iam.base64url import decoded
from keystone_check.iam.jwk import ALGORITHMS, Jwk, KeySet, read_key_set
from keystone_check.iam.oidc import Flaw, Malformed
from keystone_check.model.cluster import Token

FOLDER = Path(__file__).parent.parent / "fixtures" / "jose"
RFC: list[dict[str, Any]] = json.loads((FOLDER / "rfc.json").read_text())
COUNTS = {"RS256": 259, "RS384": 258, "RS512": 259, "ES256": 262, "ES384": 280, "ES512": 318}


def jwk(members: dict[str, str]) -> Jwk:
    read = read_key_set(json.dumps({"keys": [members]}))
    assert isinstance(read, KeySet)
    return read.keys[0]


def raw(text: str) -> bytes:
    read = decoded(text)
    assert read is not None
    return read


@pytest.mark.parametrize("vector", RFC, ids=lambda vector: vector["source"])
def test_the_examples_of_the_rfcs_verify_or_are_refused_for_their_algorithm(vector: dict[str, Any]) -> None:
    key, algorithm = jwk(vector["key"]), vector["algorithm"]
    signed, _, signature = vector["token"].rpartition(".")
    verified = jose.verifies(signed.encode(), raw(signature), algorithm, key)
    assert verified is (vector["expected"] == "verified") is (algorithm in ALGORITHMS)


@pytest.mark.parametrize("vector", RFC, ids=lambda vector: vector["source"])
def test_as_tokens_the_examples_are_read_as_far_as_their_payload_is_claims(vector: dict[str, Any]) -> None:
    read = jose.decode(vector["token"], [jwk(vector["key"])])
    if vector["source"] in ("RFC 7515, A.2", "RFC 7515, A.3"):
        assert isinstance(read, Token)
        assert read.claims == {"iss": "joe", "exp": 1300819380, "http://example.com/is_root": True}
        assert read.signed_by == (jwk(vector["key"]).thumbprint,)
    else:
        assert isinstance(read, Malformed)
        unknown = vector["source"] == "RFC 7515, A.1"
        assert read.flaw is (Flaw.ALGORITHM if unknown else Flaw.FORM)


def test_what_is_refused_for_its_algorithm_is_signed_well() -> None:
    """Else the refusals above would prove nothing."""
    refused = {vector["algorithm"]: vector for vector in RFC if vector["expected"] == "refused"}
    signed, _, signature = refused["PS384"]["token"].rpartition(".")
    public = jose.public_key(jwk(refused["PS384"]["key"]))
    assert isinstance(public, rsa.RSAPublicKey)
    pss = padding.PSS(padding.MGF1(hashes.SHA384()), 48)
    public.verify(raw(signature), signed.encode(), pss, hashes.SHA384())
    secrets = [vector for vector in RFC if vector["algorithm"] == "HS256"]
    assert len(secrets) == 2
    for vector in secrets:
        signed, _, signature = vector["token"].rpartition(".")
        assert hmac.digest(raw(vector["key"]["k"]), signed.encode(), "sha256") == raw(signature)


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_every_signature_of_wycheproof_is_judged_as_wycheproof_judges_it(algorithm: str) -> None:
    """`acceptable` is what a lenient verifier may take (an absent NULL); it is refused here."""
    document = json.loads((FOLDER / f"wycheproof_{algorithm.lower()}.json").read_text())
    assert document["algorithm"] == algorithm
    cases = [(jwk(group["key"]), *case) for group in document["groups"] for case in group["cases"]]
    assert len(cases) == COUNTS[algorithm]
    wrong = [
        number
        for key, number, result, message, signature in cases
        if jose.verifies(raw(message), raw(signature), algorithm, key) is not (result == "valid")
    ]
    assert wrong == []
