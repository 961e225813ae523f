"""Certificates that a fault or a variant fetches when it needs them: made at the first question, kept after.

A world names certificates by their SHA-1 alone; whoever serves it finds them here, with the leaf's key. Two
authorities live here, each with an intermediate below another. The sandbox counts the public one as public.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from keystone_check import jose
from keystone_check.model.web import Certificate, Chain
from keystone_check.sandbox.issuing import Authority, ServerIdentity, Term, authority, pem, server

UNKNOWN_ISSUER = "unable to get local issuer certificate"
"""OpenSSL's words for an authority that nobody knows."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A server's chain, described."""

    names: tuple[str, ...]
    public: bool = False
    """Signed by the authority that the sandbox counts as public."""
    intermediates: int = 2
    term: Term | None = None


_KEPT: dict[str, ServerIdentity] = {}
"""By the SHA-1 of a certificate: the server whose own it is."""


@cache
def identity(wanted: Wanted) -> ServerIdentity:
    """The chain that is described; the same one at each question of this process."""
    line = _authorities(wanted.public)[: wanted.intermediates + 1]
    above = tuple(one.certificate for one in reversed(line[1:]))
    return kept(server(line[-1], wanted.names, above, wanted.term))


def chain(host: str, wanted: Wanted, distrust: str = "") -> Chain:
    """The same as a fact about a host: trusted where its authority is public and nothing else is said."""
    why = distrust or ("" if wanted.public else UNKNOWN_ISSUER)
    return Chain(host, facts(identity(wanted)), not why, why, True, "connect_to")


def facts(served: ServerIdentity) -> tuple[Certificate, ...]:
    """A server's certificates as they are read."""
    return tuple(jose.certificate(one.public_bytes(jose.DER)) for one in served.chain)


def public_roots() -> str:
    """PEM of the authority that the sandbox counts as public."""
    return pem(_authorities(True)[0].certificate).decode()


def kept(served: ServerIdentity) -> ServerIdentity:
    """Remember a server, so that a world that names its certificates can be served."""
    _KEPT[facts(served)[0].sha1] = served
    return served


def serving(certificates: Iterable[Certificate]) -> ServerIdentity:
    """A server with exactly these certificates in this order; the first one tells whose key it is."""
    wanted = [one.sha1 for one in certificates]
    known = {
        one.sha1: raw for each in _KEPT.values() for one, raw in zip(facts(each), each.chain, strict=True)
    }
    return ServerIdentity(tuple(known[sha1] for sha1 in wanted), _KEPT[wanted[0]].key)


@cache
def _authorities(public: bool) -> tuple[Authority, Authority, Authority]:
    """Root, intermediate, and the one below it."""
    kind = "Public" if public else "Private"
    root = authority(f"Keystone Sandbox {kind} Root", None)
    upper = authority(f"Keystone Sandbox {kind} Intermediate", root)
    return root, upper, authority(f"Keystone Sandbox {kind} Issuing CA", upper)
