"""Which release a running image is, as far as its name or a label tells."""

from keystone_check.operators.version import Version, version


def repository(image: str) -> str:
    """The image without tag and digest: `public.ecr.aws/karpenter/controller`."""
    name = image.partition("@")[0]
    return name if "/" in name.rpartition(":")[2] else name.rpartition(":")[0] or name


def release(image: str, label: str) -> Version | None:
    """The release that the tag says, or else the label. None: a digest alone, `latest`, something else."""
    name = image.partition("@")[0]
    tag = name.removeprefix(repository(image)).removeprefix(":")
    return version(tag) or version(label)
