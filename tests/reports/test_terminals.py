"""Every width, light and dark, with and without colour, seen or heard: nothing is lost or interpreted."""

import re
from dataclasses import replace
from pathlib import Path

import pytest
from markdown_it import MarkdownIt

import keystone_check
from keystone_check.cli.arguments import FORMATS
from keystone_check.diagnosis import diagnose
from keystone_check.model.finding import Evidence, Safety, Status, broken
from keystone_check.model.outcome import Outcome
from keystone_check.remedy.mend import rehearsed
from keystone_check.reports import mended, render
from keystone_check.reports.fleet.values import Fleet, Member
from keystone_check.reports.marks import ACCEPTED, MARKS, WORDS
from keystone_check.reports.report import Report
from keystone_check.reports.screen import Screen, coloured
from keystone_check.targets import Bench
from tests.reports import build
from tests.sandbox.worlds import world_with

WIDTHS = (20, 60, 80, 200)
FAULTS = (None, "audience-is-not-registered", "karpenter-may-not-run-instances", "signing-key-was-rotated")
SIGNS = {mark for mark, _ in (*MARKS.values(), *mended.MARKS.values(), ACCEPTED)} - set("!?+")
SIGNS |= set("→^•·")
EVERY = tuple(
    build.outcome(
        build.defect(build.repair(safety), seen=f"seen-{safety.value}"), f"mended_by_{safety.value}"
    )
    for safety in Safety
)


def report(fault: str | None) -> Report:
    return Report(
        f"sandbox:{fault}", diagnose(world_with(fault), Bench().checks), "keystone-check --cluster c"
    )


def flat(shown: str) -> str:
    return " ".join(shown.split())


def is_whole(line: str) -> bool:
    """Whether a line may be longer than the screen: one word beside its label, or something to copy."""
    copied = line.startswith("      ") or "keystone-check " in line
    return copied or len(line.split()) <= 2


@pytest.mark.parametrize("screen", [Screen(width) for width in WIDTHS], ids=lambda it: str(it.width))
@pytest.mark.parametrize("fault", FAULTS)
def test_at_every_width_lines_fit_and_every_finding_is_told_with_its_check_and_command(
    fault: str | None, screen: Screen
) -> None:
    seen = report(fault)
    shown = render(seen, "text", screen)
    assert [line for line in shown.splitlines() if len(line) > screen.width and not is_whole(line)] == []
    _told(seen, shown)


@pytest.mark.parametrize("width", WIDTHS)
def test_whatever_the_class_of_the_repair_there_is_a_command_of_its_own(width: int) -> None:
    seen = build.report(*EVERY)
    shown = render(seen, "text", Screen(width))
    _told(seen, shown)
    for option, safety in (("--fix", "safe"), ("--fix=unsafe", "unsafe"), ("--fix --restart", "restart")):
        line = f"keystone-check --cluster prod --only mended_by_{safety} {option} --dry-run\n"
        assert line in shown
    assert "keystone-check --explain mended_by_manual\n" in shown


def _told(seen: Report, shown: str) -> None:
    for outcome in seen.diagnosis.broken:
        assert flat(outcome.finding.message) in flat(shown)
        assert re.search(rf"--(only|explain) {outcome.check.id}\b", shown)
        assert f"{outcome.check.id} (" in flat(shown)


@pytest.mark.parametrize("width", WIDTHS)
def test_a_rehearsed_repair_fits_too(width: int) -> None:
    world, checks = world_with("audience-is-not-registered"), Bench().checks
    done = rehearsed(world, checks)
    before, after = (Report("c", seen, "keystone-check") for seen in (done.before, done.after))
    shown = mended.render(mended.Repaired(before, after, done, True), "text", Screen(width))
    diff = re.compile(r" {4}[-+@ ]")
    lines = [line for line in shown.splitlines() if not diff.match(line)]
    assert [line for line in lines if len(line) > width and not is_whole(line)] == []


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("fault", FAULTS)
def test_colour_changes_no_character(fault: str | None, width: int) -> None:
    plainly, painted = (
        render(report(fault), "text", screen) for screen in (Screen(width), Screen(width, coloured))
    )
    assert re.sub(r"\x1b\[[0-9;]*m", "", painted) == plainly


STYLES = r'"((?:bold )?(?:(?:bright_)?(?:black|red|green|yellow|blue|magenta|cyan|white))|bold|dim)"'
EXAMPLES = ("bold red", "yellow", "dim")


def test_no_style_is_lost_on_a_light_or_a_dark_ground() -> None:
    """White vanishes on one, black and blue on the other; what is bright may too, and bold may mean it."""
    root = Path(keystone_check.__file__).parent
    rooms = [path for room in ("reports", "cli") for path in (root / room).rglob("*.py")]
    used = {
        style for path in rooms for style in re.findall(STYLES, path.read_text("utf-8").replace("'", '"'))
    }
    assert used >= set(EXAMPLES)
    assert used <= {
        *("bold", "dim", "red", "green", "yellow", "magenta", "cyan"),
        *("bold red", "bold green", "bold magenta"),
    }


def test_colours_are_of_the_sixteen_that_every_terminal_sets_for_its_own_ground() -> None:
    codes = set()
    for fault in FAULTS:
        for found in re.findall(r"\x1b\[([0-9;]*)m", render(report(fault), "text", Screen(80, coloured))):
            codes |= set(found.split(";"))
    assert codes <= {"0", "1", "2", "31", "32", "33", "35", "36"}


