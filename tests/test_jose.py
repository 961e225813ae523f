import base64
import hashlib
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.x509.oid import NameOID
from hypothesis import given
from hypothesis import strategies as st

from keystone_check import jose
from keystone_check.iam.base64url import encoded
from keystone_check.iam.jwk import Jwk, KeySet, read_key_set
from keystone_check.iam.oidc import Flaw, Malformed
from keystone_check.model.cluster import Token
from keystone_check.model.web import Certificate
from tests.forged.forgery import bent, claims, elliptic, header
from tests.forged.signatures import ORDER
from tests.tokens import compact, ec_key, jwk, kid, members, pkcs1, private, rsa_key

CLAIMS = {"iss": "https://oidc.example.org", "sub": "system:serviceaccount:app:api", "exp": 2, "jti": "one"}
FIXTURES = Path(__file__).parent.parent / "fixtures"


def token(name: str = "RSA") -> str:
    return jose.sign(CLAIMS, private(name), jwk(name).kid).reveal()


def signed_by(text: str, *keys: Jwk) -> tuple[str, ...]:
    read = jose.decode(text, keys)
    return () if isinstance(read, Malformed) else read.signed_by


@pytest.mark.parametrize(
    ("name", "algorithm"), [("RSA", "RS256"), ("P-256", "ES256"), ("P-384", "ES384"), ("P-521", "ES512")]
)
def test_what_is_signed_verifies_with_its_key_and_no_other(name: str, algorithm: str) -> None:
    text = token(name)
    read = jose.decode(text, [jwk(name), jwk("other"), jwk("P-256" if name != "P-256" else "P-384")])
    assert isinstance(read, Token)
    assert read.algorithm == algorithm
    assert read.kid == jose.kid_of(private(name).public_key())
    assert read.size == len(text)
    assert read.signed_by == (jwk(name).thumbprint,)


def test_the_name_of_the_one_token_is_not_kept() -> None:
    read = jose.decode(token(), ())
    assert isinstance(read, Token)
    assert read.claims == {name: value for name, value in CLAIMS.items() if name != "jti"}
    assert read.signed_by == ()


def test_the_kid_is_the_one_that_kubernetes_computes() -> None:
    der = (
        private("RSA")
        .public_key()
        .public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    )
    expected = base64.urlsafe_b64encode(hashlib.sha256(der).digest()).rstrip(b"=").decode()
    assert jwk("RSA").kid == expected
    assert (jwk("RSA").use, jwk("RSA").alg, jwk("RSA").problems) == ("sig", "RS256", ())


@pytest.mark.parametrize(
    "changes",
    [
        {"use": "enc"},
        {"alg": "RS512"},
        {"kty": "oct"},
        {"kty": "EC"},
        {"n": ""},
        {"n": "AQAA"},
        {"e": "Ag"},
        {"e": 3},
    ],
)
def test_a_bent_key_verifies_nothing(changes: dict[str, object]) -> None:
    assert signed_by(token(), jwk("RSA", **changes)) == ()


def test_a_point_that_is_not_on_the_curve_verifies_nothing() -> None:
    assert signed_by(token("P-256"), jwk("P-256", x=jwk("P-256").members["y"])) == ()


@pytest.mark.parametrize(
    ("text", "flaw"),
    [
        ("abc", Flaw.TOO_SHORT),
        ("a" * 20_001, Flaw.TOO_LONG),
        ("opaque-token", Flaw.FORM),
        (compact({"alg": "EdDSA"}, {}), Flaw.ALGORITHM),
    ],
)
def test_where_a_token_is_broken_is_told(text: str, flaw: Flaw) -> None:
    read = jose.decode(text, ())
    assert isinstance(read, Malformed)
    assert read.flaw is flaw


def test_a_thousand_claims_are_no_obstacle() -> None:
    text = jose.sign({f"c{number}": number for number in range(1000)}, private("RSA"), "k").reveal()
    read = jose.decode(text, [jwk("RSA")])
    assert isinstance(read, Token)
    assert len(read.claims) == 1000


def test_the_other_s_of_a_signature_verifies_as_the_standard_leaves_it() -> None:
    """(r, n - s) signs what (r, s) signs (RFC 7518 asks for no low s): another text, never other claims."""

    def other(signed: bytes) -> bytes:
        r, s = decode_dss_signature(ec_key("P-256").sign(signed, ec.ECDSA(hashes.SHA256())))
        return r.to_bytes(32) + (ORDER - s).to_bytes(32)

    assert signed_by(elliptic("P-256", other), jwk("P-256")) == (jwk("P-256").thumbprint,)


