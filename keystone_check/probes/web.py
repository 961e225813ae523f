"""The published documents as an anonymous stranger gets them: one GET, no redirects, no trust required."""

import os
import re
import ssl
import time
from typing import Any
from urllib.parse import unquote, urlsplit
from urllib.request import proxy_bypass_environment  # type: ignore[attr-defined]  # documented, not typed

import urllib3
from urllib3.connectionpool import HTTPSConnectionPool
from urllib3.util.ssl_ import create_urllib3_context

from keystone_check.iam.s3 import locate
from keystone_check.model.access import Access
from keystone_check.model.facts import Missing
from keystone_check.model.web import Response
from keystone_check.probes import clocks
from keystone_check.probes.answer import BODY_LIMIT, Answer, headers_of, response
from keystone_check.probes.clocks import Heard
from keystone_check.probes.limits import (
    CONTACT_SECONDS,
    NO_NAME,
    NO_WAY,
    SLOW,
    BrokenOffError,
    Limits,
    persist,
)
from keystone_check.probes.refusals import ReadError
from keystone_check.probes.strangers import destination, obstacle


def fetch(
    url: str, access: Access, limits: Limits | None = None, heard: Heard | None = None
) -> Response | Missing:
    """What `url` answers, or why there is no answer."""
    hindrance = obstacle(url, access)
    if hindrance:
        return Missing(url, f"GET {url}: no stranger can, {hindrance}; it was not asked")
    limits, heard = limits or Limits(access.request_seconds), heard or Heard()
    sent = heard.clock()
    try:
        answer, attempts = persist(lambda: _get(url, access, limits), limits)
    except ReadError as refusal:
        return refusal.missing(url)
    if locate(url) is not None:
        heard.note(clocks.ISSUER, clocks.plain(answer.headers), sent)
    return response(url, answer, attempts, _milliseconds(answer, access))


def _milliseconds(answer: Answer, access: Access) -> int:
    """How long it took, by our own clock; by the server's word only where the sandbox is asked.

    https://www.w3.org/TR/server-timing/
    """
    if not access.server_timing:
        return int(answer.seconds * 1000)
    said = {name.lower(): value for name, value in answer.headers}.get("server-timing", "")
    told = re.fullmatch(r"total;dur=(\d{1,9})", said)
    return int(told[1]) if told else 0


class _AnyCertificate(HTTPSConnectionPool):
    """Takes every certificate in silence: whether the world trusts it is a fact of its own (tls.chain)."""

    def _validate_conn(self, conn: Any) -> None:
        if conn.is_closed:
            conn.connect()


def _get(url: str, access: Access, limits: Limits) -> Answer:
    seconds = limits.for_request(f"GET {url}")
    started = time.monotonic()
    parts = urlsplit(url)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    timeout = urllib3.Timeout(connect=min(seconds, 2 * CONTACT_SECONDS), read=seconds)
    with _manager(parts.hostname or "", parts.port or 443, access) as manager:
        host, port = destination(parts.hostname or "", parts.port or 443, access)
        pool = manager.connection_from_host(host, port, "https")
        try:
            answer = pool.urlopen(
                "GET",
                path,
                headers={"Host": parts.netloc, "User-Agent": "keystone-check", "Accept": "*/*"},
                redirect=False,
                retries=False,
                timeout=timeout,
                preload_content=False,
                decode_content=False,
            )
            body = _body(answer, url, started, seconds)
        except (urllib3.exceptions.HTTPError, OSError) as error:
            raise _failure(url, error, seconds, time.monotonic() - started) from error
        return Answer(answer.status, headers_of(answer.headers), body, time.monotonic() - started)


