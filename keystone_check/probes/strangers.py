"""Which addresses a stranger on the public internet could reach at all, and where to connect for them."""

from urllib.parse import urlsplit

from keystone_check.iam.oidc import public_url_problem
from keystone_check.model.access import Access


def obstacle(url: str, access: Access) -> str:
    """Why no stranger can fetch `url`; empty when one can, or when `connect_to` says where to go.

    Such an address is not asked: what answers here, inside the network, is not what a stranger would see.
    """
    problem = public_url_problem(url)
    if not problem:
        return ""
    try:
        parts = urlsplit(url)
        known = parts.scheme == "https" and parts.port in (None, 443)
    except ValueError:
        return problem
    return "" if known and any(host == parts.hostname for host, _ in access.connect_to) else problem


def host_key(url: str) -> str:
    """`host`, or `host:port` where the URL names another port than 443; empty where it names none."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return ""
    return host if port in (None, 443) else f"{host}:{port}"


def destination(host: str, port: int, access: Access) -> tuple[str, int]:
    """Where to connect for a host: there, or where `connect_to` says for it (port 443) or `host:port`."""
    override = dict(access.connect_to).get(host if port == 443 else f"{host}:{port}")
    if override is None:
        return host, port
    address, _, number = override.rpartition(":")
    return address.strip("[]"), int(number)
