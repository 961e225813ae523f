"""`--plan-out` makes a plan and writes nothing; `--apply` writes the plan and nothing else."""

import json
from pathlib import Path
from typing import Any

import pytest

from keystone_check.model.change import SetClientIds
from keystone_check.model.finding import Safety
from keystone_check.remedy.apply.may import Rights
from tests.cli.build import AUDIENCE, Outside, audience_check, command
from tests.reports.build import PROVIDER

ADDED = SetClientIds(PROVIDER, ("foo",), ("foo", AUDIENCE))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A plan that somebody made of the broken world."""
    path = tmp_path / "plan.json"
    assert command(Outside([audience_check()]), "--fix", "--plan-out", str(path)).code == 1
    return path


def edit(file: Path, **members: Any) -> None:
    document = json.loads(file.read_text())
    document["steps"][0]["change"].update(members)
    file.write_text(json.dumps(document))


def test_a_plan_is_made_without_writing_and_the_next_step_applies_it(tmp_path: Path) -> None:
    outside, path = Outside([audience_check()]), tmp_path / "plan.json"
    ran = command(outside, "--fix", "--plan-out", str(path))
    assert (ran.code, outside.written, outside.journal) == (1, [], [])
    assert f"--apply {path}" in ran.out
    assert [item.name for item in tmp_path.iterdir()] == ["plan.json"]


def test_a_plan_never_takes_the_place_of_a_file(file: Path) -> None:
    before, outside = file.read_text(), Outside([audience_check()])
    ran = command(outside, "--fix", "--plan-out", str(file))
    assert (ran.code, outside.needs) == (2, [])
    assert "exists already" in ran.err
    assert file.read_text() == before
    assert len(list(file.parent.iterdir())) == 1


def test_a_folder_that_is_not_there_is_said_before_the_look(tmp_path: Path) -> None:
    outside = Outside([audience_check()])
    ran = command(outside, "--fix", "--plan-out", str(tmp_path / "no" / "plan"))
    assert (ran.code, outside.needs) == (2, [])
    assert "cannot be written: No such file or directory" in ran.err


def test_where_nothing_is_to_be_mended_no_file_is_written(tmp_path: Path) -> None:
    outside = Outside([audience_check(Safety.UNSAFE)])
    ran = command(outside, "--fix", "--plan-out", str(tmp_path / "plan"))
    assert list(tmp_path.iterdir()) == []
    assert "--fix=unsafe" in ran.out
    assert command(outside, "--fix=unsafe", "--plan-out", str(tmp_path / "plan")).code == 1
    assert (tmp_path / "plan").exists()


def test_a_plan_is_applied_whole_journaled_and_judged_by_a_second_look(file: Path) -> None:
    outside = Outside([audience_check()])
    ran = command(outside, "--apply", str(file), "--yes")
    assert (ran.code, outside.written) == (0, [ADDED])
    assert "✓ written: add client id" in ran.out
    assert command(outside, "--undo", "--yes").code == 1
    assert outside.written[1:] == [SetClientIds(PROVIDER, ("foo", AUDIENCE), ("foo",))]


@pytest.mark.parametrize("options", [(), ("--dry-run",)], ids=["nobody to ask", "dry run"])
def test_without_consent_nothing_of_a_plan_is_written(file: Path, options: tuple[str, ...]) -> None:
    outside = Outside([audience_check()])
    ran = command(outside, "--apply", str(file), *options)
    assert (ran.code, outside.written, outside.journal) == (1, [], [])
    assert "1 change would be written; nothing was." in ran.out


def test_at_a_terminal_each_step_of_a_plan_is_asked_for(file: Path) -> None:
    outside = Outside([audience_check()])
    assert command(outside, "--apply", str(file), stdin="n\n").code == 1
    assert outside.written == []
    assert command(outside, "--apply", str(file), stdin="y\n").code == 0
    assert outside.written == [ADDED]


def test_a_stale_plan_is_refused_whole_and_names_what_changed(file: Path) -> None:
    outside = Outside([audience_check()], gone=["could not add it: planned over a, found b"])
    ran = command(outside, "--apply", str(file), "--yes")
    assert (ran.code, outside.written, outside.journal) == (2, [], [])
    assert "planned over a, found b" in ran.err
    assert "--plan-out FILE" in ran.err


def test_a_right_that_is_known_to_be_missing_refuses_before_the_first_write(file: Path) -> None:
    for options in (("--apply", str(file)), ("--fix",)):
        outside = Outside([audience_check()], vouched=Rights(lacking=("iam:AddX on arn",)))
        ran = command(outside, *options, "--yes")
        assert (ran.code, outside.written, outside.journal) == (3, [], [])
        assert "nothing was written, since whoever runs this may not: iam:AddX on arn" in ran.err


def test_rights_that_nobody_could_ask_for_are_said_and_do_not_stop_the_plan(file: Path) -> None:
    outside = Outside([audience_check()], vouched=Rights(unchecked=("the rights in AWS: iam:Simulate",)))
    ran = command(outside, "--apply", str(file), "--yes")
    assert (ran.code, outside.written) == (0, [ADDED])
    assert "Not checked before writing: the rights in AWS: iam:Simulate" in ran.err


def test_an_edit_that_opens_more_than_the_finding_needs_is_refused(file: Path) -> None:
    edit(file, after=["foo", AUDIENCE, "evil"])
    outside = Outside([audience_check()])
    ran = command(outside, "--apply", str(file), "--yes")
    assert (ran.code, outside.written) == (2, [])
    assert "no token carries the audience evil" in ran.err


def test_an_edit_that_is_no_change_any_more_is_refused_by_its_place(file: Path) -> None:
    edit(file, after="foo")
    ran = command(Outside([audience_check()]), "--apply", str(file), "--yes")
    assert ran.code == 2
    assert "damaged at steps[0].change.after" in ran.err


def test_an_edit_that_the_title_does_not_tell_is_told(file: Path) -> None:
    edit(file, after=[AUDIENCE])
    outside = Outside([audience_check()])
    ran = command(outside, "--apply", str(file), "--yes")
    assert "step 1 of the file was edited" in ran.err
    assert "remove client id 'foo'" in ran.err


@pytest.mark.parametrize("text", [b"\xff", None], ids=["no text", "no file"])
def test_a_plan_that_cannot_be_read_is_said(tmp_path: Path, text: bytes | None) -> None:
    path = tmp_path / "plan"
    if text is not None:
        path.write_bytes(text)
    ran = command(Outside([audience_check()]), "--apply", str(path), "--yes")
    assert ran.code == 2
    assert f"the plan {path} cannot be read" in ran.err
