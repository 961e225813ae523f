"""move-bucket: an issuer that is the address of its bucket moves with it, and is then another issuer."""

from keystone_check.errors import KeystoneError
from keystone_check.iam.s3_address import Location, locate, partition_of, suffix_of
from keystone_check.model.facts import Missing
from keystone_check.model.world import World
from keystone_check.rehearsal.asked import MoveBucket


def issuer_of(world: World, asked: MoveBucket) -> str:
    """The issuer that the new bucket's address makes; KeystoneError where the issuer is no address of S3."""
    if isinstance(world.issuer, Missing):
        raise KeystoneError(f"the cluster has no issuer, so no bucket is in use: {world.issuer.because}")
    place = locate(world.issuer.url)
    if place is None:
        raise KeystoneError(
            f"{world.issuer.url} is no address of S3: the bucket behind it is not told by the issuer",
            "copy both documents to the new bucket, let the front ask there, empty its cache, then "
            "drop the old ones: tokens, provider and roles stay as they are",
        )
    return _moved(place, asked)


def _moved(place: Location, asked: MoveBucket) -> str:
    region = asked.region or place.region or "us-east-1"
    host = f"s3.{region}.{suffix_of(partition_of(region))}"
    path = f"/{place.prefix}" if place.prefix else ""
    # A dot in the name breaks the wildcard of S3's certificate, so such a bucket is asked by its path.
    if place.style == "path" or "." in asked.name:
        return f"https://{host}/{asked.name}{path}"
    return f"https://{asked.name}.{host}{path}"
