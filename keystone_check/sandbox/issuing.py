"""Issuing certificates: authorities, and the servers that they vouch for."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass, field
from ipaddress import ip_address

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.types import CertificatePublicKeyTypes
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID


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
        return b"".join(pem(certificate) for certificate in self.chain)

    @property
    def key_pem(self) -> bytes:
        """The leaf's private key, for the server's SSL context alone."""
        return self.key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )


@dataclass(frozen=True, slots=True)
class Term:
    """From when until when a certificate is valid, in Unix seconds."""

    start: int
    end: int

    @classmethod
    def of_days(cls, days: int) -> "Term":
        """From ten years ago, so that a clock that a test sets is within it, until so many days from now."""
        now = int(datetime.datetime.now(datetime.UTC).timestamp())
        return cls(now - 3650 * 86400, now + days * 86400)


def authority(name: str, parent: Authority | None, term: Term | None = None) -> Authority:
    """A new authority: its own root, or an intermediate below the parent."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = _name(name)
    issuer = parent.certificate.subject if parent else subject
    builder = _builder(subject, issuer, key.public_key(), term or Term.of_days(3650)).add_extension(
        x509.BasicConstraints(ca=True, path_length=None), critical=True
    )
    builder = builder.add_extension(_usage(sign_certificates=True), critical=True)
    parent_key = parent.key if parent else key
    builder = builder.add_extension(
        x509.AuthorityKeyIdentifier.from_issuer_public_key(parent_key.public_key()), critical=False
    )
    return Authority(builder.sign(parent_key, hashes.SHA256()), key)


def server(
    parent: Authority, names: Iterable[str], above: tuple[x509.Certificate, ...], term: Term | None = None
) -> ServerIdentity:
    """A new server of these names, with what stands above its own certificate in the chain."""
    key = ec.generate_private_key(ec.SECP256R1())
    names = tuple(names)
    builder = (
        _builder(_name(names[0]), parent.certificate.subject, key.public_key(), term or Term.of_days(398))
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
    subject: x509.Name, issuer: x509.Name, key: CertificatePublicKeyTypes, term: Term
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(_moment(term.start))
        .not_valid_after(_moment(term.end))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
    )


def _moment(seconds: int) -> datetime.datetime:
    return datetime.datetime.fromtimestamp(seconds, datetime.UTC)


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


def pem(certificate: x509.Certificate) -> bytes:
    """A certificate as text."""
    return certificate.public_bytes(serialization.Encoding.PEM)
