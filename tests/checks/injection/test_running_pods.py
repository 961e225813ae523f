"""Which identity a pod really uses, workload by workload."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

import pytest

from keystone_check.checks.injection import (
    no_container_is_skipped_by_mistake,
    no_pod_uses_a_legacy_token,
    no_template_presets_the_variables,
    running_pods_use_the_web_identity,
    running_pods_were_injected,
    token_is_readable_by_the_user,
)
from keystone_check.model.cluster import Cluster
from keystone_check.model.facts import Missing, Subjects
from keystone_check.model.finding import Finding, Safety, Status
from keystone_check.model.injection import (
    Container,
    DryRun,
    Import,
    Mount,
    Refused,
    RunningPod,
    Shape,
    Variable,
)
from keystone_check.model.workload import RestartWorkload
from tests.checks.injection.build import (
    ACCOUNTS,
    FOLDER,
    INJECTED,
    OWN,
    ROLE,
    TOKEN,
    container,
    one,
    pod,
    pods,
    shape,
)
from tests.worlds import NOW


def broken(found: Iterable[Finding]) -> str:
    """The message of the only finding, which is broken."""
    finding = one(found)
    assert finding.status is Status.BROKEN
    return finding.message


def injected(found: Subjects[RunningPod], dry_run: DryRun | None = None) -> Iterator[Finding]:
    """Judged where a dry run shows this; nothing said: nobody could see one."""
    shown: Subjects[DryRun | Refused] | Missing = Missing("injections", "nobody looked")
    if dry_run is not None:
        shown = Subjects((("app/api", dry_run),))
    return running_pods_were_injected.judge(ACCOUNTS, found, Subjects(), shown, NOW)


def steps(found: Iterable[Finding]) -> tuple[str, ...]:
    """What the only finding says is to be done."""
    repair = one(found).repair
    assert repair is not None
    return repair.steps


def test_pods_of_one_workload_are_one_finding_that_counts_them() -> None:
    bare = shape(container({}))
    found = pods(pod(bare, "a"), pod(bare, "b"), pod(name="c"))
    assert broken(injected(found)).startswith("2 of 3 pods got neither")
    assert steps(injected(found))[0] == ("kubectl -n app rollout restart deployment/api")


@pytest.mark.parametrize("kind", ["StatefulSet", "DaemonSet"])
def test_a_workload_whose_new_pods_would_have_the_role_is_restarted_when_that_is_asked_for(kind: str) -> None:
    found = pods(pod(shape(container({})), owner_kind=kind, owner_name="api"))
    repair = one(injected(found, DryRun(shape()))).repair
    assert repair is not None
    assert repair.safety is Safety.RESTART
    assert repair.changes == (RestartWorkload(kind.lower(), "app", "api", "2027-01-15T08:00:00Z"),)


@pytest.mark.parametrize("kind", ["Job", ""])
def test_a_job_and_a_bare_pod_are_for_whoever_made_them(kind: str) -> None:
    found = pods(pod(shape(container({})), owner_kind=kind, owner_name="once" if kind else ""))
    repair = one(injected(found, DryRun(shape()))).repair
    assert repair is not None
    assert repair.safety is Safety.MANUAL
    assert "makes the pods of a" in repair.reason


def test_a_workload_whose_new_pods_would_lack_the_role_too_is_not_restarted() -> None:
    repair = one(injected(pods(pod(shape(container({})))), DryRun(shape(container({}))))).repair
    assert repair is not None
    assert repair.safety is Safety.MANUAL


def test_a_pod_of_its_own_is_deleted_by_who_made_it() -> None:
    alone = pods(pod(shape(container({})), "alone", owner_kind="", owner_name=""))
    assert steps(injected(alone)) == ("kubectl -n app delete pod alone",)


def test_a_pod_on_the_nodes_network_reaches_the_nodes_role() -> None:
    found = pods(pod(shape(container({})), host_network=True))
    assert "node's role" in broken(injected(found))


def test_a_role_from_a_config_map_is_not_called_another() -> None:
    variables = (
        Variable("AWS_ROLE_ARN", "config map"),
        Variable("AWS_WEB_IDENTITY_TOKEN_FILE", "value", "/t"),
    )
    found = pods(pod(shape(Container("main", variables, ()))))
    assert one(injected(found)).status is Status.HOLDS


@pytest.mark.parametrize("name", ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"])
@pytest.mark.parametrize("source", ["value", "secret"])
def test_a_key_from_wherever_comes_before_the_web_identity(name: str, source: str) -> None:
    keyed = container()
    keyed = replace(keyed, variables=(Variable(name, source), *keyed.variables))
    found = pods(pod(shape(keyed)))
    assert f"{name} from a {source}" in broken(running_pods_use_the_web_identity.judge(found))


def test_container_credentials_are_information_for_they_come_after() -> None:
    found = pods(pod(shape(container({**INJECTED, "AWS_CONTAINER_CREDENTIALS_FULL_URI": ""}))))
    finding = one(running_pods_use_the_web_identity.judge(found))
    assert finding.status is Status.HOLDS
    assert "AWS_CONTAINER_CREDENTIALS_FULL_URI" in finding.message


IMPORTS = (Import("secret", "environment"),)


def test_what_is_imported_whole_may_hold_a_key_and_is_information() -> None:
    finding = one(running_pods_use_the_web_identity.judge(pods(pod(shape(container(imports=IMPORTS))))))
    assert finding.status is Status.HOLDS
    assert finding.message == "the secret environment may hold AWS_ACCESS_KEY_ID; nobody looked"


def test_one_variable_may_be_lacking_because_the_other_is_imported() -> None:
    found = pods(pod(shape(container({"AWS_ROLE_ARN": ROLE}, imports=IMPORTS))))
    finding = one(no_template_presets_the_variables.judge(found))
    assert finding.status is Status.NOT_APPLICABLE
    assert "unless the secret environment brings it" in finding.message


@pytest.mark.parametrize(
    ("mounts", "status"), [((Mount(TOKEN.name, FOLDER),), Status.HOLDS), ((), Status.BROKEN)]
)
def test_who_mounts_a_token_and_imports_variables_is_not_called_bare(
    mounts: tuple[Mount, ...], status: Status
) -> None:
    found = pods(pod(shape(container({}, imports=IMPORTS, mounts=mounts))))
    assert one(injected(found)).status is status


@pytest.mark.parametrize("lacking", ["AWS_ROLE_ARN", "AWS_WEB_IDENTITY_TOKEN_FILE"])
def test_one_variable_without_the_other_was_preset(lacking: str) -> None:
    found = pods(pod(shape(container({key: it for key, it in INJECTED.items() if key != lacking}))))
    assert f"lacks {lacking}" in broken(no_template_presets_the_variables.judge(found))


def test_a_windows_path_is_the_same_file() -> None:
    path = "C:" + f"{FOLDER}/token".replace("/", "\\")
    found = pods(pod(shape(container({"AWS_ROLE_ARN": ROLE, "AWS_WEB_IDENTITY_TOKEN_FILE": path}))))
    assert one(no_pod_uses_a_legacy_token.judge(found)).status is Status.HOLDS


@pytest.mark.parametrize(
    ("annotation", "message"),
    [
        ("main, side", "skips ' side'"),
        ("gone", "skips 'gone'"),
        ("main,side", "skips all of its containers"),
    ],
)
def test_names_are_taken_as_the_webhook_takes_them(annotation: str, message: str) -> None:
    found = pods(pod(shape(container(), container(name="side")), skipped=annotation))
    assert message in broken(no_container_is_skipped_by_mistake.judge(found))


def test_a_container_that_is_skipped_on_purpose_is_information() -> None:
    found = pods(pod(shape(container(), container(name="side")), skipped="side"))
    assert one(no_container_is_skipped_by_mistake.judge(found)).message == "skipped: side"


USERS = (container(user=1000), container(name="side", user=2000))
ROOTS_ALONE = (replace(TOKEN, mode=0o400), OWN)


@pytest.mark.parametrize(
    ("version", "found", "readable"),
    [
        ("v1.36.3+k3s1", shape(*USERS), True),
        ("v1.36.3+k3s1", shape(*USERS, volumes=ROOTS_ALONE), False),
        ("v1.36.3+k3s1", shape(*USERS, volumes=ROOTS_ALONE, group=3000), True),
        ("v1.36.3+k3s1", shape(USERS[0], volumes=ROOTS_ALONE), True),
        ("v1.36.3+k3s1", shape(container(user=0), volumes=ROOTS_ALONE), True),
        ("v1.18.20", shape(USERS[0]), False),
        ("v1.18.20", shape(USERS[0], group=3000), True),
        ("v1.18.20", shape(container(user=0)), True),
        ("v1.18.20", shape(container()), True),
    ],
)
def test_who_may_read_the_token_is_decided_as_kubernetes_does(
    version: str, found: Shape, readable: bool
) -> None:
    finding = one(token_is_readable_by_the_user.judge(Cluster("", version, ""), pods(pod(found))))
    assert (finding.status is Status.HOLDS) is readable
