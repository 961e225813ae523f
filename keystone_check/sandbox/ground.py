"""What a served World stands on and never shows: private keys, certificates, an account number of its own."""

import datetime
import itertools
from collections.abc import Iterable
from dataclasses import dataclass, field
from ipaddress import ip_address

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.types import CertificatePublicKeyTypes
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

REGION = "eu-central-1"

_numbers = itertools.count(1)


@dataclass(frozen=True, eq=False)
class Authority:
    """A certificate authority with its key."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey = field(repr=False)


@dataclass(frozen=True, eq=False)
class ServerIdentity:
    """A server's certificates, leaf first, and the leaf's key."""

    chain: tuple[x509.Certificate, ...]
    key: ec.EllipticCurvePrivateKey = field(repr=False)

    @property
    def chain_pem(self) -> bytes:
        """The chain in the order in which it is served."""
        return b"".join(_pem(certificate) for certificate in self.chain)

    @property
    def key_pem(self) -> bytes:
        """The leaf's private key, for the server's SSL context alone."""
        return self.key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )


@dataclass(frozen=True, eq=False)
class Ground:
    """Made afresh for each sandbox; nothing of it is ever stored."""

    number: int
    account: str
    region: str
    signing_key: rsa.RSAPrivateKey = field(repr=False)
    root: x509.Certificate
    web: ServerIdentity
    """The issuer front's: leaf, then the intermediate that signed it. The root is not served."""
    api: ServerIdentity
    """The Kubernetes API server's."""

    @classmethod
    def make(cls) -> "Ground":
        """New keys and certificates; the account differs from every other sandbox of this process."""
        number = next(_numbers)
        root = _authority("Keystone Sandbox Root CA", None)
        intermediate = _authority("Keystone Sandbox Intermediate CA", root)
        return cls(
            number=number,
            account=f"{111122223332 + number:012d}",
            region=REGION,
            signing_key=rsa.generate_private_key(public_exponent=65537, key_size=2048),
            root=root.certificate,
            web=_server(intermediate, WEB_NAMES, (intermediate.certificate,)),
            api=_server(root, ("localhost", "kubernetes.default.svc", "127.0.0.1"), ()),
        )

    @property
    def root_pem(self) -> bytes:
        """The root certificate, for clients that are to trust the sandbox."""
        return _pem(self.root)


WEB_NAMES = (f"s3.{REGION}.amazonaws.com", f"*.s3.{REGION}.amazonaws.com", "oidc.keystone.example")
"""Hosts that the issuer front may be asked for."""


def _authority(name: str, parent: Authority | None) -> Authority:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = _name(name)
    issuer = parent.certificate.subject if parent else subject
    builder = _builder(subject, issuer, key.public_key(), days=3650).add_extension(
        x509.BasicConstraints(ca=True, path_length=None if parent is None else 0), critical=True
    )
    builder = builder.add_extension(_usage(sign_certificates=True), critical=True)
    parent_key = parent.key if parent else key
    builder = builder.add_extension(
        x509.AuthorityKeyIdentifier.from_issuer_public_key(parent_key.public_key()), critical=False
    )
    return Authority(builder.sign(parent_key, hashes.SHA256()), key)


def _server(parent: Authority, names: Iterable[str], above: tuple[x509.Certificate, ...]) -> ServerIdentity:
    key = ec.generate_private_key(ec.SECP256R1())
    names = tuple(names)
    builder = (
        _builder(_name(names[0]), parent.certificate.subject, key.public_key(), days=90)
        .add_extension(x509.SubjectAlternativeName([_general_name(name) for name in names]), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(sign_certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(parent.key.public_key()), critical=False
        )
    )
    return ServerIdentity((builder.sign(parent.key, hashes.SHA256()), *above), key)


def _builder(
    subject: x509.Name, issuer: x509.Name, key: CertificatePublicKeyTypes, days: int
) -> x509.CertificateBuilder:
    now = datetime.datetime.now(datetime.UTC).replace(microsecond=0)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=days))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
    )


def _usage(*, sign_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=sign_certificates,
        crl_sign=sign_certificates,
        encipher_only=False,
        decipher_only=False,
    )


def _name(common_name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])


def _general_name(name: str) -> x509.GeneralName:
    return x509.IPAddress(ip_address(name)) if name[0].isdigit() else x509.DNSName(name)


def _pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)
