"""The gates for CI and for the night are well formed, ask for the least rights, and their commands run."""

import io
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from keystone_check import __version__
from keystone_check.cli.main import main
from keystone_check.cli.options import Options
from tests.environment import bare

ROOT = Path(__file__).parents[2]
GITHUB, GITLAB = (ROOT / "examples" / name for name in ("github-actions.yml", "gitlab-ci.yml"))
NIGHTLY = ROOT / "packaging/kubernetes/base/nightly.yaml"
CLUSTER = "sandbox:karpenter+ack"
OURS = re.compile(r"(?:pytest|keystone-check) --[^|>\n]*")


def read(path: Path) -> list[Any]:
    return list(yaml.safe_load_all(path.read_text("utf-8")))


def github_steps() -> list[dict[str, Any]]:
    ((job,),) = [list(document["jobs"].values()) for document in read(GITHUB)]
    return list(job["steps"])


def nightly() -> dict[str, dict[str, Any]]:
    """By kind: there is one object of each."""
    found = {document["kind"]: document for document in read(NIGHTLY)}
    assert len(found) == len(read(NIGHTLY))
    return found


def container() -> dict[str, Any]:
    (only,) = pod()["containers"]
    return dict(only)


def pod() -> dict[str, Any]:
    return dict(nightly()["CronJob"]["spec"]["jobTemplate"]["spec"]["template"]["spec"])


def scripts() -> Iterator[str]:
    """Every piece of shell in the three."""
    yield from (step["run"] for step in github_steps() if "run" in step)
    (document,) = read(GITLAB)
    for part in ("before_script", "script", "after_script"):
        yield "\n".join(document["trust"][part])
    yield from container()["args"]


def commands() -> list[str]:
    """Every command of ours in them."""
    return [
        found.group().replace("|| code=$?", "").strip() for text in scripts() for found in OURS.finditer(text)
    ]


def test_the_workflow_of_github_is_one() -> None:
    (document,) = read(GITHUB)
    # YAML 1.1 reads the key `on` as true.
    assert set(document) == {"name", True, "permissions", "concurrency", "jobs"}
    assert document["permissions"] == {"contents": "read", "id-token": "write"}
    for step in github_steps():
        assert ("uses" in step) != ("run" in step)
        assert set(step) <= {"uses", "run", "name", "with", "env", "if"}
    used = [step["uses"] for step in github_steps() if "uses" in step]
    assert all(re.fullmatch(r"[\w-]+/[\w-]+@v\d+", it) for it in used)


def test_no_expression_of_github_stands_in_a_script() -> None:
    assert [text for text in scripts() if "${{" in text] == []


def test_the_pipeline_of_gitlab_is_one() -> None:
    (document,) = read(GITLAB)
    assert document["trust"]["stage"] in document["stages"]
    assert document["trust"]["id_tokens"]["AWS_TOKEN"] == {"aud": "sts.amazonaws.com"}
    for part in ("before_script", "script", "after_script"):
        assert all(isinstance(line, str) for line in document["trust"][part])
    assert set(document) == {"stages", "trust"}


def test_nothing_that_is_stored_is_asked_for() -> None:
    for path in (GITHUB, GITLAB, NIGHTLY):
        assert re.findall(r"secrets\.|ACCESS_KEY|secretKeyRef|PASSWORD", path.read_text("utf-8")) == []


def test_every_script_is_shell() -> None:
    for text in scripts():
        subprocess.run(["bash", "-n"], input=text, text=True, check=True, capture_output=True)


def test_the_nightly_job_names_what_is_there_and_runs_with_no_rights_of_its_own() -> None:
    found = nightly()
    account = found["ServiceAccount"]["metadata"]
    assert found["Namespace"]["metadata"]["name"] == account["namespace"]
    (subject,) = found["ClusterRoleBinding"]["subjects"]
    assert subject == {"kind": "ServiceAccount", "name": account["name"], "namespace": account["namespace"]}
    assert found["ClusterRoleBinding"]["roleRef"]["name"] == found["ClusterRole"]["metadata"]["name"]
    assert pod()["serviceAccountName"] == account["name"]
    assert {it["name"] for it in container()["volumeMounts"]} == {it["name"] for it in pod()["volumes"]}
    confined = container()["securityContext"]
    assert confined["capabilities"] == {"drop": ["ALL"]}
    assert confined["readOnlyRootFilesystem"]
    assert not confined["allowPrivilegeEscalation"]
    assert pod()["securityContext"]["runAsNonRoot"]


