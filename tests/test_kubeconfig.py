"""The names in a kubeconfig."""

import os
from pathlib import Path

import pytest

from keystone_check.errors import UsageError
from keystone_check.kubeconfig import Kubeconfig, read

SECRET = "c2VjcmV0LXRva2Vu"


def kubeconfig(path: Path, *contexts: str, current: str = "") -> str:
    entries = "".join(f"- name: {name}\n  context: {{cluster: {name}, user: {name}}}\n" for name in contexts)
    path.write_text(
        f"contexts:\n{entries}current-context: '{current}'\nusers:\n- name: x\n  user: {{token: {SECRET}}}\n"
    )
    return str(path)


def test_contexts_and_the_current_one_are_read(tmp_path: Path) -> None:
    path = kubeconfig(tmp_path / "config", "prod", "lab", current="lab")
    assert read(path) == Kubeconfig((path,), ("prod", "lab"), "lab")


def test_nothing_secret_is_kept(tmp_path: Path) -> None:
    assert SECRET not in repr(read(kubeconfig(tmp_path / "config", "prod")))


def test_files_of_the_environment_are_joined_and_the_first_current_context_wins(tmp_path: Path) -> None:
    paths = [
        kubeconfig(tmp_path / "a", "prod"),
        str(tmp_path / "missing"),
        kubeconfig(tmp_path / "b", "lab", "prod", current="lab"),
        kubeconfig(tmp_path / "c", "other", current="other"),
    ]
    found = read("", {"KUBECONFIG": os.pathsep.join(paths)})
    assert (found.contexts, found.current) == (("prod", "lab", "other"), "lab")


def test_without_the_variable_the_file_in_the_home_is_read(tmp_path: Path) -> None:
    (tmp_path / ".kube").mkdir()
    path = kubeconfig(tmp_path / ".kube" / "config", "home", current="home")
    assert read("", {"HOME": str(tmp_path)}) == Kubeconfig((path,), ("home",), "home")


def test_without_any_file_nothing_is_named(tmp_path: Path) -> None:
    assert read("", {"HOME": str(tmp_path)}) == Kubeconfig()


def test_an_empty_file_names_nothing(tmp_path: Path) -> None:
    path = tmp_path / "config"
    path.write_text("")
    assert read(str(path)) == Kubeconfig((str(path),))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (f"users: [{{token: {SECRET}}}\ncontexts: ]", "is not YAML (line 2)"),
        ("- a\n- b", "holds a list, not a mapping"),
        ("contexts: prod", "contexts that are not a list of mappings"),
        ("contexts: [prod]", "contexts that are not a list of mappings"),
    ],
)
def test_a_file_that_is_none_is_a_usage_error_that_quotes_nothing(
    tmp_path: Path, text: str, message: str
) -> None:
    path = tmp_path / "config"
    path.write_text(text)
    with pytest.raises(UsageError) as raised:
        read(str(path))
    assert message in raised.value.message
    assert raised.value.hint
    assert SECRET not in str(raised.value)


def test_a_file_given_by_name_has_to_be_there(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="does not exist"):
        read(str(tmp_path / "missing"))


def test_a_folder_is_a_usage_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="is a folder"):
        read(str(tmp_path))


def test_a_file_that_is_not_text_is_a_usage_error(tmp_path: Path) -> None:
    (tmp_path / "config").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(UsageError, match="is not YAML"):
        read(str(tmp_path / "config"))
