"""Every way to break the sandbox, by the link that it breaks."""

from collections.abc import Mapping

from keystone_check.sandbox.faults import (
    ack_policies,
    ack_reports,
    annotations,
    binding,
    bucket,
    cluster,
    declared,
    documents,
    exchange,
    injection,
    karpenter_nodes,
    karpenter_policies,
    karpenter_settings,
    keys,
    outdated,
    pods,
    posture,
    posture_bucket,
    posture_roles,
    provider,
    publication,
    role,
    role_conditions,
    servers,
    tls,
    token,
)
from keystone_check.sandbox.faults.fault import Fault

ROOMS = (
    cluster,
    servers,
    token,
    bucket,
    tls,
    publication,
    documents,
    keys,
    provider,
    binding,
    annotations,
    role,
    role_conditions,
    injection,
    pods,
    outdated,
    exchange,
    karpenter_policies,
    karpenter_settings,
    karpenter_nodes,
    ack_policies,
    ack_reports,
    declared,
    posture,
    posture_bucket,
    posture_roles,
)
FAULTS: Mapping[str, Fault] = {
    found.id: found for room in ROOMS for found in vars(room).values() if isinstance(found, Fault)
}
