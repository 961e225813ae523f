import json
import re
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

from keystone_check import snapshot
from keystone_check.checks import index
from keystone_check.model.chain import OPTIONAL
from keystone_check.model.cluster import Cluster
from keystone_check.sandbox.catalogue import stage
from tests.worlds import world

SANDBOX = "--keystone-cluster=sandbox"
# A subprocess, for moto does not survive pytest running within pytest.
QUIET = ("-p", "no:hypothesispytest")


def pytest_on(pytester: pytest.Pytester, *args: str) -> pytest.RunResult:
    return pytester.runpytest_subprocess(*QUIET, *args)


@pytest.fixture
def saved(pytester: pytest.Pytester) -> Path:
    """A snapshot in which one fact is known and everything else is missing."""
    path = pytester.path / "world.json"
    path.write_text(snapshot.save(world(cluster=Cluster("https://10.0.0.5:6443", "v1.36.3+k3s1", "ops"))))
    return path


def test_from_an_empty_folder_every_check_of_the_sandbox_holds(pytester: pytest.Pytester) -> None:
    result = pytest_on(pytester, SANDBOX, "-v")
    assert result.ret == pytest.ExitCode.OK
    told = [line.split("::", 2) for line in result.outlines if line.startswith("keystone::")]
    judged = {re.split(r"[\[ ]", check)[0] for _, _, check in told}
    skipped = {link for _, link, check in told if " SKIPPED" in check}
    assert skipped == OPTIONAL
    assert judged == set(index())
    assert result.parseoutcomes()["passed"] > len(index())


def test_a_fault_fails_the_run_with_the_finding(pytester: pytest.Pytester) -> None:
    result = pytest_on(
        pytester, "--keystone-cluster=sandbox:audience-is-not-registered", "-m", "keystone_provider"
    )
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines(["*expected *sts.amazonaws.com*", "*seen *sts.amazonaws.com.cn*", "*mend *"])


def test_without_a_cluster_what_is_declared_is_judged_alone(pytester: pytest.Pytester) -> None:
    profile = {"keystone": {"enable": True, "oidc": {"enable": True, "issuerUrl": "http://oidc.example"}}}
    pytester.makefile(".json", profile=json.dumps(profile))
    result = pytest_on(pytester, "--keystone-cluster=none", "--keystone-nix=profile.json", "-v")
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    judged = {re.split(r"::|\[", line)[2] for line in result.outlines if line.startswith("keystone::")}
    assert judged >= {"issuer_is_accepted_by_aws", "role_exists"}
    assert "signature_verifies_with_the_published_key" not in judged
    result.stdout.fnmatch_lines(["*the issuer http://oidc.example*", "*declared by nix*"])


def test_without_a_cluster_and_a_declaration_there_is_nothing_to_judge(pytester: pytest.Pytester) -> None:
    result = pytest_on(pytester, "--keystone-cluster=none")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*there is nothing to judge but what is declared*", "*--nix*--manifest*"])


