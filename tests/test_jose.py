import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.x509.oid import NameOID
from hypothesis import given
from hypothesis import strategies as st

from keystone_check import jose
from keystone_check.iam.jwk import Jwk, KeySet, encoded, read_key_set
from keystone_check.iam.oidc import Flaw, Malformed
from keystone_check.model.cluster import Token
from keystone_check.model.web import Certificate

CLAIMS = {"iss": "https://oidc.example.org", "sub": "system:serviceaccount:app:api", "exp": 2, "jti": "one"}
Forge = Callable[[str], str]


@cache
def private(name: str) -> jose.PrivateKey:
    curves: dict[str, ec.EllipticCurve] = {
        "P-256": ec.SECP256R1(),
        "P-384": ec.SECP384R1(),
        "P-521": ec.SECP521R1(),
    }
    if name in curves:
        return ec.generate_private_key(curves[name])
    return rsa.generate_private_key(65537, 2048)


def jwk(name: str, **members: object) -> Jwk:
    read = read_key_set(json.dumps({"keys": [{**jose.public_jwk(private(name).public_key()), **members}]}))
    assert isinstance(read, KeySet)
    return read.keys[0]


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


def part(value: object) -> str:
    return encoded(json.dumps(value, separators=(",", ":")).encode())


def parts(text: str) -> tuple[str, str, str]:
    header, claims, signature = text.split(".")
    return header, claims, signature


def with_header(**members: object) -> Forge:
    """The header bent, the signature left as it was."""

    def forge(text: str) -> str:
        _, claims, signature = parts(text)
        return f"{part({'alg': 'RS256', 'kid': jwk('RSA').kid, **members})}.{claims}.{signature}"

    return forge


def signed_with_header(header: dict[str, object]) -> Forge:
    """The header bent and everything signed anew, with the right key."""

    def forge(text: str) -> str:
        signed = f"{part(header)}.{parts(text)[1]}"
        key = private("RSA")
        assert isinstance(key, rsa.RSAPrivateKey)
        return f"{signed}.{encoded(key.sign(signed.encode(), padding.PKCS1v15(), hashes.SHA256()))}"

    return forge


def with_parts(bend: Callable[[str, str, str], tuple[str, ...]]) -> Forge:
    return lambda text: ".".join(bend(*parts(text)))


def key_confusion(text: str) -> str:
    pem = (
        private("RSA")
        .public_key()
        .public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    )
    signed = f"{part({'alg': 'HS256', 'kid': jwk('RSA').kid})}.{parts(text)[1]}"
    return f"{signed}.{encoded(hmac.digest(pem, signed.encode(), 'sha256'))}"


def probabilistic(text: str) -> str:
    key = private("RSA")
    assert isinstance(key, rsa.RSAPrivateKey)
    signed = f"{part({'alg': 'PS256', 'kid': jwk('RSA').kid})}.{parts(text)[1]}"
    pss = padding.PSS(padding.MGF1(hashes.SHA256()), 32)
    return f"{signed}.{encoded(key.sign(signed.encode(), pss, hashes.SHA256()))}"


def flipped(signature: str) -> str:
    raw = bytearray(base64.urlsafe_b64decode(signature + "=="))
    raw[-1] ^= 1
    return encoded(bytes(raw))


def restated(signature: str) -> str:
    """Another text of the same bytes: bits beyond the last byte set."""
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    return signature[:-1] + alphabet[alphabet.index(signature[-1]) + 1]


