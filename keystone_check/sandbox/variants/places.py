"""Other places: addresses, regions, partitions, fronts and certificates."""

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
from keystone_check.sandbox.variants.variant import variant

FRONT = "d111111abcdef8.cloudfront.net"
OWN_HOST = "oidc.keystone.example"


@variant()
def virtual_host(world: World) -> World:
    """The issuer is the address of its bucket's virtual host, as usual."""
    return world


@variant()
def path_style(world: World) -> World:
    """The issuer is the path-style address of its bucket."""
    name, host = _place(world)
    return moved(world, (host, f"{host.removeprefix(f'{name}.')}/{name}"))


@variant()
def below_a_path(world: World) -> World:
    """Issuer and documents lie below a path of the bucket, as where clusters share one."""
    return below(world, "prod")


@variant()
def us_east_1(world: World) -> World:
    """The bucket is in us-east-1, which S3 treats otherwise than any other region."""
    return in_region(world, "us-east-1")


@variant()
def china(world: World) -> World:
    """All of it is in the partition of China."""
    return in_region(world, "cn-north-1")


@variant()
def govcloud(world: World) -> World:
    """All of it is in the partition of GovCloud."""
    return in_region(world, "us-gov-west-1")


@variant()
def cloudfront(world: World) -> World:
    """A front of CloudFront publishes the documents of a bucket that is private."""
    return in_front(world, FRONT, public=True)


@variant()
def own_domain(world: World) -> World:
    """The issuer has a domain of its own, with a publicly trusted chain."""
    return in_front(world, OWN_HOST, public=True)


@variant()
def private_ca(world: World) -> World:
    """The issuer has a domain of its own and a private authority, whose thumbprint the provider has."""
    return in_front(world, OWN_HOST, public=False)


def in_region(world: World, region: str) -> World:
    """The same in another region, and in its partition."""
    name, host = _place(world)
    partition = partition_of(region)
    renaming = (
        (host, f"{name}.s3.{region}.{suffix_of(partition)}"),
        (REGION, region),
        ("arn:aws:", f"arn:{partition}:"),
    )
    return certified(moved(world, *renaming), public=False)


def in_front(world: World, host: str, *, public: bool) -> World:
    """The world whose documents another web server than S3 publishes."""
    _, former = _place(world)
    elsewhere = Absent("bucket", "the issuer is not an S3 address")
    return certified(moved(replace(world, bucket=elsewhere), (former, host)), public=public)


def below(world: World, path: str) -> World:
    """The world whose issuer and documents lie below a path of the bucket."""
    name, host = _place(world)
    assert isinstance(world.bucket, Bucket)
    entries = tuple((f"{path}/{key}", stored) for key, stored in world.bucket.objects)
    bucket = replace(world.bucket, objects=Subjects(entries))
    there = tuple((f"{name}/{key}", f"{name}/{path}/{key}") for key, _ in world.bucket.objects)
    return moved(replace(world, bucket=bucket), *there, (host, f"{host}/{path}"))


def certified(world: World, *, public: bool) -> World:
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
