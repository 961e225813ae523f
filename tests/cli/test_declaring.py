"""--nix, --host, --manifest and --cluster none on the command line."""

import io
import json
from pathlib import Path

import pytest

from keystone_check import clusters
from keystone_check.cli import declaring
from keystone_check.cli.arguments import parse
from keystone_check.cli.main import main
from keystone_check.cli.reaching import again, overrides
from keystone_check.errors import UsageError
from keystone_check.model.access import Access


def run(*argv: str) -> tuple[int, str]:
    out, err = io.StringIO(), io.StringIO()
    code = main(argv, out, err, environ={"COLUMNS": "1000"})
    return code, " ".join((out.getvalue() + err.getvalue()).split())


WRONG = {
    ("--nix", ".#"): "--nix .# names no host",
    ("--nix", "--option#lab"): "expected one argument",
    ("--nix=--option#lab",): "--nix --option#lab is no flake",
    ("--cluster", "none"): "there is nothing to judge but what is declared",
    ("--cluster", "none", "--nix", ".#lab", "--fix"): "--fix needs a cluster",
    ("--cluster", "none", "--nix", ".#lab", "--context", "c"): "--context needs a cluster",
    ("--cluster", "none", "--nix", ".#lab", "--live"): "--live needs a cluster",
    ("--cluster", "none", "--host", "-n", "app"): "--namespace needs a cluster",
    ("--cluster", "none", "--manifest"): "expected at least one argument",
}


@pytest.mark.parametrize("argv", WRONG, ids=" ".join)
def test_what_makes_no_sense_is_a_usage_error(argv: tuple[str, ...]) -> None:
    code, said = run(*argv)
    assert code == 2
    assert WRONG[argv] in said


def test_the_name_for_no_cluster_is_one() -> None:
    assert declaring.NONE == clusters.NONE


def test_what_is_given_reaches_the_readers_and_the_command_that_is_said_next() -> None:
    options = parse(["--cluster", "none", "--nix", ".#lab", "--host=/r", "--manifest", "a", "b"])
    access = overrides(options).over(Access("none"))
    assert (access.nix, access.host, access.manifests) == (".#lab", "/r", ("a", "b"))
    said = again(options).split()[1:]
    assert "--host=/r" in said
    assert overrides(parse([word.strip("'") for word in said])) == overrides(options)


def test_host_alone_means_this_machine() -> None:
    assert parse(["--host"]).host == "/"
    assert parse([]).host == ""


def test_a_declaration_is_compared_with_the_cluster_and_its_error_blocks(tmp_path: Path) -> None:
    profile = tmp_path / "profile.json"
    oidc = {"enable": True, "issuerUrl": "https://oidc.other.example"}
    profile.write_text(json.dumps({"keystone": {"enable": True, "oidc": oidc}}))
    asked = ("--cluster", "sandbox", "--only", "declared")
    code, said = run(*asked, "--nix", str(profile))
    assert code == 1
    assert "the Nix profile says https://oidc.other.example, and https://keystone-oidc-" in said
    code, said = run(*asked, "--nix", str(tmp_path / "nowhere.json"))
    assert code == 3
    assert "the file cannot be read: No such file or directory" in said
    assert "Traceback" not in said


def test_a_snapshot_keeps_what_was_declared_and_takes_nothing_beside(tmp_path: Path) -> None:
    with (
        pytest.raises(UsageError, match="is a file"),
        clusters.open_cluster("snapshot:x", clusters.Overrides(nix=".#lab"), tmp_path),
    ):
        pass