def test_a_small_key_is_told_and_vouches_for_nothing() -> None:
    small, text = "RSA of 1024", bent(header(kid=kid("RSA of 1024")), signer=pkcs1("RSA of 1024"))
    assert jwk(small).problems == ("its modulus has 1024 bits, fewer than 2048",)
    assert signed_by(text, jwk(small)) == (jwk(small).thumbprint,)
    assert jose.verify(text, jwk(small)) is False


def test_private_members_that_were_published_are_told_and_change_no_signature() -> None:
    leaked = jwk("P-256", d="AQAB", k="AQAB")
    assert leaked.problems == ("it publishes the private members d, k",)
    assert "AQAB" not in repr(leaked)
    assert signed_by(token("P-256"), leaked) == (leaked.thumbprint,)


def test_of_very_many_keys_the_token_s_own_is_tried_first() -> None:
    modulus = rsa_key().public_key().public_numbers().n
    numbers = [encoded((modulus - 2 * number).to_bytes(256)) for number in range(1, 151)]
    others = [jwk("RSA", kid=f"k{number}", n=n) for number, n in enumerate(numbers)]
    assert signed_by(token(), *others, jwk("RSA")) == (jwk("RSA").thumbprint,)
    assert signed_by(token(), *others, jwk("RSA", kid="x")) == ()
    assert signed_by(token(), *others[:99], jwk("RSA", kid="x")) == (jwk("RSA").thumbprint,)


def test_a_header_that_brings_its_own_key_changes_nothing() -> None:
    text = compact(header(jwk=members("RSA other"), jku="https://a.example.org"), claims())
    assert signed_by(text, jwk("RSA")) == (jwk("RSA").thumbprint,)


def kubernetes_keys() -> tuple[Jwk, ...]:
    read = read_key_set((FIXTURES / "jose" / "kubernetes_keys.json").read_text())
    assert isinstance(read, KeySet)
    return read.keys


@pytest.mark.parametrize("key", kubernetes_keys(), ids=lambda key: key.kty)
def test_kubernetes_own_keys_get_the_kid_and_the_members_that_kubernetes_gives_them(key: Jwk) -> None:
    public = jose.public_key(key)
    assert public is not None
    assert jose.kid_of(public) == key.kid
    assert jose.public_jwk(public) == key.members
    assert list(jose.public_jwk(public)) == list(key.members)


def test_a_recorded_key_set_has_the_members_that_are_published_here() -> None:
    """The recording holds `<kid>` and `<n>` for what differs on every run; the rest is the server's."""
    story = json.loads((FIXTURES / "wire" / "kube" / "discovery.json").read_text())
    (recorded,) = story["exchanges"][1]["answer"]["body"]["keys"]
    ours = {**jose.public_jwk(private("RSA").public_key()), "kid": "<kid>", "n": "<n>"}
    assert list(ours.items()) == list(recorded.items())


@given(st.text() | st.lists(st.binary(), min_size=3, max_size=3).map(lambda raw: ".".join(map(encoded, raw))))
def test_no_text_escapes_as_an_exception(text: str) -> None:
    assert isinstance(jose.decode(text, [jwk("RSA")]), Malformed | Token)
    assert jose.verify(text, jwk("RSA")) is False


def test_a_token_of_an_unknown_algorithm_is_read_where_that_is_wanted_as_signed_by_nobody() -> None:
    parts = (b'{"alg":"PS256","kid":"k"}', b'{"sub":"a"}', b"signature")
    text = ".".join(map(encoded, parts))
    assert isinstance(jose.decode(text, [jwk("RSA")]), Malformed)
    token = jose.decode(text, [jwk("RSA")], any_algorithm=True)
    assert isinstance(token, Token)
    assert (token.algorithm, token.subject, token.signed_by) == ("PS256", "a", ())
    demanding = ".".join(map(encoded, (b'{"alg":"RS256","crit":["b64"]}', *parts[1:])))
    assert isinstance(jose.decode(demanding, [], any_algorithm=True), Malformed)


def test_a_signed_token_is_a_secret() -> None:
    assert repr(jose.sign(CLAIMS, private("RSA"), "k")) == "Secret(…)"


def test_a_certificate_is_told_as_iam_tells_it() -> None:
    key = private("P-256")
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "oidc.example.org")])
    start, end = datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(start)
        .not_valid_after(end)
        .sign(key, hashes.SHA256())
    )
    der = made.public_bytes(jose.DER)
    sha1 = hashlib.sha1(der).hexdigest()
    times = (int(start.timestamp()), int(end.timestamp()))
    assert jose.certificate(der) == Certificate(sha1, "CN=oidc.example.org", "CN=oidc.example.org", *times)
