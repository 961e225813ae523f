"""What a stranger gets from the issuer: answers, certificates as served."""

from dataclasses import dataclass

from keystone_check.model.facts import Missing


@dataclass(frozen=True, slots=True)
class Response:
    """One answer to one GET, redirects not followed."""

    url: str
    status: int
    headers: tuple[tuple[str, str], ...]
    """Lower-case names, sorted; only content-type, cache-control, age and location."""
    body: str | Missing
    """The text, or why there is none: not UTF-8, larger than the limit."""
    size: int
    """Bytes of the body as far as it was read."""
    milliseconds: int = 0
    """Until the last byte, of the answer that counts; the API server's own documents are not timed."""
    attempts: int = 1

    def header(self, name: str) -> str:
        """A header's value, or an empty string."""
        return dict(self.headers).get(name, "")


@dataclass(frozen=True, slots=True)
class Certificate:
    """One certificate of a chain."""

    sha1: str
    """40 lower-case hex digits over the DER form: what IAM calls a thumbprint."""
    subject: str
    issuer: str
    not_before: int
    not_after: int
    """Unix seconds."""
    names: tuple[str, ...] = ()
    """DNS names and addresses that it is for (subjectAltName)."""
    is_ca: bool = False
    key_id: str = ""
    """Hex; subjectKeyIdentifier. Empty where the certificate names none."""
    authority_key_id: str = ""
    """Hex; authorityKeyIdentifier: the `key_id` of the certificate that signed it."""


@dataclass(frozen=True, slots=True)
class Chain:
    """The certificates that a host served, first to last, and whether the world trusts them."""

    host: str
    certificates: tuple[Certificate, ...]
    publicly_trusted: bool
    """Verified against the public roots (certifi, and those that Access adds), host name included."""
    distrust: str
    """Why not, in OpenSSL's words; empty when trusted."""
    tls12: bool
    """Whether a handshake limited to TLS 1.2 succeeds (AWS falls back to thumbprints where it does not)."""
    by: str = ""
    """How the host was reached: `connect_to`, `proxy`, or empty for its own address."""


@dataclass(frozen=True, slots=True)
class Addresses:
    """What a host's name resolves to from here."""

    host: str
    found: tuple[str, ...]
    """IPv4 and IPv6 addresses, sorted as text, each once."""
