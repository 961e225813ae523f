"""The addresses that a run contacts."""

from urllib.parse import urlsplit

from keystone_check.model.access import Access
from keystone_check.probes.aws import Aws
from keystone_check.probes.kube import Kube
from keystone_check.probes.refusals import ReadError

_SERVICES = ("sts", "iam", "s3", "s3control")


def endpoints(access: Access) -> tuple[str, ...]:
    """Each with what it is for. Nothing is contacted to find them out, so that an issuer that only the
    cluster knows is described, not named.
    """
    return (*_cluster(access), *_aws(access), *_web(access))


def _cluster(access: Access) -> tuple[str, ...]:
    try:
        return (f"{Kube(access).server}  the API server",)
    except ReadError as error:
        return (f"no API server: {error.message}",)


def _aws(access: Access) -> tuple[str, ...]:
    try:
        aws = Aws(access)
        urls = [aws.client(service).meta.endpoint_url for service in _SERVICES]
    except ReadError as error:
        return (f"nothing of AWS: {error.message}",)
    named = (f"{url}  AWS: {service}" for url, service in zip(urls, _SERVICES, strict=True))
    if access.aws_endpoint:
        return tuple(named)
    return (
        *named,
        "S3 also by the bucket's name or the account's number before these hosts, in their regions",
    )


def _web(access: Access) -> tuple[str, ...]:
    issuer = access.expected.issuer
    if not issuer:
        return ("the issuer's host, as the API server's discovery document names it", _KEYS)
    return (f"https://{urlsplit(issuer).netloc}  the issuer", _KEYS)


_KEYS = "the key set's host, as the published discovery document names it"
