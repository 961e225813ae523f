"""What a served World stands on and never shows: private keys, certificates, an account number of its own."""

import itertools
from dataclasses import dataclass, field, replace

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa

from keystone_check.jose import PrivateKey
from keystone_check.sandbox import cellar
from keystone_check.sandbox.issuing import ServerIdentity, authority, pem, server

__all__ = ["Ground", "ServerIdentity"]

REGION = "eu-central-1"

_numbers = itertools.count(1)


@dataclass(frozen=True, eq=False)
class Ground:
    """Made afresh for each sandbox; nothing of it is ever stored."""

    number: int
    account: str
    region: str
    signing_key: PrivateKey = field(repr=False)
    root: x509.Certificate
    web: ServerIdentity
    """The issuer front's: leaf, then the intermediate that signed it. The root is not served."""
    api: ServerIdentity
    """The Kubernetes API server's."""

    @classmethod
    def make(cls, signing_key: PrivateKey | None = None) -> "Ground":
        """New keys and certificates; the account differs from every other sandbox of this process.

        The cluster signs with an RSA key unless it is given another.
        """
        number = next(_numbers)
        root = authority("Keystone Sandbox Root CA", None)
        intermediate = authority("Keystone Sandbox Intermediate CA", root)
        return cls(
            number=number,
            account=f"{111122223332 + number:012d}",
            region=REGION,
            signing_key=signing_key or rsa.generate_private_key(public_exponent=65537, key_size=2048),
            root=root.certificate,
            web=cellar.kept(server(intermediate, WEB_NAMES, (intermediate.certificate,))),
            api=server(root, ("localhost", "kubernetes.default.svc", "127.0.0.1"), ()),
        )

    def beside(self) -> "Ground":
        """Another cluster's in the same account: its own number and signing key, and the same servers."""
        key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        return replace(self, number=next(_numbers), signing_key=key)

    @property
    def root_pem(self) -> bytes:
        """The root certificate, for clients that are to trust the sandbox."""
        return pem(self.root)


WEB_NAMES = (
    f"s3.{REGION}.amazonaws.com",
    f"*.s3.{REGION}.amazonaws.com",
    f"*.s3-{REGION}.amazonaws.com",
    "*.s3.amazonaws.com",
    "oidc.keystone.example",
)
"""Hosts that the issuer front may be asked for."""
