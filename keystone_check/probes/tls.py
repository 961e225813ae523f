"""The certificates that a host serves, and whether the world trusts them."""

import http.client
import socket
import ssl
import sys
from base64 import b64encode
from collections.abc import Callable
from typing import Any
from urllib.parse import unquote, urlsplit

import certifi

from keystone_check import jose
from keystone_check.model.access import Access
from keystone_check.model.facts import Missing
from keystone_check.model.web import Chain
from keystone_check.probes.limits import NO_NAME, NO_WAY, SLOW, Limits
from keystone_check.probes.refusals import ReadError
from keystone_check.probes.strangers import destination, obstacle
from keystone_check.probes.web import proxy_for


def chain(host: str, access: Access, limits: Limits | None = None) -> Chain | Missing:
    """What `host` (or `host:port`) serves, by up to three handshakes: any, a trusting one, one of TLS 1.2."""
    hindrance = obstacle(f"https://{host}", access)
    if hindrance:
        return Missing(host, f"TLS with {host}: no stranger can, {hindrance}; it was not asked")
    limits = limits or Limits(access.request_seconds)
    try:
        served = _handshake(host, access, limits, _anyone(), _served)
        distrust = _distrust(host, access, limits)
        tls12 = _tls12(host, access, limits)
    except ReadError as refusal:
        return refusal.missing(host)
    try:
        certificates = tuple(jose.certificate(der) for der in served)
    except ValueError as error:
        return Missing(host, f"TLS with {host}: a certificate that is served cannot be read: {error}")
    return Chain(host, certificates, not distrust, distrust, tls12, _way(host, access))


def _way(host: str, access: Access) -> str:
    parts = urlsplit(f"//{host}")
    name, port = parts.hostname or "", parts.port or 443
    if destination(name, port, access) != (name, port):
        return "connect_to"
    return "proxy" if proxy_for(name, port, access) else ""


def _distrust(host: str, access: Access, limits: Limits) -> str:
    """Why a client with the public roots refuses, in OpenSSL's words. The machine's roots do not count."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(certifi.where())
    if access.public_roots:
        context.load_verify_locations(cadata=access.public_roots)
    try:
        _handshake(host, access, limits, context, lambda _: None)
    except ReadError as refusal:
        if isinstance(refusal.__cause__, ssl.SSLCertVerificationError):
            return refusal.__cause__.verify_message
        raise
    return ""


def _tls12(host: str, access: Access, limits: Limits) -> bool:
    context = _anyone()
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    try:
        _handshake(host, access, limits, context, lambda _: None)
    except ReadError as refusal:
        if isinstance(refusal.__cause__, ssl.SSLError):
            return False
        raise
    return True


def _anyone() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def _served(connection: ssl.SSLSocket) -> tuple[bytes, ...]:
    """The chain as it came over the wire, DER, first to last."""
    if sys.version_info >= (3, 13):
        return tuple(connection.get_unverified_chain())
    # Before 3.13 the same call exists only one layer down.
    inner: Any = connection._sslobj  # type: ignore[attr-defined]
    encoding = ssl._ssl.ENCODING_DER  # type: ignore[attr-defined]
    return tuple(certificate.public_bytes(encoding) for certificate in inner.get_unverified_chain() or ())


def _handshake(
    host: str,
    access: Access,
    limits: Limits,
    context: ssl.SSLContext,
    read: "Callable[[ssl.SSLSocket], Any]",
) -> Any:
    what = f"TLS with {host}"
    seconds = limits.for_request(what)
    name = urlsplit(f"//{host}").hostname or ""
    try:
        with (
            _connection(host, access, seconds) as plain,
            context.wrap_socket(plain, server_hostname=name) as tls,
        ):
            return read(tls)
    except TimeoutError as error:
        raise ReadError(f"{what}: no answer within {seconds:g} s", SLOW, code="timeout") from error
    except ssl.SSLError as error:
        raise ReadError(f"{what}: {error.reason or error}", code="tls") from error
    except socket.gaierror as error:
        raise ReadError(f"{what}: the host's name does not resolve", NO_NAME, code="unreachable") from error
    except (OSError, http.client.HTTPException) as error:
        raise ReadError(
            f"{what}: no connection: {getattr(error, 'strerror', None) or error}", NO_WAY
        ) from error


def _connection(host: str, access: Access, seconds: float) -> socket.socket:
    parts = urlsplit(f"//{host}")
    name, port = parts.hostname or "", parts.port or 443
    proxy = proxy_for(name, port, access)
    if not proxy:
        return socket.create_connection(destination(name, port, access), seconds)
    return _tunnel(proxy, name, port, seconds)


def _tunnel(proxy: str, host: str, port: int, seconds: float) -> socket.socket:
    """A connection through the proxy's CONNECT."""
    parts = urlsplit(proxy)
    if parts.scheme != "http":
        raise ReadError(f"TLS with {host}: not asked through a proxy that itself speaks {parts.scheme}")
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port or 80, timeout=seconds)
    connection.set_tunnel(host, port, _authorization(parts.username, parts.password))
    connection.connect()
    return connection.sock


def _authorization(user: str | None, password: str | None) -> dict[str, str]:
    if user is None:
        return {}
    pair = f"{unquote(user)}:{unquote(password or '')}"
    return {"Proxy-Authorization": f"Basic {b64encode(pair.encode()).decode()}"}
