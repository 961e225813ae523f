"""The action and the component pass their own linters, and run on the sandbox."""

import shutil
from pathlib import Path

import pytest
import yaml

from tests.packaging.actionlint import actionlint
from tests.packaging.pipelines import ACTION, COMPONENT, INSTALLED, act, component, install, pipe
from tests.packaging.programs import ROOT, Home, said

pytestmark = pytest.mark.packaging
GITHUB, GITLAB = ROOT / "examples/github-actions.yml", ROOT / "examples/gitlab-ci.yml"
OLD = "sandbox:karpenter-1.6"


@pytest.fixture(scope="module")
def home(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Home:
    """The runner's temporary folder, into which the action has installed the program."""
    made = Home.by_uv(tmp_path_factory.mktemp("pipelines"), f"{wheel}[sandbox]", INSTALLED)
    install(made)
    return made


def schema(name: str, path: Path) -> None:
    said(["check-jsonschema", "--builtin-schema", f"vendor.{name}", path])


def test_they_are_what_the_schemas_ask_for(tmp_path: Path) -> None:
    schema("github-actions", ACTION)
    schema("github-workflows", GITHUB)
    schema("gitlab-ci", GITLAB)
    (tmp_path / "jobs.yml").write_text(yaml.safe_dump(component(cluster="prod", targets="karpenter=1.14")))
    schema("gitlab-ci", tmp_path / "jobs.yml")
    (tmp_path / "head.yml").write_text(COMPONENT.read_text("utf-8").split("\n---\n")[0])
    schema("gitlab-ci", tmp_path / "head.yml")


def test_their_scripts_are_sound_shell() -> None:
    for step in yaml.safe_load(ACTION.read_text("utf-8"))["runs"]["steps"]:
        assert "${{" not in step["run"]
        assert shellcheck("bash", step["run"]) == ""
    (job,) = component(cluster="prod").values()
    assert shellcheck("sh", "\n".join([*job["before_script"], *job["script"]])) == ""
    (trust,) = [it for it in yaml.safe_load(GITLAB.read_text("utf-8")).values() if isinstance(it, dict)]
    for part in ("before_script", "script", "after_script"):
        assert shellcheck("sh", "\n".join(trust[part])) == ""


def shellcheck(shell: str, script: str) -> str:
    return said(["shellcheck", f"--shell={shell}", "-"], given=script)


def workflow(folder: Path, more: str = "") -> Path:
    """A repository that has the action, and a workflow that uses it."""
    path = folder / ".github/workflows/trust.yml"
    path.parent.mkdir(parents=True)
    shutil.copy(ACTION, folder)
    used = (
        f"      - uses: ./\n        with:\n          cluster: prod\n          targets: karpenter=1.14\n{more}"
    )
    path.write_text(
        f"on: push\njobs:\n  trust:\n    runs-on: ubuntu-latest\n    steps:\n{used}"
        '        id: trust\n      - run: test "$CODE" -eq 0\n        env:\n'
        "          CODE: ${{ steps.trust.outputs.exit-code }}\n"
    )
    return path


def test_actionlint_takes_the_example_and_a_workflow_that_uses_the_action(tmp_path: Path) -> None:
    said(["git", "init", "--quiet", tmp_path])
    assert said([actionlint(), GITHUB, workflow(tmp_path)], tmp_path) == ""


def test_actionlint_knows_the_inputs_of_the_action(tmp_path: Path) -> None:
    said(["git", "init", "--quiet", tmp_path])
    path = workflow(tmp_path, "          nope: x\n")
    assert 'input "nope" is not defined' in said([actionlint(), path], tmp_path, code=1)


def test_the_action_says_now_and_then_and_fails_for_what_an_upgrade_would_break(
    home: Home, tmp_path: Path
) -> None:
    ran = act(home, tmp_path, cluster=OLD, targets="karpenter=1.14\n")
    assert ran.code == 1, ran.said
    summary = ran.file("GITHUB_STEP_SUMMARY")
    assert "| now | then |" in summary, summary
    assert summary.index("| now | then |") < summary.index("**Nothing is broken**")
    assert "::error" in ran.said
    assert ran.file("GITHUB_OUTPUT") == "exit-code=1\n"


def test_the_action_annotates_what_is_broken_and_ends_with_the_looks_code(home: Home, tmp_path: Path) -> None:
    ran = act(home, tmp_path, cluster="sandbox:trust-names-another-namespace")
    assert ran.code == 1, ran.said
    assert "::error" in ran.said
    assert "trust_pins_the_subject" in ran.file("GITHUB_STEP_SUMMARY")


def test_the_action_passes_a_cluster_whose_links_hold(home: Home, tmp_path: Path) -> None:
    ran = act(home, tmp_path, cluster="sandbox", arguments="--skip\nposture\n", **{"fail-on": "high"})
    assert ran.code == 0, ran.said
    assert "exit-code=0" in ran.file("GITHUB_OUTPUT")


def test_the_component_keeps_report_junit_and_what_an_upgrade_would_break(home: Home, tmp_path: Path) -> None:
    ran = pipe(home, tmp_path, cluster=OLD, targets="karpenter=1.14", extras="[sandbox]")
    assert ran.code == 1, ran.said
    assert "| now | then |" in ran.file("upgrade.md")
    assert 'failures="0"' in ran.file("trust.xml")
    assert "**Nothing is broken**" in ran.file("trust.md")


def test_the_component_passes_a_cluster_whose_links_hold(home: Home, tmp_path: Path) -> None:
    ran = pipe(home, tmp_path, cluster="sandbox", **{"fail-on": "high"})
    assert ran.code == 0, ran.said
