"""What amazon-eks-pod-identity-webhook does to pods: its laws as recorded, and what only a live one shows."""

from collections.abc import Iterator, Mapping

import pytest

from tests.reality.admission import Endpoint, registered, webhook
from tests.reality.apiserver import ApiServer
from tests.reality.asking import ACCOUNTS, PODS, ROLE, account, patch, pod
from tests.reality.record import load
from tests.reality.webhook import program, serve_webhook
from tests.reality.wire import Json, Memory, ask, send

MOUNTED = "/var/run/secrets/eks.amazonaws.com/serviceaccount"
ARN = "arn:aws:iam::111122223333:role/api"
BOTH = {"AWS_ROLE_ARN": ARN, "AWS_WEB_IDENTITY_TOKEN_FILE": f"{MOUNTED}/token"}
REGION = {"AWS_DEFAULT_REGION": "eu-central-1", "AWS_REGION": "eu-central-1"}
REGIONAL = {"AWS_STS_REGIONAL_ENDPOINTS": "regional"}


def pods(case: str) -> list[Json]:
    """The specs of the pods that a case was answered, in order."""
    answers = (exchange["answer"]["body"] for exchange in load(case)["exchanges"])
    return [body["spec"] for body in answers if body["kind"] == "Pod"]


def env(spec: Json, name: str = "main") -> Mapping[str, str]:
    (container,) = (it for it in (*spec["containers"], *spec.get("initContainers", ())) if it["name"] == name)
    return {variable["name"]: variable["value"] for variable in container.get("env", ())}


def mounts(spec: Json, container: int = 0) -> list[str]:
    told = spec["containers"][container].get("volumeMounts", ())
    return [it["mountPath"] for it in told if it["name"] == "aws-iam-token"]


def token(spec: Json) -> Json:
    """What the webhook's volume asks for; nothing where there is no such volume."""
    volumes = (it for it in spec.get("volumes", ()) if it["name"] == "aws-iam-token")
    sources = (source for volume in volumes for source in volume.get("projected", {}).get("sources", ()))
    return next((source["serviceAccountToken"] for source in sources), None)


def test_a_pod_of_an_annotated_account_gets_variables_volume_and_mount() -> None:
    spec, *_ = pods("injection")
    assert env(spec) == BOTH
    assert mounts(spec) == [MOUNTED]
    assert token(spec) == {"audience": "sts.amazonaws.com", "expirationSeconds": 86400, "path": "token"}


def test_nothing_remains_of_a_dry_run() -> None:
    assert load("injection")["exchanges"][1]["answer"]["status"] == 404


def test_a_pod_of_another_account_gets_nothing() -> None:
    _, plain, _ = pods("injection")
    assert (env(plain), mounts(plain), token(plain)) == ({}, [], None)


def test_a_pod_without_the_automatic_token_gets_the_webhooks_all_the_same() -> None:
    *_, bare = pods("injection")
    assert (env(bare), mounts(bare)) == (BOTH, [MOUNTED])


def test_the_accounts_audience_is_the_tokens_and_an_empty_one_leaves_it_to_the_api_server() -> None:
    assert [token(it).get("audience") for it in pods("injection_audience")] == ["custom.example", None]


def test_a_token_lives_600_seconds_at_least_and_a_day_when_no_number_is_given() -> None:
    found = [token(it)["expirationSeconds"] for it in pods("injection_expiration")]
    assert found == [7200, 600, 86400, 172800, 3600, 600, 86400, 600]


def test_regional_endpoints_are_asked_for_by_what_go_takes_for_true() -> None:
    asked = [env(it) == {**REGIONAL, **BOTH} for it in pods("injection_regional_endpoints")]
    assert asked == [True, False, True, True, False]


@pytest.mark.parametrize(("index", "name"), list(enumerate(BOTH)))
def test_one_variable_that_is_preset_keeps_both_away_and_not_volume_or_mount(index: int, name: str) -> None:
    spec = pods("injection_preset")[index]
    assert env(spec) == {name: "preset"}
    assert mounts(spec) == [MOUNTED]
    assert token(spec) is not None


def test_role_region_and_endpoints_that_are_preset_keep_the_mount_away_and_not_the_volume() -> None:
    spec = pods("injection_preset")[3]
    assert mounts(spec) == []
    assert token(spec) is not None


def test_static_keys_do_not_keep_the_webhook_away() -> None:
    static = env(pods("injection_preset")[4])
    assert static == {"AWS_ACCESS_KEY_ID": "preset", "AWS_SECRET_ACCESS_KEY": "preset", **BOTH}


