"""Worlds that hold, built otherwise than the usual one: other addresses, regions, partitions, fronts."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from keystone_check.iam.s3_address import partition_of, suffix_of
from keystone_check.model.aws import Bucket
from keystone_check.model.cluster import Issuer
from keystone_check.model.facts import Absent, Subjects
from keystone_check.model.world import World
from keystone_check.sandbox import cellar
from keystone_check.sandbox.faults.editing import with_provider
from keystone_check.sandbox.ground import REGION
from keystone_check.sandbox.moving import moved

FRONT = "d111111abcdef8.cloudfront.net"


def path_style(world: World) -> World:
    """The issuer is the path-style address of its bucket."""
    name, host = _place(world)
    return moved(world, (host, f"{host.removeprefix(f'{name}.')}/{name}"))


def below_a_path(world: World) -> World:
    """Issuer and documents lie below a path of the bucket, as where clusters share one."""
    name, host = _place(world)
    assert isinstance(world.bucket, Bucket)
    entries = tuple((f"prod/{key}", stored) for key, stored in world.bucket.objects)
    bucket = replace(world.bucket, objects=Subjects(entries))
    below = tuple((f"{name}/{key}", f"{name}/prod/{key}") for key, _ in world.bucket.objects)
    return moved(replace(world, bucket=bucket), *below, (host, f"{host}/prod"))


def in_region(region: str) -> Callable[[World], World]:
    """The same in another region, and in its partition."""

    def apply(world: World) -> World:
        name, host = _place(world)
        partition = partition_of(region)
        return certified(
            moved(
                world,
                (host, f"{name}.s3.{region}.{suffix_of(partition)}"),
                (REGION, region),
                ("arn:aws:", f"arn:{partition}:"),
            )
        )

    return apply


def cloudfront(world: World) -> World:
    """A front of CloudFront publishes the documents of a bucket that is private."""
    return behind(world, FRONT)


def behind(world: World, address: str) -> World:
    """The documents at an address of somebody's own, which is publicly trusted; the bucket is nobody's."""
    _, host = _place(world)
    private = Absent("bucket", "the issuer is not an S3 address")
    return certified(moved(replace(world, bucket=private), (host, address)), public=True)


def certified(world: World, *, public: bool = False) -> World:
    """The world whose host has a certificate for its name, and the provider its thumbprint."""
    ((host, _),) = world.chains.entries
    chain = cellar.chain(host, cellar.Wanted((host,), public))
    return with_provider(
        replace(world, chains=Subjects(((host, chain),))), thumbprints=(chain.certificates[-1].sha1,)
    )


def _place(world: World) -> tuple[str, str]:
    assert isinstance(world.bucket, Bucket)
    assert isinstance(world.issuer, Issuer)
    return world.bucket.name, world.issuer.url.removeprefix("https://")


VARIANTS: Mapping[str, Callable[[World], World]] = {
    "path-style": path_style,
    "below-a-path": below_a_path,
    "us-east-1": in_region("us-east-1"),
    "china": in_region("cn-north-1"),
    "govcloud": in_region("us-gov-west-1"),
    "cloudfront": cloudfront,
}
"""By name."""
