"""Documents that did not reach STS as they should have."""

import json
from dataclasses import replace

from keystone_check.model.world import World
from keystone_check.sandbox.faults import FAULTS
from keystone_check.sandbox.faults.editing import stored, with_object, with_tokens
from keystone_check.sandbox.scenarios.scenario import scenario
from keystone_check.sandbox.worlds import KEY_SET_KEY, resized


@scenario(
    1,
    "self-hosted",
    "every_key_has_a_kid",
    "1 of 1 published keys have no kid",
    "https://github.com/aws/amazon-eks-pod-identity-webhook/issues/12",
    "https://github.com/aws/amazon-eks-pod-identity-webhook/pull/13",
)
def key_set_was_made_without_a_kid(world: World) -> World:
    """`Couldn't retrieve verification key`: the guide's helper leaves the kid out of the only key.

    Tokens of Kubernetes before 1.16 had none either; STS wants `"kid": ""` in the key set all the same.
    """
    (key,) = json.loads(stored(world, KEY_SET_KEY))["keys"]
    nameless = {name: value for name, value in key.items() if name != "kid"}
    old = with_tokens(world, lambda token: resized(replace(token, header={"alg": token.algorithm})))
    return with_object(old, KEY_SET_KEY, json.dumps({"keys": [nameless]}))


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
    24,
    "SPIRE",
    "key_types_stay_within_a_hundred",
    "101 RSA keys",
    "https://github.com/spiffe/spire/issues/4699",
)
def servers_publish_more_than_a_hundred_keys(world: World) -> World:
    """Verification keys are not found now and then: more than a hundred are published under one issuer."""
    return FAULTS["keys-are-never-taken-out"].apply(world)


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
