"""The configuration file, found and read."""

from dataclasses import fields
from pathlib import Path

import pytest

from keystone_check.configuration import READERS, Configured, at, find
from keystone_check.errors import UsageError
from keystone_check.model.acceptance import Acceptance
from keystone_check.model.access import Access
from keystone_check.model.world import Binding

WHOLE = """
[clusters.prod]
context = "prod-admin"
kubeconfig = "kube/config"
profile = "ops"
region = "eu-central-1"
aws_endpoint = "http://127.0.0.1:5000"
issuer = "https://oidc.example.org"
audience = "sts.amazonaws.com.cn"
namespace = "app"
selector = "a=b"
budget = 30
request_timeout = 2.5
bindings = [{ namespace = "app", service_account = "api", role_arn = "arn:aws:iam::111122223333:role/api" }]
connect_to = { "oidc.example.org" = "127.0.0.1:8443" }
"""


def written(folder: Path, text: str, name: str = "keystone-check.toml") -> Path:
    (folder / name).write_text(text, "utf-8")
    return folder


def test_every_setting_reaches_the_access(tmp_path: Path) -> None:
    access = find(written(tmp_path, WHOLE)).clusters["prod"].access("prod")
    assert access == Access(
        name="prod",
        kubeconfig=str(tmp_path / "kube/config"),
        context="prod-admin",
        namespace="app",
        selector="a=b",
        profile="ops",
        region="eu-central-1",
        aws_endpoint="http://127.0.0.1:5000",
        connect_to=(("oidc.example.org", "127.0.0.1:8443"),),
        budget_seconds=30.0,
        request_seconds=2.5,
        expected=access.expected,
    )
    assert access.expected.issuer == "https://oidc.example.org"
    assert access.expected.audience == "sts.amazonaws.com.cn"
    assert access.expected.bindings == (Binding("app", "api", "arn:aws:iam::111122223333:role/api"),)


def test_an_empty_table_overrides_nothing(tmp_path: Path) -> None:
    assert find(written(tmp_path, "[clusters.prod]")).clusters["prod"].access("prod") == Access("prod")


def test_every_setting_has_a_reader() -> None:
    assert set(READERS) == {field.name for field in fields(Configured)}


def test_the_nearest_file_above_holds(tmp_path: Path) -> None:
    written(tmp_path, "[clusters.far]")
    inner = tmp_path / "a" / "b"
    inner.mkdir(parents=True)
    assert list(find(inner).clusters) == ["far"]
    written(tmp_path / "a", "[tool.keystone-check.clusters.near]", "pyproject.toml")
    assert list(find(inner).clusters) == ["near"]


def test_a_project_file_that_says_nothing_of_us_is_passed_over(tmp_path: Path) -> None:
    written(tmp_path, "[clusters.far]")
    inner = tmp_path / "a"
    inner.mkdir()
    written(inner, "[tool.other]\nx = 1", "pyproject.toml")
    assert list(find(inner).clusters) == ["far"]


def test_in_one_folder_our_own_file_comes_first(tmp_path: Path) -> None:
    written(tmp_path, "[tool.keystone-check.clusters.project]", "pyproject.toml")
    written(tmp_path, "[clusters.own]")
    assert list(find(tmp_path).clusters) == ["own"]


def test_without_a_file_nothing_is_configured(tmp_path: Path) -> None:
    found = find(tmp_path / "nowhere")
    assert found.path is None or tmp_path not in found.path.parents


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ("clusters = 1", "clusters is 1", "it must be a table"),
        ("[cluster.prod]", "there is no setting 'cluster'", "did you mean clusters?"),
        ("[clusters]\nprod = 'x'", "clusters.prod is 'x'", "it must be a table"),
        (
            "[clusters.prod]\ncontxt = 'x'",
            "clusters.prod: there is no setting 'contxt'",
            "did you mean context",
        ),
        ("[clusters.prod]\ncontext = 1", "clusters.prod.context is 1", "it must be a string"),
        ("[clusters.prod]\nbudget = true", "clusters.prod.budget is True", "a number of seconds above 0"),
        ("[clusters.prod]\nbudget = -1", "clusters.prod.budget is -1", "a number of seconds above 0"),
        ("[clusters.prod]\nrequest_timeout = inf", "request_timeout is inf", "a number of seconds above 0"),
        ("[clusters.prod]\nbindings = 'x'", "clusters.prod.bindings is 'x'", "a list of"),
        ("[clusters.prod]\nbindings = [1]", "clusters.prod.bindings[0] is 1", "it must be a table"),
        (
            "[clusters.prod]\nbindings = [{namespace='a'}]",
            "bindings[0] has no service_account",
            "names all of",
        ),
        ("[clusters.prod]\nbindings = [{name='a'}]", "bindings[0]: there is no setting 'name'", "namespace"),
        ("[clusters.prod]\nconnect_to = 'x'", "clusters.prod.connect_to is 'x'", "a table such as"),
        ("[clusters.prod]\nconnect_to = {a='b'}", "clusters.prod.connect_to.a is 'b'", "ADDRESS:PORT"),
        ("[clusters.prod]\nconnect_to = {a='b:99999'}", "connect_to.a is 'b:99999'", "ADDRESS:PORT"),
        ("[clusters.sandbox]", "clusters.sandbox: this name means the embedded cluster", "another name"),
        ("[clusters.prod", "is not TOML", "correct that line"),
        ("accept = 1", "accept is 1", "[[accept]]"),
        ("[[accept]]\ncheck = 'x'", "accept[0] has no reason", "until"),
        ("checks = 'mine'", "checks is 'mine'", "a list of folders"),
        ("checks = [1]", "checks[0] is 1", "it must be a string"),
    ],
)
def test_a_mistake_is_named_with_its_file_and_key(tmp_path: Path, text: str, message: str, hint: str) -> None:
    with pytest.raises(UsageError) as raised:
        find(written(tmp_path, text))
    assert raised.value.message.startswith(str(tmp_path / "keystone-check.toml"))
    assert message in raised.value.message
    assert hint in raised.value.hint


def test_a_file_that_is_not_utf8_is_a_usage_error(tmp_path: Path) -> None:
    (tmp_path / "keystone-check.toml").write_bytes(b"[clusters.pr\xff]")
    with pytest.raises(UsageError, match="is not UTF-8"):
        find(tmp_path)


def test_a_file_that_cannot_be_read_is_a_usage_error(tmp_path: Path) -> None:
    (tmp_path / "keystone-check.toml").mkdir()
    with pytest.raises(UsageError, match="cannot be read"):
        find(tmp_path)


def test_accepted_findings_and_folders_of_checks_are_read(tmp_path: Path) -> None:
    text = "checks = ['mine']\n[[accept]]\ncheck = 'c'\nreason = 'r'\nuntil = 2027-03-31\n"
    found = find(written(tmp_path, text))
    assert found.checks == (tmp_path / "mine",)
    assert found.accept == (Acceptance("c", "r", "2027-03-31"),)
    assert found.accept[0].where == f"{tmp_path / 'keystone-check.toml'}: accept[0]"


def test_a_file_that_is_named_has_to_be_there(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="there is no file"):
        at(tmp_path / "more.toml")


def test_a_named_pyproject_is_read_for_our_table_alone(tmp_path: Path) -> None:
    written(tmp_path, "[project]\nname = 'x'\n[tool.keystone-check]\nchecks = ['mine']", "pyproject.toml")
    assert at(tmp_path / "pyproject.toml").checks == (tmp_path / "mine",)