GOOD = {"alg": "RS256", "kid": "k"}
TWICE = encoded(b'{"alg":"RS256","alg":"none"}')
FORGED: dict[str, Forge] = {
    "no algorithm": with_header(alg="none"),
    "no algorithm, no signature": lambda text: with_header(alg="none")(text).rpartition(".")[0] + ".",
    "algorithm in another case": with_header(alg="nOnE"),
    "HMAC with the public key": key_confusion,
    "PS256 with the right key": probabilistic,
    "EdDSA": with_header(alg="EdDSA"),
    "another hash than was signed": with_header(alg="RS512"),
    "a curve for an RSA key": with_header(alg="ES256"),
    "algorithm is a list": with_header(alg=["RS256"]),
    "algorithm is missing": with_header(alg=None),
    "algorithm with a space": with_header(alg="RS256 "),
    "critical extension": signed_with_header({**GOOD, "crit": ["exp"], "exp": 1}),
    "empty critical list": signed_with_header({**GOOD, "crit": []}),
    "unencoded payload": signed_with_header({**GOOD, "b64": False}),
    "kid is a number": signed_with_header({"alg": "RS256", "kid": 7}),
    "claims changed": with_parts(
        lambda h, c, s: (h, part({**CLAIMS, "sub": "system:serviceaccount:a:b"}), s)
    ),
    "header changed": with_header(typ="JWT"),
    "signature flipped": with_parts(lambda h, c, s: (h, c, flipped(s))),
    "signature cut": with_parts(lambda h, c, s: (h, c, s[:-4])),
    "signature of nothing": with_parts(lambda h, c, s: (h, c, "")),
    "signature of zeros": with_parts(lambda h, c, s: (h, c, encoded(bytes(256)))),
    "signature in other bits": with_parts(lambda h, c, s: (h, c, restated(s))),
    "parts swapped": with_parts(lambda h, c, s: (c, h, s)),
    "one part less": with_parts(lambda h, c, s: (h, c)),
    "one part more": with_parts(lambda h, c, s: (h, c, s, s)),
    "five parts, as an encrypted token": with_parts(lambda h, c, s: (h, s, s, c, s)),
    "padded": with_parts(lambda h, c, s: (h, c, s + "==")),
    "plain base64": with_parts(lambda h, c, s: (h, c, s.replace("-", "+").replace("_", "/") + "+")),
    "line feed at the end": lambda text: text + "\n",
    "space at the start": lambda text: " " + text,
    "quoted": lambda text: f'"{text}"',
    "header is a list": with_parts(lambda h, c, s: (part([]), c, s)),
    "claims are a string": with_parts(lambda h, c, s: (h, part("claims"), s)),
    "claims are a token": with_parts(lambda h, c, s: (h, encoded(f"{h}.{c}.{s}".encode()), s)),
    "header is not UTF-8": with_parts(lambda h, c, s: (encoded(b'{"alg":"\xff"}'), c, s)),
    "a member twice": with_parts(lambda h, c, s: (TWICE, c, s)),
    "a claim twice": with_parts(lambda h, c, s: (h, encoded(b'{"sub":"a","sub":"b"}'), s)),
    "not a number": with_parts(lambda h, c, s: (h, encoded(b'{"exp":NaN}'), s)),
    "nested deeply": with_parts(lambda h, c, s: (h, encoded(b'{"a":' * 3000), s)),
    "the path of the file": lambda text: "/var/run/secrets/eks.amazonaws.com/serviceaccount/token",
    "oversized": with_parts(lambda h, c, s: (h, part({"a": "x" * 20_000}), s)),
    "three characters": lambda text: "a.b",
    "empty": lambda text: "",
    "beyond ASCII": with_parts(lambda h, c, s: (h, c + "é", s)),
}


@pytest.mark.parametrize("name", FORGED)
def test_no_forged_token_is_accepted(name: str) -> None:
    good = token()
    assert jose.verify(good, jwk("RSA")) is True
    forged = FORGED[name](good)
    assert forged != good
    assert signed_by(forged, jwk("RSA"), jwk("RSA", alg=None), jwk("P-256")) == ()
    assert jose.verify(forged, jwk("RSA")) is False


@pytest.mark.parametrize(
    "members",
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
def test_a_bent_key_verifies_nothing(members: dict[str, object]) -> None:
    assert signed_by(token(), jwk("RSA", **members)) == ()


def test_a_point_that_is_not_on_the_curve_verifies_nothing() -> None:
    assert signed_by(token("P-256"), jwk("P-256", x=jwk("P-256").members["y"])) == ()


def test_a_signature_in_der_form_is_none() -> None:
    key = private("P-256")
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    signed = token("P-256").rpartition(".")[0]
    der = key.sign(signed.encode(), ec.ECDSA(hashes.SHA256()))
    assert signed_by(f"{signed}.{encoded(der)}", jwk("P-256")) == ()


@pytest.mark.parametrize(
    ("text", "flaw"),
    [
        ("abc", Flaw.TOO_SHORT),
        ("a" * 20_001, Flaw.TOO_LONG),
        ("opaque-token", Flaw.FORM),
        (f"{part({'alg': 'EdDSA'})}.{part({})}.AAAA", Flaw.ALGORITHM),
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


@given(st.text() | st.lists(st.binary(), min_size=3, max_size=3).map(lambda raw: ".".join(map(encoded, raw))))
def test_no_text_escapes_as_an_exception(text: str) -> None:
    assert isinstance(jose.decode(text, [jwk("RSA")]), Malformed | Token)
    assert jose.verify(text, jwk("RSA")) is False


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
