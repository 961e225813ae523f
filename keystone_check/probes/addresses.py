"""What the names of the hosts resolve to, where it is for us to ask."""

import socket
from urllib.parse import urlsplit

from keystone_check.model.access import Access
from keystone_check.model.facts import Absent, Missing
from keystone_check.model.web import Addresses
from keystone_check.probes.limits import NO_NAME
from keystone_check.probes.strangers import destination, obstacle
from keystone_check.probes.web import proxy_for


def addresses(host: str, access: Access) -> Addresses | Absent | Missing:
    """The addresses of `host` (or `host:port`). Absent where the name decides nothing about the way."""
    known = dict(access.resolved).get(host)
    if known is not None:
        return Addresses(host, known)
    hindrance = obstacle(f"https://{host}", access)
    if hindrance:
        return Absent(host, f"no stranger asks for it, {hindrance}; its name was not resolved")
    parts = urlsplit(f"//{host}")
    name, port = parts.hostname or "", parts.port or 443
    if destination(name, port, access) != (name, port):
        return Absent(host, "connect_to says where to go; its name was not resolved")
    if proxy_for(name, port, access):
        return Absent(host, "the proxy of HTTPS_PROXY resolves its name")
    return _asked(host, name, port)


def _asked(host: str, name: str, port: int) -> Addresses | Missing:
    try:
        found = socket.getaddrinfo(name, port, type=socket.SOCK_STREAM)
    except (socket.gaierror, UnicodeError):
        return Missing(host, f"the name {name} does not resolve; {NO_NAME}")
    return Addresses(host, tuple(sorted({str(address[0]) for *_, address in found})))
