"""Command line, kubeconfig and configuration ask for what cannot be: said before anything is done."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.bad_input.looking import FORMATS, command

KUBECONFIGS: Mapping[str, tuple[str | bytes, str]] = {
    "not YAML": ("{", "is not YAML (line 1)"),
    "not text": (b"\xff\xfe\x00", "is not YAML"),
    "a list": ("[]", "holds a list, not a mapping"),
    "a sentence": ("hello", "holds a str, not a mapping"),
    "contexts that are none": ("contexts: 3", "has contexts that are not a list of mappings"),
    "empty": ("", "sets no current context"),
}


@pytest.mark.parametrize("bad", KUBECONFIGS)
def test_an_unreadable_kubeconfig(tmp_path: Path, bad: str) -> None:
    text, said = KUBECONFIGS[bad]
    (tmp_path / "config").write_bytes(text if isinstance(text, bytes) else text.encode())
    ran = command(tmp_path, "--kubeconfig", "config")
    assert ran.code == 2
    assert ran.out == ""
    assert said in ran.err
    assert " next: " in ran.err


@pytest.mark.parametrize(("path", "said"), [("missing", "does not exist"), (".", "is a folder")])
def test_a_kubeconfig_that_is_no_file(tmp_path: Path, path: str, said: str) -> None:
    ran = command(tmp_path, "--kubeconfig", path)
    assert (ran.code, ran.out) == (2, "")
    assert f"the kubeconfig {path} {said} next: " in ran.err


def test_a_kubeconfig_that_ends_in_nothing_is_a_gap_and_aws_is_asked_all_the_same(tmp_path: Path) -> None:
    text = "kind: Config\ncurrent-context: a\ncontexts: [{name: a, context: {cluster: no, user: u}}]"
    (tmp_path / "config").write_text(text)
    ran = command(tmp_path, "--kubeconfig", "config")
    assert ran.code == 3
    assert "the kubeconfig cannot be used" in ran.out
    assert "kubectl config" in ran.out
    assert "sts:GetCallerIdentity: no AWS credentials were found" in ran.out


WRONG = {
    "--cluster prd": "did you mean prod?",
    "--cluster sandbx": "did you mean sandbox?",
    "--cluster sandbox:audience-is-registered": "did you mean sandbox:audience-is-not-registered",
    "--cluster zzzzzz": "next: known: lab, prod, sandbox",
    "prod": "next: for a cluster: keystone-check --cluster prod",
    "--clustr prod": "did you mean --cluster",
    "--format xml": "choose from",
    "-n a -A": "not allowed with argument",
    "--color --no-color": "not allowed with argument",
    "--dry-run": "add --fix",
    "--yes": "add --fix",
    "--fix --list": "ask for one of the two",
    "--fix=yes": "choose from",
    "--only nothing": "next: ",
    "--only role_exist": "did you mean role_exists",
    "--only role --skip role": "leave no check",
    "--explain role_exist": "did you mean role_exists",
    "--list --permissions": "not allowed with argument",
    "--budget 0": "not a number of seconds above 0",
    "--budget nan": "not a number of seconds above 0",
    "--request-timeout soon": "not a number of seconds above 0",
    "--cluster": "expected one argument",
    "--cluster sandbox --kubeconfig x": "leave --kubeconfig out",
    "--cluster other --context lab": "give the context alone",
}


@pytest.mark.parametrize("line", WRONG)
def test_a_wrong_command_line(tmp_path: Path, line: str) -> None:
    (tmp_path / "keystone-check.toml").write_text(
        "[clusters.prod]\ncontext = 'p'\n[clusters.lab]\ncontext = 'l'\n"
    )
    (tmp_path / "config").write_text("{contexts: [{name: p}, {name: l}]}")
    ran = command(tmp_path, *line.split())
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith("keystone-check: ")
    assert WRONG[line] in ran.err


@pytest.mark.parametrize("form", FORMATS)
def test_a_usage_error_is_the_same_in_every_format_and_exit_zero_does_not_forgive_it(
    tmp_path: Path, form: str
) -> None:
    ran = command(tmp_path, "--cluster", "sandbx", "--format", form, "--exit-zero")
    assert (ran.code, ran.out) == (2, "")


TABLES = {
    "[clusters.prod]\ncontexts = 'p'": "there is no setting 'contexts' next: did you mean context",
    "[cluster.prod]\ncontext = 'p'": "there is no setting 'cluster' next: did you mean clusters?",
    "[clusters.prod]\nbudget = 'long'": "it must be a number of seconds above 0",
    "[clusters.prod]\ncontext = 3": "it must be a string",
    "[clusters.prod]\nbindings = [{namespace = 'a'}]": "has no service_account",
    "[clusters.prod]\nconnect_to = {a = 'b'}": "it must be ADDRESS:PORT",
    "[clusters.sandbox]\ncontext = 'p'": "this name means the embedded cluster",
    "[clusters.prod": "is not TOML",
    "clusters = 3": "it must be a table",
}


@pytest.mark.parametrize("text", TABLES)
def test_a_wrong_configuration(tmp_path: Path, text: str) -> None:
    (tmp_path / "keystone-check.toml").write_text(text)
    ran = command(tmp_path, "--cluster", "prod")
    assert (ran.code, ran.out) == (2, "")
    assert "keystone-check.toml" in ran.err
    assert TABLES[text] in ran.err


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("sandbx", "did you mean sandbox?"),
        ("snapshot:nothing.json", "the snapshot"),
        ("zzzzzz", "next: known: "),
    ],
)
def test_pytest_says_it_in_a_sentence_as_well(tmp_path: Path, name: str, said: str) -> None:
    ran = command(tmp_path, "-p", "no:cacheprovider", f"--keystone-cluster={name}", module="pytest")
    assert ran.code == 4
    assert ran.err.startswith("ERROR: ")
    assert said in ran.err
