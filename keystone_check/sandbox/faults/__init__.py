"""Every way to break the sandbox, by the link that it breaks."""

from collections.abc import Mapping

from keystone_check.sandbox.faults import (
    binding,
    bucket,
    cluster,
    posture,
    posture_bucket,
    provider,
    publication,
    role,
    servers,
    token,
)
from keystone_check.sandbox.faults.fault import Fault

ROOMS = (
    cluster,
    servers,
    token,
    bucket,
    publication,
    provider,
    binding,
    role,
    posture,
    posture_bucket,
)
FAULTS: Mapping[str, Fault] = {
    found.id: found for room in ROOMS for found in vars(room).values() if isinstance(found, Fault)
}