def test_the_nightly_job_reaches_aws_by_the_chain_that_it_checks() -> None:
    """The account's role, by a token that the kubelet projects for STS, where the webhook would put it."""
    named = {it["name"]: it["value"] for it in container()["env"]}
    annotated = nightly()["ServiceAccount"]["metadata"]["annotations"]
    assert {named["AWS_ROLE_ARN"]} == set(annotated.values())
    (volume,) = [it for it in pod()["volumes"] if "projected" in it]
    (source,) = volume["projected"]["sources"]
    (mount,) = [it for it in container()["volumeMounts"] if it["name"] == volume["name"]]
    token = source["serviceAccountToken"]
    assert token["audience"] == "sts.amazonaws.com"
    assert named["AWS_WEB_IDENTITY_TOKEN_FILE"] == f"{mount['mountPath']}/{token['path']}"


def test_its_image_is_of_this_version_and_runs_as_the_containerfiles_user() -> None:
    assert container()["image"].rpartition(":")[2] == __version__
    user = pod()["securityContext"]
    assert f"\nUSER {user['runAsUser']}:{user['runAsGroup']}\n" in (ROOT / "Containerfile").read_text("utf-8")


def run(*argv: str) -> tuple[int, str]:
    out, err = io.StringIO(), io.StringIO()
    return main(argv, out, err, environ={"COLUMNS": "100"}), out.getvalue() + err.getvalue()


def test_its_rights_are_those_that_the_tool_itself_prints() -> None:
    code, said = run("--cluster", CLUSTER, "--permissions")
    assert code == 0
    (printed,) = [
        it for it in yaml.safe_load_all(said[: said.index("# IAM")]) if it and it.get("kind") == "ClusterRole"
    ]
    assert nightly()["ClusterRole"] == printed


def test_its_rights_write_nothing() -> None:
    """What is created is a token, a review and a dry run, which leave nothing behind."""
    written = {
        (verb, resource)
        for rule in nightly()["ClusterRole"]["rules"]
        for verb in rule["verbs"]
        if verb not in ("get", "list")
        for resource in rule["resources"]
    }
    assert written == {
        ("create", "pods"),
        ("create", "serviceaccounts/token"),
        ("create", "subjectaccessreviews"),
    }


def on_the_sandbox(command: str, folder: Path) -> list[str]:
    """The command's words, with the embedded cluster in place of the real one."""
    words = [word.replace("/state", str(folder)) for word in shlex.split(command)]
    if words[0] == "pytest":
        return [f"--keystone-cluster={CLUSTER}" if "-cluster=" in word else word for word in words]
    if "--cluster" in words:
        return [CLUSTER if word == "prod" else word for word in words]
    return [words[0], "--cluster", CLUSTER, *words[1:]]


def test_there_are_commands() -> None:
    assert len(commands()) == 8
    assert {command.split()[0] for command in commands()} == {"pytest", "keystone-check"}


@pytest.mark.parametrize("command", sorted(set(commands())))
def test_each_command_runs(command: str, tmp_path: Path) -> None:
    words = on_the_sandbox(command, tmp_path)
    if "--compare" in words:
        if "compare" not in Options._fields:
            pytest.skip("this version has no --compare")
        assert run("--cluster", CLUSTER, "--save", str(tmp_path / "last.json"))[0] == 0
    if words[0] == "pytest":
        ran = subprocess.run(
            [sys.executable, "-m", *words, "-q", "-p", "no:cacheprovider"],
            cwd=tmp_path,
            env=bare(),
            capture_output=True,
            text=True,
            check=False,
        )
        assert ran.returncode == 0, ran.stdout[-2000:]
        assert (tmp_path / "trust.xml").is_file()
    else:
        code, said = run(*words[1:])
        assert code == 0, said
        assert said
