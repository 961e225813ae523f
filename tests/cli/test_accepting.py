"""Accepted findings in the command, and the file that --accept-all writes."""

import io
import json
from pathlib import Path

import pytest

from keystone_check.cli.arguments import FORMATS
from keystone_check.cli.main import main
from keystone_check.configuration import at
from keystone_check.model.acceptance import Acceptance
from keystone_check.model.finding import Status
from tests.cli.build import Outside, Ran, audience_check, command, finding, world
from tests.reports import build

ID = "audience_is_registered"
TOLD = [format for format in FORMATS if format != "prometheus"]
"""Metrics count what is accepted, and tell nothing of it."""
KNOWN = Acceptance(ID, "the old cluster goes in spring", "2027-03-31", where="k.toml: accept[0]")
PAST = Acceptance(ID, "the old cluster goes in spring", "2026-12-31", where="k.toml: accept[0]")


def accepting(*entries: Acceptance, found: Status = Status.BROKEN) -> Outside:
    outside = finding(build.FINDINGS[found])
    outside.accepted += entries
    return outside


@pytest.mark.parametrize("format", TOLD)
def test_an_accepted_finding_is_shown_as_such_and_does_not_fail(format: str) -> None:
    ran = command(accepting(KNOWN), "--format", format)
    assert ran.code == 0
    assert "accepted" in ran.out.lower()
    assert KNOWN.reason in ran.out
    assert "2027-03-31" in ran.out


@pytest.mark.parametrize("format", TOLD)
def test_one_past_its_date_fails_and_says_so(format: str) -> None:
    ran = command(accepting(PAST), "--format", format)
    assert ran.code == 1
    said = {"json": '"lapsed": true', "sarif": '"status": "rejected"'}
    assert said.get(format, "2026-12-31, which is past") in ran.out


@pytest.mark.parametrize("format", TOLD)
def test_one_that_fits_nothing_is_reported_and_fails_nothing(format: str) -> None:
    ran = command(accepting(KNOWN, found=Status.HOLDS), "--format", format)
    assert ran.code == 0
    assert "k.toml: accept" in ran.out


def test_an_unknown_check_is_a_usage_error_before_anything_is_looked_at() -> None:
    outside = accepting(Acceptance("audience_registered", "r", "2027-03-31", where="k.toml: accept[0]"))
    ran = command(outside)
    assert (ran.code, outside.opened) == (2, [])
    assert f"did you mean {ID}?" in ran.err


def test_a_repair_leaves_alone_what_is_accepted() -> None:
    outside = Outside([audience_check()])
    outside.accepted.append(KNOWN)
    ran = command(outside, "--fix", "--yes")
    assert (ran.code, outside.written) == (0, [])


def all_of(outside: Outside, path: Path, *argv: str, until: str = "2027-03-31") -> Ran:
    return command(outside, "--accept-all", str(path), "--until", until, "--reason", 'a "why"', *argv)


def test_what_is_broken_is_written_and_read_back(tmp_path: Path) -> None:
    path = tmp_path / "keystone-check.toml"
    ran = all_of(finding(build.defect()), path, "--cluster", "prod")
    assert (ran.code, ran.err) == (0, f"accepted until 2027-03-31, in {path}: 1 finding\n")
    assert at(path).accept == (Acceptance(ID, 'a "why"', "2027-03-31", build.PROVIDER, "prod"),)


def test_what_is_accepted_already_is_not_written_again(tmp_path: Path) -> None:
    outside, path = accepting(KNOWN), tmp_path / "keystone-check.toml"
    assert "nothing" in all_of(outside, path).err
    assert not path.exists()


def test_what_was_not_seen_is_neither_written_nor_forgiven(tmp_path: Path) -> None:
    ran = all_of(finding(build.unseen()), tmp_path / "keystone-check.toml")
    assert (ran.code, list(tmp_path.iterdir())) == (3, [])


@pytest.mark.parametrize(("until", "hint"), [("2026-12-31", "to come"), ("spring", "2027-03-31")])
def test_a_last_day_that_is_none_or_past_writes_nothing(tmp_path: Path, until: str, hint: str) -> None:
    ran = all_of(finding(build.defect()), tmp_path / "keystone-check.toml", until=until)
    assert (ran.code, list(tmp_path.iterdir())) == (2, [])
    assert hint in ran.err


def test_the_report_after_it_is_of_what_is_so_then(tmp_path: Path) -> None:
    ran = all_of(Outside([audience_check()], world()), tmp_path / "keystone-check.toml", "--format=json")
    document = json.loads(ran.out)
    assert (document["accepted"], document["verdict"], document["exit_code"]) == (1, "holds", 0)


def outside_of(argv: tuple[str, ...]) -> tuple[int, str]:
    """A run through the real doors, which opens no cluster: what it names is not there."""
    err = io.StringIO()
    return main(argv, io.StringIO(), err, environ={"KUBECONFIG": "/nowhere"}), err.getvalue()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (None, "there is no file"),
        ("[[accept]]", "accept[0] has no check"),
        ("[[accept", "is not TOML"),
        ('[[accept]]\ncheck = "x"\nreason = "r"\nuntil = 2027-01-01', "there is no check 'x'"),
    ],
)
def test_a_file_of_accepted_findings_that_is_none_is_a_usage_error(
    tmp_path: Path, text: str | None, said: str
) -> None:
    path = tmp_path / "more.toml"
    if text is not None:
        path.write_text(text)
    code, err = outside_of(("--accept", str(path), "--exit-zero"))
    assert code == 2
    assert said in err
    assert str(path) in err
