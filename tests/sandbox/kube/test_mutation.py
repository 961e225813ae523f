"""The emulated webhook does to a pod what amazon-eks-pod-identity-webhook does, its traps included."""

from typing import Any

import pytest

from keystone_check.sandbox.kube.mutation import VOLUME, with_token
from keystone_check.sandbox.kube.state import Grant, Identity

ROLE = "arn:aws:iam::111122223333:role/api"
FOLDER = "/var/run/secrets/eks.amazonaws.com/serviceaccount"
GRANT = Grant(ROLE, region="eu-central-1")


def mutated(*env: str, grant: Grant = GRANT, **annotations: str) -> Any:
    """A pod of one container that presets these variables."""
    container = {"name": "main", "env": [{"name": name, "value": "preset"} for name in env]}
    prefixed = {f"eks.amazonaws.com/{key.replace('_', '-')}": text for key, text in annotations.items()}
    return with_token({"metadata": {"annotations": prefixed}, "spec": {"containers": [container]}}, grant)


def env(pod: Any) -> dict[str, str]:
    return {it["name"]: it["value"] for it in pod["spec"]["containers"][0]["env"]}


def mounts(pod: Any) -> list[str]:
    return [it["mountPath"] for it in pod["spec"]["containers"][0].get("volumeMounts", ())]


def test_a_container_gets_variables_mount_and_volume() -> None:
    pod = mutated()
    assert env(pod) == {
        "AWS_DEFAULT_REGION": "eu-central-1",
        "AWS_REGION": "eu-central-1",
        "AWS_ROLE_ARN": ROLE,
        "AWS_WEB_IDENTITY_TOKEN_FILE": f"{FOLDER}/token",
    }
    assert mounts(pod) == [FOLDER]
    assert [it["name"] for it in pod["spec"]["volumes"]] == [VOLUME]


@pytest.mark.parametrize("preset", ["AWS_ROLE_ARN", "AWS_WEB_IDENTITY_TOKEN_FILE"])
def test_one_variable_that_is_preset_keeps_both_away_but_not_the_mount(preset: str) -> None:
    pod = mutated(preset)
    assert set(env(pod)) == {preset, "AWS_REGION", "AWS_DEFAULT_REGION"}
    assert mounts(pod) == [FOLDER]


def test_role_region_and_endpoint_that_are_preset_keep_the_mount_away_and_not_the_volume() -> None:
    pod = mutated("AWS_ROLE_ARN", "AWS_REGION", "AWS_STS_REGIONAL_ENDPOINTS")
    assert mounts(pod) == []
    assert [it["name"] for it in pod["spec"]["volumes"]] == [VOLUME]


def test_one_region_that_is_preset_keeps_both_away() -> None:
    assert env(mutated("AWS_REGION"))["AWS_REGION"] == "preset"
    assert "AWS_DEFAULT_REGION" not in env(mutated("AWS_REGION"))


def test_a_skipped_container_gets_nothing_and_the_pod_still_the_volume() -> None:
    pod = mutated(skip_containers="main")
    assert env(pod) == {}
    assert [it["name"] for it in pod["spec"]["volumes"]] == [VOLUME]


@pytest.mark.parametrize(("wanted", "given"), [("7200", 7200), ("60", 600), ("soon", 86400)])
def test_a_pod_may_ask_for_another_life_of_the_token_of_600_seconds_at_least(wanted: str, given: int) -> None:
    (volume,) = mutated(token_expiration=wanted)["spec"]["volumes"]
    (source,) = volume["projected"]["sources"]
    assert source["serviceAccountToken"]["expirationSeconds"] == given


def test_an_account_without_annotation_gets_nothing_and_a_malformed_role_is_given() -> None:
    identity = Identity()
    assert identity.grant("app/api", {}) is None
    malformed = identity.grant("app/api", {"eks.amazonaws.com/role-arn": "role:api"})
    assert malformed is not None
    assert malformed.role_arn == "role:api"


def test_the_cache_counts_while_the_annotations_are_what_they_were() -> None:
    before = {"eks.amazonaws.com/role-arn": "former"}
    identity = Identity(cached={"app/api": (before, None)})
    assert identity.grant("app/api", before) is None
    assert identity.grant("app/api", {"eks.amazonaws.com/role-arn": ROLE}) == Grant(ROLE)
