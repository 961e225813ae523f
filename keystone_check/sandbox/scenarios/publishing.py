"""Documents that did not reach STS as they should have."""

from keystone_check.model.world import World
from keystone_check.sandbox.faults import FAULTS
from keystone_check.sandbox.scenarios.scenario import scenario


@scenario(
    10,
    "kops",
    "key_set_is_public",
    "openid/v1/jwks",
    "https://github.com/kubernetes/kops/pull/11649",
    "https://github.com/kubernetes/kops/pull/11682",
)
def key_set_lies_beside_its_path(world: World) -> World:
    """No token is accepted: the key set was uploaded beside the path that jwks_uri names."""
    return FAULTS["key-set-is-missing"].apply(world)


@scenario(
    42,
    "EKS, SAP, OpenShift",
    "jwks_uri_is_public_https",
    "10.0.0.5",
    "https://github.com/aws/containers-roadmap/issues/2234",
    "https://github.com/sapcc/helm-charts/issues/11695",
    "https://github.com/openshift/cluster-kube-apiserver-operator/pull/1020",
)
def api_server_advertises_its_private_address(world: World) -> World:
    """Nobody outside can fetch the keys: the API server's own document names its private address."""
    return FAULTS["jwks-uri-is-private"].apply(world)
