"""What a header can claim: another algorithm, another key, a key of its own, an extension."""

import hmac
import json
from collections.abc import Iterator

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding

from keystone_check.iam.sts_answers import Step
from tests.forged.forgery import Forgery, bent, claims, elliptic, header
from tests.iam.trusts import ISSUER
from tests.tokens import Signer, compact, ec_key, kid, members, pkcs1, private, rsa_key

FORM = serialization.PublicFormat
ENCODING = serialization.Encoding

EXTENSIONS: tuple[dict[str, object], ...] = (
    {"crit": ["exp"], "exp": 1},
    {"crit": []},
    {"crit": ["b64"], "b64": False},
    {"crit": None},
)


def table() -> Iterator[tuple[str, Forgery]]:
    for algorithm in (
        "none",
        "None",
        "NONE",
        "nOnE",
        "",
        "rs256",
        "RS256 ",
        "RS256\0",
        "RSA",
        "RSASSA",
        "dir",
    ):
        yield f"alg {algorithm!r}, signed all the same", Forgery(bent(header(alg=algorithm)), Step.FORM)
    for algorithm in ("none", "NONE", "RS256"):
        unsigned = bent(header(alg=algorithm)).rpartition(".")[0] + "."
        yield f"alg {algorithm}, no signature", Forgery(unsigned, Step.FORM)
    for what, value in (("missing", None), ("a list", ["RS256"]), ("a number", 256), ("true", True)):
        yield f"alg is {what}", Forgery(bent(header(alg=value)), Step.FORM)
    yield from _secrets()
    for bits, hashed in ((256, hashes.SHA256()), (384, hashes.SHA384()), (512, hashes.SHA512())):
        yield (
            f"PS{bits} with the right key",
            Forgery(bent(header(alg=f"PS{bits}"), signer=_pss(hashed)), Step.FORM),
        )
    edwards = ed25519.Ed25519PrivateKey.generate()
    yield "EdDSA", Forgery(bent(header(alg="EdDSA"), signer=edwards.sign), Step.FORM)
    yield "ES256K", Forgery(bent(header(alg="ES256K"), signer=_der("secp256k1")), Step.FORM)
    for algorithm in ("RS384", "RS512"):
        yield f"{algorithm} over a SHA-256 signature", Forgery(bent(header(alg=algorithm)), Step.SIGNATURE)
    yield "ES256 with the kid of an RSA key", Forgery(bent(header(alg="ES256")), Step.KEYS)
    yield "RS256 with the kid of a P-256 key", Forgery(bent(header(kid=kid("P-256"))), Step.KEYS)
    for algorithm, name in (("ES256", "P-384"), ("ES384", "P-256"), ("ES512", "P-256"), ("ES256", "P-521")):
        forged = elliptic(name, _der(name), algorithm)
        yield f"{algorithm} with the kid of a {name} key", Forgery(forged, Step.KEYS)
    yield from _own_keys()
    yield from _kids()
    for extension in EXTENSIONS:
        said = {**header(), **extension}
        yield f"critical {json.dumps(extension)}", Forgery(bent(said), Step.FORM)
    for value in (False, True):
        yield f"b64 {value}", Forgery(bent(header(b64=value)), Step.FORM)


def _secrets() -> Iterator[tuple[str, Forgery]]:
    """The public key as the secret of an HMAC: CVE-2015-9235 and its many sisters."""
    public = private("RSA").public_key()
    n = str(members("RSA")["n"])
    secrets = {
        "the public key's PEM": public.public_bytes(ENCODING.PEM, FORM.SubjectPublicKeyInfo),
        "the public key's PEM without its line feed": public.public_bytes(
            ENCODING.PEM, FORM.SubjectPublicKeyInfo
        ).rstrip(),
        "the public key's DER": public.public_bytes(ENCODING.DER, FORM.SubjectPublicKeyInfo),
        "the public key's PKCS #1 PEM": public.public_bytes(ENCODING.PEM, FORM.PKCS1),
        "the JWK": json.dumps(members("RSA")).encode(),
        "the modulus": n.encode(),
        "nothing": b"",
    }
    for name, secret in secrets.items():
        yield f"HS256 with {name} as its secret", Forgery(_hmac("HS256", "sha256", secret), Step.FORM)
    for bits in (384, 512):
        forged = _hmac(f"HS{bits}", f"sha{bits}", secrets["the public key's PEM"])
        yield f"HS{bits} with the public key's PEM as its secret", Forgery(forged, Step.FORM)


def _own_keys() -> Iterator[tuple[str, Forgery]]:
    """A key of the forger's that the token brings along."""
    theirs = members("RSA forger")
    url = "https://forger.example.org/keys.json"
    brought: dict[str, object] = {
        "jwk": theirs,
        "jku": url,
        "x5u": url,
        "x5c": ["MIIB"],
        "x5t": theirs["kid"],
        "jku of the issuer with the forger's fragment": f"{ISSUER}/keys.json#@forger.example.org",
    }
    for name, value in brought.items():
        member = name.partition(" ")[0]
        for whose, said in (("the issuer's", kid()), ("the forger's", theirs["kid"])):
            forged = bent(header(**{member: value, "kid": said}), signer=pkcs1("RSA forger"))
            step = Step.SIGNATURE if whose == "the issuer's" else Step.KEYS
            yield f"{name} under {whose} kid", Forgery(forged, step)


def _kids() -> Iterator[tuple[str, Forgery]]:
    yield (
        "signed by another published key than the kid says",
        Forgery(bent(signer=pkcs1("RSA other")), Step.SIGNATURE),
    )
    yield "signed by a key that nobody published", Forgery(bent(signer=pkcs1("RSA forger")), Step.SIGNATURE)
    for what, value in (
        ("empty", ""),
        ("missing", None),
        ("a path", "../../dev/null"),
        ("SQL", "x' OR '1'='1"),
    ):
        yield f"kid is {what}", Forgery(bent(header(kid=value)), Step.KEYS)
    yield "kid in another case", Forgery(bent(header(kid=kid().swapcase())), Step.KEYS)
    yield "kid with a space", Forgery(bent(header(kid=kid() + " ")), Step.KEYS)
    for what, other in (("a number", 7), ("a list", [kid()]), ("an object", {}), ("true", True)):
        yield f"kid is {what}", Forgery(bent(header(kid=other)), Step.FORM)


def _hmac(algorithm: str, hashed: str, secret: bytes) -> str:
    return compact(header(alg=algorithm), claims(), lambda signed: hmac.digest(secret, signed, hashed))


def _pss(hashed: hashes.HashAlgorithm) -> Signer:
    pss = padding.PSS(padding.MGF1(hashed), hashed.digest_size)
    return lambda signed: rsa_key().sign(signed, pss, hashed)


def _der(name: str) -> Signer:
    return lambda signed: ec_key(name).sign(signed, ec.ECDSA(hashes.SHA256()))