def test_every_container_is_equipped_init_containers_and_sidecars_too() -> None:
    several, *_, sidecar = pods("injection_containers")
    assert [env(several, name) for name in ("main", "side", "first")] == [BOTH] * 3
    assert env(sidecar, "native") == BOTH
    assert sidecar["initContainers"][0]["restartPolicy"] == "Always"


def test_skipped_containers_get_nothing_and_the_pod_still_the_volume() -> None:
    _, one, two, *_ = pods("injection_containers")
    assert (env(one), mounts(one)) == ({}, [])
    assert [env(two, name) for name in ("main", "side", "first")] == [BOTH, {}, {}]
    assert token(one) == token(two) == token(pods("injection")[0])


def test_a_space_after_the_comma_is_part_of_the_skipped_name_and_what_is_no_csv_skips_none() -> None:
    *_, spaced, unquoted, _ = pods("injection_containers")
    assert [env(spaced, name) for name in ("main", "side")] == [{}, BOTH]
    assert env(unquoted) == BOTH


def test_what_is_no_role_arn_is_injected_and_an_empty_one_is_not() -> None:
    found = [env(it).get("AWS_ROLE_ARN") for it in pods("injection_roles")]
    assert found == ["role:api", "api", f"{ARN} ", None]


def test_a_volume_of_the_webhooks_name_is_taken_for_its_own() -> None:
    volume, mount, _ = pods("injection_already_there")
    assert (token(volume), token(mount)) == (None, None)
    assert (mounts(volume), mounts(mount)) == ([MOUNTED], ["/elsewhere"])
    assert env(volume) == env(mount) == BOTH


def test_the_label_that_opts_out_does_so_whatever_its_value() -> None:
    (spec,) = pods("injection_opted_out")
    assert (env(spec), token(spec)) == ({}, None)


def test_the_token_file_of_a_windows_pod_has_a_drive_and_its_mount_has_none() -> None:
    (spec,) = pods("injection_windows")
    assert env(spec)["AWS_WEB_IDENTITY_TOKEN_FILE"] == "C:" + f"{MOUNTED}/token".replace("/", "\\")
    assert mounts(spec) == [MOUNTED]


def shown(server: ApiServer, name: str = "api") -> Mapping[str, str]:
    """The variables of a dry-run pod."""
    answer = ask(server, "POST", f"{PODS}?dryRun=All", pod("probe", name))
    assert answer.status == 201
    return env(answer.body["spec"])


@pytest.fixture
def temporary(apiserver: ApiServer) -> Iterator[str]:
    """An account of one test, with the role."""
    assert ask(apiserver, "POST", ACCOUNTS, account("temporary", role=ARN)).status == 201
    yield "temporary"
    ask(apiserver, "DELETE", f"{ACCOUNTS}/temporary")


@pytest.mark.reality
def test_an_account_that_is_created_just_before_its_pod_is_waited_for(
    apiserver: ApiServer, identity_webhook: Endpoint, temporary: str
) -> None:
    assert shown(apiserver, temporary) == BOTH


@pytest.mark.reality
def test_a_changed_annotation_reaches_the_next_pods(
    apiserver: ApiServer, identity_webhook: Endpoint, temporary: str
) -> None:
    other = {"metadata": {"annotations": {ROLE: f"{ARN}-2"}}}
    send(apiserver, patch(f"{ACCOUNTS}/{temporary}", "merge-patch", other), Memory())
    seen = next(found for found in (shown(apiserver, temporary) for _ in range(500)) if found != BOTH)
    assert seen["AWS_ROLE_ARN"] == f"{ARN}-2"


@pytest.mark.reality
def test_a_region_is_given_where_the_webhook_has_one(apiserver: ApiServer, identity: Endpoint) -> None:
    path = program()
    assert path
    with (
        serve_webhook(apiserver, path, "--aws-default-region=eu-central-1") as endpoint,
        registered(apiserver, webhook(endpoint)),
    ):
        assert shown(apiserver) == {
            "AWS_DEFAULT_REGION": "eu-central-1",
            "AWS_REGION": "eu-central-1",
            **BOTH,
        }


@pytest.mark.reality
@pytest.mark.usefixtures("identity")
def test_a_webhook_that_has_gone_leaves_the_pod_bare(apiserver: ApiServer) -> None:
    path = program()
    assert path
    with serve_webhook(apiserver, path) as endpoint:
        pass
    with registered(apiserver, webhook(endpoint)):
        assert shown(apiserver) == {}


@pytest.mark.reality
def test_another_authority_in_the_registration_leaves_the_pod_bare(
    apiserver: ApiServer, identity: Endpoint
) -> None:
    client = apiserver.client_authority.read_bytes()
    with registered(apiserver, webhook(Endpoint(identity.url, client))):
        assert shown(apiserver) == {}
