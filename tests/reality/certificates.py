"""Keys and certificates of one test cluster, made when it starts and gone with it."""

import ipaddress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from keystone_check.model.secret import Secret

DAY = timedelta(days=1)
SigningKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey


def rsa_key() -> Secret:
    """A new RSA 2048 key as PEM: what K3s signs with."""
    return _pem(rsa.generate_private_key(public_exponent=65537, key_size=2048))


def ec_key() -> Secret:
    """A new P-256 key as PEM."""
    return _pem(ec.generate_private_key(ec.SECP256R1()))


def public_der(key: Secret) -> bytes:
    """The SubjectPublicKeyInfo of a private key, DER: what the API server hashes for `kid`."""
    private = serialization.load_pem_private_key(key.reveal().encode(), password=None)
    return private.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )


@dataclass(frozen=True, slots=True)
class Pair:
    """A certificate and its key, as files."""

    certificate: Path
    key: Path


class Authority:
    """A certificate authority that keeps its own key in memory."""

    def __init__(self, folder: Path, name: str) -> None:
        self._folder = folder
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        constraints = x509.BasicConstraints(ca=True, path_length=0)
        certificate = self._sign(self._name, self._key, constraints, _usage(ca=True), ())
        self.certificate = folder / f"{name}.crt"
        """The authority's own certificate, as a file."""
        self.certificate.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))

    def server(
        self, name: str, hosts: tuple[str, ...], folder: Path | None = None, life: timedelta = DAY
    ) -> Pair:
        """A pair for a server that is reached under these names and addresses; a life below zero is over."""
        purpose = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH])
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        extensions = (purpose, x509.SubjectAlternativeName([_host(h) for h in hosts]))
        return self._issue((folder or self._folder) / name, subject, extensions, life)

    def client(self, user: str, group: str = "") -> Pair:
        """A pair that the API server takes for this user, in this group if one is named."""
        parts = [x509.NameAttribute(NameOID.ORGANIZATION_NAME, group)] if group else []
        subject = x509.Name([*parts, x509.NameAttribute(NameOID.COMMON_NAME, user)])
        purpose = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH])
        return self._issue(self._folder / user, subject, (purpose,), DAY)

    def _issue(
        self, path: Path, subject: x509.Name, extensions: tuple[x509.ExtensionType, ...], life: timedelta
    ) -> Pair:
        key = ec.generate_private_key(ec.SECP256R1())
        constraints = x509.BasicConstraints(ca=False, path_length=None)
        certificate = self._sign(subject, key, constraints, _usage(ca=False), extensions, life)
        pair = Pair(path.with_name(f"{path.name}.crt"), path.with_name(f"{path.name}.key"))
        pair.certificate.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
        write_private(pair.key, _pem(key))
        return pair

    def _sign(
        self,
        subject: x509.Name,
        key: ec.EllipticCurvePrivateKey,
        constraints: x509.BasicConstraints,
        usage: x509.KeyUsage,
        extensions: tuple[x509.ExtensionType, ...],
        life: timedelta = DAY,
    ) -> x509.Certificate:
        now = datetime.now(UTC)
        builder = (
            x509.CertificateBuilder(self._name, subject, key.public_key(), x509.random_serial_number())
            .not_valid_before(now - DAY)
            .not_valid_after(now + life)
            .add_extension(constraints, critical=True)
            .add_extension(usage, critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key()), critical=False
            )
        )
        for extension in extensions:
            builder = builder.add_extension(extension, critical=False)
        return builder.sign(self._key, hashes.SHA256())


def write_private(path: Path, key: Secret) -> None:
    """Writes a key so that only its owner can read it."""
    path.touch(mode=0o600)
    path.write_text(key.reveal())


def _pem(key: SigningKey) -> Secret:
    form = serialization.PrivateFormat.TraditionalOpenSSL
    encoded = key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption())
    return Secret(encoded.decode())


def _host(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host)


def _usage(*, ca: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not ca,
        key_cert_sign=ca,
        crl_sign=ca,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )
