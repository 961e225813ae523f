"""The environment of a machine that has nothing configured, for commands that tests start."""

import os

_OURS = ("AWS_", "KUBE", "KEYSTONE_", "PYTEST_")


def bare() -> dict[str, str]:
    """This process's environment without anything that names a cluster, an account or a proxy."""
    return {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(_OURS) and not name.lower().endswith("_proxy")
    } | {"AWS_EC2_METADATA_DISABLED": "true"}
