"""The addresses that a run contacts."""

import os
from collections.abc import Iterator
from urllib.parse import urlsplit

from keystone_check.iam.oidc import Discovery, read_discovery
from keystone_check.iam.s3 import Location, locate
from keystone_check.model.access import Access
from keystone_check.model.facts import Absent, Missing, Subjects
from keystone_check.model.web import Response
from keystone_check.model.world import World
from keystone_check.probes.aws import Aws
from keystone_check.probes.kube import Kube
from keystone_check.probes.refusals import ReadError
from keystone_check.probes.strangers import destination, host_key, obstacle


def endpoints(access: Access, known: World) -> tuple[str, ...]:
    """Each with what it is for. What `known` does not name is described."""
    return (
        *_cluster(access),
        *_servers(access, known),
        *_aws(access, known),
        *_web(access, known),
        *_between(),
    )


def _cluster(access: Access) -> Iterator[str]:
    try:
        yield f"{Kube(access).server}  the API server, and what the kubeconfig's sign-in command contacts"
    except ReadError as error:
        yield f"no API server: {error.message}"


def _servers(access: Access, known: World) -> Iterator[str]:
    """The API servers one by one; the only one of a cluster is not asked by its own address."""
    if not isinstance(known.servers, Subjects):
        yield "the API servers one by one, where EndpointSlice default/kubernetes lists several"
        return
    for address, server in known.servers:
        if not isinstance(server, Absent):
            host, _, port = address.rpartition(":")
            there = destination(host, int(port), access)
            way = "" if there == (host, int(port)) else f", at {there[0]}:{there[1]}"
            yield f"https://{address}  one of the API servers{way}"


def _aws(access: Access, known: World) -> Iterator[str]:
    try:
        aws = Aws(access)
        if access.aws_endpoint:
            more = ", cloudtrail" if access.cloudtrail else ""
            yield f"{access.aws_endpoint}  AWS: sts, iam, s3, s3control{more}"
            return
        yield from _services(aws, known)
        if access.cloudtrail:
            yield f"{_url(aws, 'cloudtrail')}  AWS: cloudtrail"
    except ReadError as error:
        yield f"nothing of AWS: {error.message}"
        return
    yield "what the AWS profile contacts to sign in: IAM Identity Center, sts, or http://169.254.169.254"


def _services(aws: Aws, known: World) -> Iterator[str]:
    yield f"{_url(aws, 'sts')}  AWS: sts"
    yield f"{_url(aws, 'iam')}  AWS: iam"
    location = None if isinstance(known.issuer, Missing) else locate(known.issuer.url)
    if location is not None:
        yield f"{_bucket(aws, location)}  AWS: s3, and the like in the bucket's region where that is another"
    elif isinstance(known.issuer, Missing):
        yield f"{_url(aws, 's3')}  AWS: s3, with the bucket's name before the host, in the bucket's region"
    control = _url(aws, "s3control")
    if isinstance(known.caller, Missing):
        yield f"{control}  AWS: s3control, with the account's number before the host"
    else:
        yield f"{_before(control, known.caller.account)}  AWS: s3control"


def _bucket(aws: Aws, location: Location) -> str:
    """As the SDK addresses it: the bucket before the host, but for names with dots, which break TLS."""
    base = _url(aws, "s3", location.region)
    return base if "." in location.bucket else _before(base, location.bucket)


def _url(aws: Aws, service: str, region: str = "") -> str:
    return str(aws.client(service, region).meta.endpoint_url)


def _before(url: str, label: str) -> str:
    return url.replace("://", f"://{label}.", 1)


def _web(access: Access, known: World) -> Iterator[str]:
    if isinstance(known.issuer, Missing):
        yield "the issuer's host, as the API server's discovery document names it"
        yield _KEYS
        return
    yield _published(known.issuer.url, "the issuer", access)
    body = known.discovery.body if isinstance(known.discovery, Response) else None
    read = read_discovery(body) if isinstance(body, str) else None
    if not isinstance(read, Discovery) or not read.jwks_uri:
        yield _KEYS
    elif host_key(read.jwks_uri) != host_key(known.issuer.url):
        yield _published(read.jwks_uri, "the key set", access)


_KEYS = "the key set's host, as the published discovery document names it"


def _published(url: str, what: str, access: Access) -> str:
    hindrance = obstacle(url, access)
    if hindrance:
        return f"not {url}, {what}: {hindrance}"
    parts = urlsplit(url)
    host, port = parts.hostname or "", parts.port or 443
    there = destination(host, port, access)
    way = "" if there == (host, port) else f", at {there[0]}:{there[1]}"
    return f"https://{host_key(url)}  {what}{way}"


def _between() -> Iterator[str]:
    """Proxies of the environment, without the credentials that their addresses may hold."""
    for name in ("HTTPS_PROXY", "HTTP_PROXY"):
        value = os.environ.get(name) or os.environ.get(name.lower())
        if value:
            parts = urlsplit(value if "://" in value else f"http://{value}")
            yield f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}  the proxy of {name}, between"
