"""Every way to break the sandbox, by the link that it breaks."""

from collections.abc import Mapping

from keystone_check.sandbox.faults import (
    binding,
    bucket,
    cluster,
    posture,
    provider,
    publication,
    role,
    servers,
    token,
)
from keystone_check.sandbox.faults.fault import Fault

FAULTS: Mapping[str, Fault] = {
    found.id: found
    for room in (cluster, servers, token, bucket, publication, provider, binding, role, posture)
    for found in vars(room).values()
    if isinstance(found, Fault)
}
