"""Repairs on a real API server: annotations, webhooks, restarts, conflicts, and fields that others own."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace

import pytest

from keystone_check.errors import ApplyError
from keystone_check.model.access import Access
from keystone_check.model.change import SetAnnotation
from keystone_check.model.cluster import AUDIENCE, ROLE_ARN
from keystone_check.model.injection import Requirement
from keystone_check.model.selector import SetNamespaceSelector
from keystone_check.model.workload import RESTARTED_AT, RestartWorkload
from keystone_check.probes.kube import Kube
from keystone_check.probes.refusals import ReadError
from keystone_check.remedy.apply import apply
from keystone_check.remedy.apply.obstacles import next_step
from keystone_check.remedy.apply.registrations import selector_standing
from tests.reality.admission import WEBHOOK, Endpoint, registered, webhook
from tests.reality.apiserver import ApiServer
from tests.reality.asking import ACCOUNTS
from tests.remedy.back import back

pytestmark = pytest.mark.reality
MERGE = "application/merge-patch+json"
APPLY = "application/apply-patch+yaml"
CHANGE = SetAnnotation("keystone", "plain", AUDIENCE, None, "sts.amazonaws.com.cn")


@pytest.fixture
def access(apiserver: ApiServer) -> Access:
    return Access(name="real", kubeconfig=str(apiserver.kubeconfig()))


def annotations(access: Access) -> Mapping[str, str]:
    found: Mapping[str, str] = (
        Kube(access).service_account("keystone", "plain")["metadata"].get("annotations", {})
    )
    return found


def test_an_annotation_is_written_replaced_and_taken_back(access: Access) -> None:
    other = replace(CHANGE, before=CHANGE.after, after="another")
    apply(access, CHANGE)
    apply(access, CHANGE)
    assert annotations(access) == {AUDIENCE: CHANGE.after}
    apply(access, other)
    assert annotations(access) == {AUDIENCE: "another"}
    apply(access, back(other))
    apply(access, back(CHANGE))
    assert annotations(access) == {}


def test_what_stands_there_otherwise_than_planned_is_not_overwritten(access: Access) -> None:
    apply(access, CHANGE)
    with pytest.raises(ApplyError, match="is not what the plan was made for"):
        apply(access, replace(CHANGE, after="another"))
    assert annotations(access) == {AUDIENCE: CHANGE.after}
    apply(access, back(CHANGE))


def test_a_patch_over_an_older_version_is_a_conflict_and_is_told_as_one(access: Access) -> None:
    kube = Kube(access)
    seen = kube.service_account("keystone", "plain")["metadata"]["resourceVersion"]
    apply(access, CHANGE)
    patch = {"metadata": {"resourceVersion": seen, "annotations": {AUDIENCE: "late"}}}
    with pytest.raises(ReadError) as caught:
        kube.request("PATCH", f"{ACCOUNTS}/plain", patch, content_type=MERGE)
    assert caught.value.code == "409"
    assert next_step(caught.value) == "somebody else wrote to it in between: repeat the command"
    assert annotations(access) == {AUDIENCE: CHANGE.after}
    apply(access, back(CHANGE))


def applied(access: Access, value: str) -> None:
    """What a tool that applies on the server's side says of the annotation, without force."""
    body = {
        "apiVersion": "v1",
        "kind": "ServiceAccount",
        "metadata": {"name": "plain", "annotations": {ROLE_ARN: value}},
    }
    query = [("fieldManager", "a-deployer")]
    Kube(access).request("PATCH", f"{ACCOUNTS}/plain", body, query=query, content_type=APPLY)


def owners(access: Access) -> set[str]:
    fields = Kube(access).service_account("keystone", "plain")["metadata"].get("managedFields", [])
    return {one["manager"] for one in fields if f"f:{ROLE_ARN}" in json.dumps(one)}


def test_a_field_that_an_applier_owns_changes_hands_and_its_next_apply_is_a_conflict(access: Access) -> None:
    theirs, ours = "arn:aws:iam::111122223333:role/theirs", "arn:aws:iam::111122223333:role/ours"
    applied(access, theirs)
    assert owners(access) == {"a-deployer"}
    change = SetAnnotation("keystone", "plain", ROLE_ARN, theirs, ours)
    apply(access, change)
    assert "a-deployer" not in owners(access)
    with pytest.raises(ReadError) as caught:
        applied(access, theirs)
    assert caught.value.code == "409"
    assert annotations(access) == {ROLE_ARN: ours}
    apply(access, replace(change, before=ours, after=None))
    assert annotations(access) == {}


NAMED = SetNamespaceSelector(
    "pod-identity-webhook",
    WEBHOOK,
    (Requirement("kubernetes.io/metadata.name", "In", ("other",)),),
    (Requirement("kubernetes.io/metadata.name", "In", ("other", "keystone")),),
)


@pytest.fixture
def listing(apiserver: ApiServer) -> Iterator[None]:
    """A webhook that is asked about one namespace by name, and that nobody answers for."""
    (only,) = NAMED.before
    named = {"key": only.key, "operator": only.operator, "values": list(only.values)}
    wanted = {"matchExpressions": [named]}
    with registered(apiserver, webhook(Endpoint("https://127.0.0.1:1/", b""), namespaceSelector=wanted)):
        yield


def asked(access: Access) -> tuple[Requirement, ...] | None:
    return selector_standing(Kube(access), NAMED)[0]


@pytest.mark.usefixtures("listing")
def test_a_webhook_is_asked_about_one_more_namespace_and_as_before_when_that_is_taken_back(
    access: Access,
) -> None:
    apply(access, NAMED)
    apply(access, NAMED)
    assert asked(access) == NAMED.after
    apply(access, back(NAMED))
    assert asked(access) == NAMED.before


@pytest.mark.usefixtures("listing")
def test_a_selector_that_somebody_else_wrote_is_not_overwritten(access: Access) -> None:
    apply(access, replace(NAMED, after=(Requirement("team", "Exists"),)))
    with pytest.raises(ApplyError, match="is not what the plan was made for"):
        apply(access, NAMED)
    assert asked(access) == (Requirement("team", "Exists"),)


def test_a_deployment_is_restarted_once_as_kubectl_does_it(access: Access) -> None:
    kube, deployments = Kube(access), "/apis/apps/v1/namespaces/keystone/deployments"
    pod = {"containers": [{"name": "it", "image": "none"}]}
    labels = {"app": "restarted"}
    template = {"metadata": {"labels": labels}, "spec": pod}
    spec = {"selector": {"matchLabels": labels}, "template": template}
    kube.request("POST", deployments, {"metadata": {"name": "restarted"}, "spec": spec})
    change = RestartWorkload("deployment", "keystone", "restarted", "2026-11-25T20:35:06Z")
    apply(access, change)
    apply(access, change)
    found = kube.request("GET", f"{deployments}/restarted")
    assert found["metadata"]["generation"] == 2
    assert found["spec"]["template"]["metadata"]["annotations"] == {RESTARTED_AT: change.at}
    with pytest.raises(ApplyError, match="a restart at"):
        apply(access, replace(change, at="2026-11-25T20:35:05Z"))