def test_two_clusters_in_one_run(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("def test_mine(keystone_diagnosis): assert keystone_diagnosis.headline is None")
    two = (SANDBOX, "--keystone-cluster=sandbox:audience-is-not-registered")
    result = pytest_on(pytester, *two, "-v", "-k", "audience_is_registered or mine")
    result.stdout.fnmatch_lines_random(
        [
            "keystone::provider::audience_is_registered[[]sandbox: *[]] PASSED*",
            "keystone::provider::audience_is_registered[[]sandbox:audience-is-not-registered: *[]] FAILED*",
            "*::test_mine[[]sandbox[]] PASSED*",
            "*::test_mine[[]sandbox:audience-is-not-registered[]] FAILED*",
        ]
    )


def test_workers_share_one_sandbox(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import pathlib

        import pytest

        @pytest.mark.parametrize("number", range(4))
        def test_mine(keystone_access, keystone_mint, keystone_keys, number):
            assert keystone_keys.verify(keystone_mint("app/api")).subject.endswith(":app:api")
            pathlib.Path(f"seen-{number}").write_text(keystone_access.aws_endpoint)
        """
    )
    result = pytest_on(pytester, SANDBOX, "-n", "2")
    assert result.ret == pytest.ExitCode.OK
    assert len({path.read_text() for path in pytester.path.glob("seen-*")}) == 1


def test_workers_are_given_the_facts_and_do_not_gather_them(pytester: pytest.Pytester, saved: Path) -> None:
    pytester.makeconftest(
        """
        import pathlib

        def pytest_sessionstart(session):
            pathlib.Path("world.json").unlink(missing_ok=True)  # after the controller has read it
        """
    )
    result = pytest_on(pytester, "--keystone-cluster=snapshot:world.json", "-n", "2")
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    assert sum(result.parseoutcomes().values()) >= len(index())


def test_it_works_without_xdist(pytester: pytest.Pytester, saved: Path) -> None:
    result = pytest_on(pytester, "-p", "no:xdist", "--keystone-cluster=snapshot:world.json", "--collect-only")
    result.stdout.fnmatch_lines(["*<Chain keystone>", "*<Link cluster>", "*<Judgement *"])


def test_a_snapshot_is_judged_without_what_talks_to_the_world(pytester: pytest.Pytester, saved: Path) -> None:
    code = (
        "import json, sys, pytest\n"
        "pytest.main(['-q', '--keystone-cluster=snapshot:world.json'])\n"
        "print(json.dumps(sorted(sys.modules)))"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = set(json.loads(ran.stdout.splitlines()[-1]))
    assert not loaded & {"boto3", "botocore", "kubernetes", "moto"}


def test_the_header_names_cluster_version_and_user(pytester: pytest.Pytester, saved: Path) -> None:
    result = pytest_on(pytester, "--keystone-cluster=snapshot:world.json")
    result.stdout.fnmatch_lines(
        ["keystone-check * on snapshot:world.json: *https://10.0.0.5:6443 v1.36.3+k3s1*ops*"]
    )


def test_the_ini_file_can_name_the_cluster_and_allow_what_is_not_seen(
    pytester: pytest.Pytester, saved: Path
) -> None:
    pytester.makeini("[pytest]\nkeystone_cluster = snapshot:world.json\nkeystone_allow_blocked = true\n")
    result = pytest_on(pytester)
    assert result.ret == pytest.ExitCode.OK
    assert result.parseoutcomes().keys() == {"skipped"}


def test_what_could_not_be_seen_never_passes(pytester: pytest.Pytester, saved: Path) -> None:
    result = pytest_on(pytester, "--keystone-cluster=snapshot:world.json")
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    assert "passed" not in result.parseoutcomes()


@pytest.mark.parametrize(
    ("args", "sentences"),
    [
        (("--keystone-cluster=sandbx",), ["ERROR: *'sandbx'*", "  next: did you mean sandbox?"]),
        (
            ("--keystone-cluster=sandbox:audience-is-not-registred",),
            ["ERROR: *", "  next: did you mean *audience-is-not-registered*"],
        ),
        (("--keystone-cluster=sandbx", "-n", "2"), ["ERROR: *'sandbx'*"]),
        (("--keystone-cluster=snapshot:none.json",), ["ERROR: *none.json cannot be read: No such file*"]),
        (("--keystone-cluster=x", "--keystone-kubeconfig=none"), ["ERROR: *none*"]),
        (("--keystone-cluster=x", "--keystone-kubeconfig=odd"), ["ERROR: *odd*"]),
    ],
    ids=lambda value: str(value[0]) if isinstance(value, tuple) else "",
)
def test_what_cannot_be_opened_is_a_usage_error_with_the_next_step(
    pytester: pytest.Pytester, args: tuple[str, ...], sentences: list[str]
) -> None:
    (pytester.path / "odd").write_bytes(b"\xff{")
    result = pytest_on(pytester, *args)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([*sentences, *(["  next: *"] if len(sentences) == 1 else [])])
    assert "Traceback" not in result.stdout.str() + result.stderr.str()


UNREACHABLE = """
apiVersion: v1
kind: Config
clusters: [{name: c, cluster: {server: "https://127.0.0.1:1"}}]
contexts: [{name: gone, context: {cluster: c, user: u}}]
users: [{name: u, user: {}}]
"""


def test_a_cluster_that_cannot_be_reached_is_said_and_every_check_is_still_judged(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")  # loopback only
    (pytester.path / "kubeconfig").write_text(UNREACHABLE)
    result = pytest_on(
        pytester, "--keystone-cluster=gone", "--keystone-kubeconfig=kubeconfig", "--junitxml=report.xml"
    )
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    assert "passed" not in result.parseoutcomes()
    cases = ElementTree.parse(pytester.path / "report.xml").iter("testcase")
    assert {str(case.get("name")).partition("[")[0] for case in cases} == set(index())
    result.stdout.fnmatch_lines(
        ["could not see: the cluster at https://127.0.0.1:1 cannot be reached: *refused*"]
    )


def test_an_interrupt_leaves_nothing_behind(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    temporary = pytester.mkdir("temporary")
    monkeypatch.setenv("TMPDIR", str(temporary))
    pytester.makepyfile(
        """
        import pathlib

        def test_mine(keystone_mint):
            keystone_mint.account()
            assert any(pathlib.Path("temporary").glob("keystone-check-*"))
            raise KeyboardInterrupt
        """
    )
    result = pytest_on(pytester, SANDBOX, "-m", "not keystone")
    assert result.ret == pytest.ExitCode.INTERRUPTED
    assert not list(temporary.glob("keystone-check-*"))


def test_without_the_option_the_users_run_is_as_it_was(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("def test_mine(): pass")
    result = pytest_on(pytester, "--strict-markers")
    result.assert_outcomes(passed=1)
    assert "keystone-check 0" not in result.stdout.str()


def test_a_fixture_without_a_cluster_says_how_to_name_one(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("def test_mine(keystone_diagnosis): pass")
    result = pytest_on(pytester)
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["no cluster was named", "*pytest --keystone-cluster=NAME*"])


ENTRY = """
[[accept]]
check = "audience_is_registered"
reason = "known"
until = 2999-12-31
"""
FAULT = "--keystone-cluster=sandbox:audience-is-not-registered"


@pytest.mark.parametrize(
    ("args", "name"), [((), "keystone-check.toml"), (("--keystone-accept=more.toml",), "more.toml")]
)
def test_accepted_findings_of_the_configuration_and_of_a_file_do_not_fail(
    pytester: pytest.Pytester, args: tuple[str, ...], name: str
) -> None:
    (pytester.path / name).write_text(ENTRY)
    result = pytest_on(pytester, FAULT, "-k", "audience_is_registered", *args, "-n", "1")
    result.assert_outcomes(xfailed=1)
    assert result.ret == pytest.ExitCode.OK


def test_an_acceptance_of_an_unknown_check_is_a_usage_error(pytester: pytest.Pytester) -> None:
    (pytester.path / "keystone-check.toml").write_text(
        ENTRY.replace("audience_is_registered", "audience_registered")
    )
    result = pytest_on(pytester, SANDBOX)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(
        ["*there is no check 'audience_registered'*", "*did you mean audience_is_registered?*"]
    )


def test_the_ini_file_can_say_what_fails(pytester: pytest.Pytester) -> None:
    pytester.makeini("[pytest]\nkeystone_fail_on = fixable")
    result = pytest_on(pytester, FAULT, "-k", "sts_accepts_the_token")
    assert result.ret == pytest.ExitCode.OK
    assert result.parseoutcomes()["xfailed"]
    pytester.makeini("[pytest]\nkeystone_fail_on = severe")
    assert pytest_on(pytester, FAULT).ret == pytest.ExitCode.USAGE_ERROR


def test_a_target_judges_what_would_be_and_one_that_goes_down_is_a_usage_error(
    pytester: pytest.Pytester,
) -> None:
    path = pytester.path / "karpenter.json"
    path.write_text(snapshot.save(stage("karpenter-1.6", 1_800_000_000)[1]))
    cluster, only = f"--keystone-cluster=snapshot:{path}", ("-m", "keystone_karpenter")
    ahead = pytest_on(pytester, cluster, "--keystone-target=karpenter=1.14", *only)
    assert ahead.ret == pytest.ExitCode.TESTS_FAILED
    ahead.stdout.fnmatch_lines(
        ["*judges as if: karpenter=1.14", "*would break with karpenter=1.14: *iam:ListInstanceProfiles*"]
    )
    down = pytest_on(pytester, cluster, "--keystone-target=karpenter=1.5", *only)
    assert down.ret == pytest.ExitCode.USAGE_ERROR
    down.stderr.fnmatch_lines(["*goes down*"])
    pytester.makefile(".toml", **{"keystone-check": 'targets = ["karpenter=1.7"]'})
    assert pytest_on(pytester, cluster, *only).ret == pytest.ExitCode.TESTS_FAILED
    assert pytest_on(pytester, cluster, "--keystone-target=now", *only).ret == pytest.ExitCode.OK
