"""Which Deployments are operators, and what of them is kept."""

from collections.abc import Iterator
from typing import Any

import pytest

from keystone_check.model.cluster import ROLE_ARN, ServiceAccount
from keystone_check.model.facts import Subjects
from keystone_check.model.operators import Operator
from keystone_check.probes.kube import Kube
from keystone_check.probes.operators import crds, operators
from keystone_check.probes.refusals import ReadError

ARN = "arn:aws:iam::111122223333:role/karpenter"


class Listing(Kube):
    """A cluster with these objects and nothing else."""

    def __init__(self, *items: dict[str, Any], whole: bool = True) -> None:
        self._items = items
        self.lists_every_account = whole

    def listed(self, *_: object, **__: object) -> Iterator[dict[str, Any]]:
        yield from self._items

    def service_account(self, namespace: str, name: str) -> dict[str, Any]:
        if name == "gone":
            raise ReadError("get serviceaccounts: not found", code="404")
        return {"metadata": {"annotations": {ROLE_ARN: ARN}}}


def deployment(
    image: str = "", labels: dict[str, str] | None = None, account: str = "it", **container: Any
) -> dict[str, Any]:
    template = {"spec": {"serviceAccountName": account, "containers": [{"image": image, **container}]}}
    metadata = {"namespace": "team", "name": "it", "labels": labels}
    return {"metadata": metadata, "spec": {"template": template}}


def found(*items: dict[str, Any], whole: bool = True) -> Operator | None:
    accounts = Subjects((("team/it", ServiceAccount("team", "it", "", {ROLE_ARN: ARN})),))
    return next((it for _, it in operators(Listing(*items, whole=whole), "", accounts).seen()), None)


DIGEST = "@sha256:" + 64 * "0"


@pytest.mark.parametrize(
    ("product", "image", "label", "more"),
    [
        ("karpenter", "public.ecr.aws/karpenter/controller:1.14.1", "", {}),
        ("karpenter", f"registry.example:5000/mirror/karpenter/controller{DIGEST}", "", {}),
        ("karpenter", f"registry.example/scaler{DIGEST}", "karpenter", {}),
        ("karpenter", "registry.example/scaler", "", {"env": [{"name": "KARPENTER_SERVICE"}]}),
        ("", "mcr.microsoft.com/aks/karpenter/controller:1.0", "karpenter", {}),
        ("ack-s3", "public.ecr.aws/aws-controllers-k8s/s3-controller:1.10.0", "", {}),
        ("ack-s3", f"registry.example/fork{DIGEST}", "s3-chart", {}),
        ("ack-new", "registry.example/new-controller:1", "", {"args": ["--aws-region", "$(AWS_REGION)"]}),
        ("", "registry.example/some-controller:1", "", {}),
        ("", "registry.example/app:1", "team-chart", {}),
        ("", "registry.example/karpenter/dashboard:1", "", {}),
    ],
)
def test_an_operator_is_known_by_image_label_or_arguments(
    product: str, image: str, label: str, more: dict[str, Any]
) -> None:
    labels = {"app.kubernetes.io/name": label} if label else None
    one = found(deployment(image, labels, **more))
    assert (one.product if one else "") == product


def test_of_settings_known_names_alone_are_kept_and_no_secret_is() -> None:
    env = [
        {"name": "CLUSTER_NAME", "value": "lab"},
        {"name": "INTERRUPTION_QUEUE", "valueFrom": {"secretKeyRef": {"name": "s", "key": "k"}}},
        {"name": "PASSWORD", "value": "stays-here"},
        {"name": "CLUSTER_CA_BUNDLE", "value": "long"},
        {"name": "AWS_ACCESS_KEY_ID", "value": "stays-here"},
    ]
    one = found(deployment("karpenter/controller:1", env=env))
    assert one is not None
    assert one.settings == {"CLUSTER_NAME": "lab", "INTERRUPTION_QUEUE": "<secret>"}
    assert one.static_keys
    assert "stays-here" not in repr(one)


def test_the_role_is_the_accounts_and_where_the_listing_is_partial_it_is_asked_for() -> None:
    image = "karpenter/controller:1"
    for account, whole, arn in (
        ("it", True, ARN),
        ("other", True, ""),
        ("other", False, ARN),
        ("gone", False, ""),
    ):
        one = found(deployment(image, account=account), whole=whole)
        assert one is not None
        assert (one.account, one.role_arn) == (f"team/{account}", arn)


def test_a_deployment_that_says_nothing_has_one_replica_that_may_share_a_node() -> None:
    one = found(deployment("karpenter/controller:1"))
    assert one is not None
    assert (one.replicas, one.ready, one.spread, one.label) == (1, 0, False, "")


def test_definitions_of_other_groups_are_passed_over() -> None:
    def definition(name: str, *versions: dict[str, Any]) -> dict[str, Any]:
        names = {"kind": "Kind"}
        spec = {"group": name.partition(".")[2], "names": names, "scope": "Cluster", "versions": versions}
        return {"metadata": {"name": name}, "spec": spec}

    old, new = {"name": "v1beta1", "served": False}, {"name": "v1", "served": True, "storage": True}
    read = crds(
        Listing(definition("nodepools.karpenter.sh", old, new), definition("certificates.cert-manager.io"))
    )
    ((name, crd),) = read.seen()
    assert (name, crd.served, crd.storage, crd.stored) == ("nodepools.karpenter.sh", ("v1",), "v1", ())