@pytest.mark.parametrize("fault", FAULTS)
def test_spoken_a_report_has_words_for_signs_and_no_columns(fault: str | None) -> None:
    seen = report(fault)
    shown = render(seen, "text", Screen(80, spoken=True))
    assert not SIGNS & set(shown)
    assert not re.search(
        r"(?m)^ *(check|subject|expected|seen|repair|mend|explain|cluster|issuer|needs) {2,}", shown
    )
    _told(seen, shown)
    assert ("provider: broken\n" if fault == FAULTS[1] else "provider: holds\n") in shown


def test_every_mark_has_its_word() -> None:
    assert WORDS.keys() == {mark for mark, _ in (*MARKS.values(), ACCEPTED)}


def test_spoken_several_clusters_and_a_repair_have_no_signs_either() -> None:
    fleet = Fleet(
        (Member("good", report(None)), Member("bad", report(FAULTS[1])), Member("gone", None, "no"))
    )
    assert not SIGNS & set(render(fleet, "text", Screen(80, spoken=True)))
    done = rehearsed(world_with(FAULTS[1]), Bench().checks)
    before, after = (Report("c", seen, "keystone-check") for seen in (done.before, done.after))
    shown = mended.render(mended.Repaired(before, after, done, True), "text", Screen(80, spoken=True))
    assert not SIGNS & set(shown)
    assert "would be written: add client id" in flat(shown)


HOSTILE = (
    "\u202egnp.exe \x1b[2J\x1b]8;;https://evil.example\x07 <script>alert(1)</script> \r\n\x00 " + "x" * 10_000
)


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("place", ["name", "subject", "message", "seen", "because"])
def test_a_hostile_value_is_escaped_or_cut_in_every_place_of_every_format(format: str, place: str) -> None:
    said = {"subject": "s", "message": "m", "seen": "e", "because": "b"} | {place: HOSTILE}
    evidence = Evidence("iam:GetRole", "expected", said["seen"])
    finding = broken(said["subject"], said["message"], evidence, build.repair())
    made = build.report(finding, build.unseen(said["because"]))
    shown = render(replace(made, name=HOSTILE) if place == "name" else made, format, Screen(80))
    assert not {"\x1b", "\u202e", "\x07", "\x00", "\r"} & set(shown)
    if format == "html":
        assert shown.count("<script>") == 1
        assert "<script>alert" not in shown
    if format == "markdown":
        assert "<script>" not in MarkdownIt("commonmark").enable("table").render(shown)
    if format not in ("json", "sarif"):  # programs get values whole, or as SARIF's limits say
        assert "x" * 5_000 not in shown


def test_a_word_in_two_places_is_one_finding_told_once_at_the_narrowest() -> None:
    shown = render(build.report(build.defect()), "text", Screen(20))
    assert shown.count("--explain audience_is_registered") == 2  # of the finding, and as what is next


@pytest.mark.parametrize(
    ("expected", "seen", "said"),
    [
        ("a" * 90 + "-b", "a" * 90 + "_b", 'from character 91: "-" expected, "_" seen'),
        ("a.example", "'a.example.cn'", 'from character 10: nothing expected, ".cn" seen'),
        ("https://host/a", "https://host/\u0430", "CYRILLIC SMALL LETTER A) seen"),
        ("https://host/a", "https://host/a\u200b", 'from character 15: nothing expected, "\\u200b" seen'),
    ],
)
def test_one_character_that_differs_is_told_where_no_sign_can_show_it(
    expected: str, seen: str, said: str
) -> None:
    made = build.report(broken("s", "m", Evidence("x", expected, seen)))
    narrow = render(made, "text", Screen(40, spoken="nothing" in said))
    assert said in flat(narrow)
    assert "<mark>" in render(made, "html", Screen())


def test_where_values_stand_below_their_labels_words_say_where_they_part() -> None:
    made = build.report(broken("s", "m", Evidence("x", "abcd", "abce")))
    assert 'from character 4: "d" expected, "e" seen' in flat(render(made, "text", Screen(20)))
    assert "^ differs from here" in render(made, "text", Screen(34))


def test_the_command_of_a_finding_is_for_its_check_alone_and_none_that_would_be_refused() -> None:
    made = build.report(build.defect(build.repair()))
    narrowed = replace(made, again="keystone-check --cluster prod --only provider --live")
    assert "--cluster prod --live --only audience_is_registered --fix" in render(narrowed, "text", Screen())
    saved = replace(made, again="keystone-check --cluster snapshot:w.json")
    assert "--only" not in render(saved, "text", Screen())


def test_nothing_is_marked_where_two_values_are_not_alike() -> None:
    made = build.report(build.defect(seen="foo"))
    assert "differs" not in render(made, "text", Screen(20))
    assert "<mark>" not in render(made, "html", Screen())


def test_a_crash_of_ours_has_a_page_too() -> None:
    shown = render(build.report(build.crash()), "text", Screen(20))
    assert "--explain audience_is_registered" in shown
    assert Outcome(build.check(), build.FINDINGS[Status.CRASHED]).finding.message in flat(shown)