def _body(answer: urllib3.BaseHTTPResponse, url: str, started: float, seconds: float) -> bytes:
    """The body, one byte over the limit at most; a body that trickles is cut by the clock."""
    chunks = bytearray()
    while len(chunks) <= BODY_LIMIT:
        if time.monotonic() - started > seconds:
            answer.close()
            raise ReadError(f"GET {url}: the answer was not whole within {seconds:g} s", SLOW, code="timeout")
        chunk = answer.read1(min(65536, BODY_LIMIT + 1 - len(chunks)))
        if not chunk:
            return bytes(chunks)
        chunks += chunk
    answer.close()
    return bytes(chunks)


def _manager(host: str, port: int, access: Access) -> urllib3.PoolManager:
    # A context of our own: urllib3 would load all authorities of the system, to ask none of them.
    context = create_urllib3_context(cert_reqs=ssl.CERT_NONE)
    trust: dict[str, Any] = {
        "ssl_context": context,
        "cert_reqs": "CERT_NONE",
        "assert_hostname": False,
        "server_hostname": host,
    }
    proxy = proxy_for(host, port, access)
    manager = _through(proxy, trust) if proxy else urllib3.PoolManager(**trust)
    manager.pool_classes_by_scheme = {**manager.pool_classes_by_scheme, "https": _AnyCertificate}
    return manager


def _through(proxy: str, trust: dict[str, Any]) -> urllib3.ProxyManager:
    parts = urllib3.util.parse_url(proxy)
    headers = urllib3.make_headers(proxy_basic_auth=unquote(parts.auth)) if parts.auth else None
    return urllib3.ProxyManager(proxy, proxy_headers=headers, **trust)


def proxy_for(host: str, port: int, access: Access) -> str:
    """The proxy that HTTPS_PROXY and NO_PROXY name for this host; none where `connect_to` names the way."""
    direct = destination(host, port, access) != (host, port)
    if direct or (not access.proxy and proxy_bypass_environment(host)):
        return ""
    if access.proxy:
        return access.proxy
    proxy = os.environ.get("https_proxy") or os.environ.get("HTTPS_PROXY") or ""
    return proxy if "://" in proxy or not proxy else f"http://{proxy}"


def _failure(url: str, error: Exception, seconds: float, waited: float) -> Exception:
    connecting = min(seconds, 2 * CONTACT_SECONDS)
    match error:
        case urllib3.exceptions.NameResolutionError():
            return ReadError(f"GET {url}: the host's name does not resolve", NO_NAME, code="unreachable")
        case urllib3.exceptions.NewConnectionError():
            return ReadError(f"GET {url}: no connection: {_cause(error)}", NO_WAY, code="unreachable")
        case urllib3.exceptions.ConnectTimeoutError():
            return ReadError(f"GET {url}: no connection within {connecting:g} s", NO_WAY, code="timeout")
        case urllib3.exceptions.ReadTimeoutError() if waited < seconds:
            said = f"GET {url}: no TLS handshake within {connecting:g} s"
            return ReadError(said, SLOW, code="timeout")
        case urllib3.exceptions.ReadTimeoutError():
            return ReadError(f"GET {url}: no answer within {seconds:g} s", SLOW, code="timeout")
        case urllib3.exceptions.ProxyError():
            said = f"GET {url}: the proxy of HTTPS_PROXY did not connect us: {_cause(error)}"
            return ReadError(said, "check HTTPS_PROXY", code="unreachable")
        case urllib3.exceptions.SSLError():
            return ReadError(f"GET {url}: no TLS connection: {_cause(error)}", NO_WAY, code="tls")
        case urllib3.exceptions.ProtocolError() | ConnectionError():
            return BrokenOffError(ReadError(f"GET {url}: the connection was broken off: {_cause(error)}"))
    return ReadError(f"GET {url}: {type(error).__name__}: {error}")


def _cause(error: BaseException) -> str:
    """The innermost reason, in the operating system's or OpenSSL's own words where there are any."""
    inner = error.__cause__ or error.__context__
    if inner is not None:
        return _cause(inner)
    for argument in error.args:
        if isinstance(argument, BaseException):
            return _cause(argument)
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return str(error) or type(error).__name__
