"""The report for a terminal."""

import re
from collections.abc import Sequence

import pytest

from keystone_check.model.finding import Evidence, Safety, Status, broken
from keystone_check.model.outcome import Outcome
from keystone_check.reports.screen import Screen, coloured
from keystone_check.reports.text import render
from tests.reports import build

WIDTHS = (20, 60, 80, 200)
GREEN = (
    build.outcome(build.FINDINGS[Status.HOLDS]),
    build.outcome(build.FINDINGS[Status.HOLDS], "issuer_is_https", "cluster"),
)
RED = (
    build.outcome(build.FINDINGS[Status.HOLDS], "issuer_is_https", "cluster"),
    build.outcome(build.defect(build.repair())),
    build.outcome(build.defect(build.repair(Safety.UNSAFE)), "trust_pins_subject", "role"),
    build.outcome(build.unseen(), "role_exists", "role"),
)


def flat(shown: str) -> str:
    """The words alone, wherever the lines break."""
    return " ".join(shown.split())


def test_a_green_report_is_the_header_one_sentence_and_the_chain() -> None:
    lines = render(build.report(*GREEN), Screen(80)).splitlines()
    assert lines[0] == "keystone-check 1.2.3 on prod"
    assert lines[-2:] == ["Every link holds: 2 judgements by 2 checks.", "cluster ✓ → provider ✓"]
    assert len(lines) == 9


def test_the_header_says_who_asks() -> None:
    shown = render(build.report(*GREEN), Screen(80))
    for value in (
        "https://10.0.0.5:6443 v1.36.3+k3s1",
        "system:admin",
        "arn:aws:iam::111122223333:user/engineer",
        "111122223333 in eu-central-1",
        build.ISSUER,
    ):
        assert value in shown


def test_the_first_broken_link_is_the_headline() -> None:
    shown = render(build.report(*RED), Screen(200))
    _, body = shown.split("\n\n", 1)
    told = f"Broken at provider: {build.PROVIDER}: The provider accepts foo; tokens carry sts.amazonaws.com. "
    assert flat(body).startswith(told)


def test_a_later_broken_link_is_marked_as_later() -> None:
    shown = flat(render(build.report(*RED), Screen(200)))
    assert " provider: an IAM OIDC provider names the issuer ✗" in shown
    assert "names provider, subject and audience (later in the chain: may follow from the first) ✗" in shown


def test_what_was_expected_and_seen_stand_in_one_column() -> None:
    lines = render(build.report(*RED), Screen(80)).splitlines()
    expected, seen = (next(line for line in lines if word in line) for word in ("expected", "seen "))
    assert expected.index("sts.amazonaws.com") == seen.index("foo")


def test_values_that_look_alike_are_marked_where_they_part() -> None:
    shown = render(build.report(build.defect(seen="sts.amazonaws.com/")), Screen(80)).splitlines()
    seen = next(line for line in shown if line.lstrip().startswith("seen"))
    mark = shown[shown.index(seen) + 1]
    assert mark.index("^") == seen.index("/")


def test_a_space_at_the_end_of_a_value_is_seen() -> None:
    assert 'seen      "sts.amazonaws.com "' in render(
        build.report(build.defect(seen="sts.amazonaws.com ")), Screen(80)
    )


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize(
    "word", [build.PROVIDER, build.ROLE, "audience_is_registered", "iam:GetOpenIDConnectProvider"]
)
def test_no_name_is_broken_over_two_lines(width: int, word: str) -> None:
    outcomes = (
        *RED,
        build.outcome(build.defect(), "another_check"),
        Outcome(build.check(), broken(build.ROLE, "x", Evidence("s", "e", "s"))),
    )
    assert word in render(build.report(*outcomes), Screen(width))


@pytest.mark.parametrize("width", WIDTHS)
def test_a_line_is_too_long_only_for_a_single_word_or_a_command(width: int) -> None:
    for line in render(build.report(*RED), Screen(width)).splitlines():
        assert len(line) <= width or len(line.split()) <= 2 or " keystone-check " in line


def test_a_reason_for_not_seeing_names_the_right_and_the_checks() -> None:
    shown = render(build.report(*RED), Screen(80))
    assert (
        "? iam:GetRole app-api: AccessDenied\n    needs     iam:GetRole\n    unjudged  role_exists\n" in shown
    )


def test_what_could_not_be_seen_is_not_called_fine() -> None:
    shown = render(build.report(build.FINDINGS[Status.HOLDS], build.unseen()), Screen(80))
    assert "Nothing is seen to be broken, but 1 judgement could not be made." in shown
    assert "Every link holds" not in shown


def test_a_link_with_nothing_to_judge_is_not_silent() -> None:
    outcomes = (
        build.outcome(build.FINDINGS[Status.NOT_APPLICABLE], "arn_is_well_formed", "binding"),
        GREEN[0],
    )
    shown = render(build.report(*outcomes), Screen(80))
    assert "binding: nothing to judge: no service account is bound" in shown


def test_with_nothing_judged_at_all_nothing_is_called_fine() -> None:
    assert "There was nothing to judge." in render(
        build.report(build.FINDINGS[Status.NOT_APPLICABLE]), Screen(80)
    )


@pytest.mark.parametrize(
    ("safety", "words"),
    [
        (Safety.SAFE, "(safe: an id more refuses nobody)"),
        (Safety.UNSAFE, "(unsafe: an id more refuses nobody); --fix=unsafe releases it"),
        (Safety.MANUAL, "by hand"),
    ],
)
def test_a_repair_says_its_class_and_what_releases_it(safety: Safety, words: str) -> None:
    assert words in flat(render(build.report(build.defect(build.repair(safety))), Screen(200)))


def test_steps_to_do_by_hand_are_printed_as_they_are() -> None:
    step = f'extraFlags = [ "--kube-apiserver-arg=service-account-issuer={build.ISSUER}" ];\n# then rebuild'
    shown = render(build.report(build.defect(build.repair(Safety.MANUAL, (step,)))), Screen(60))
    assert all(f"\n      {line}\n" in shown for line in step.splitlines())


def test_a_crash_says_that_it_is_our_bug() -> None:
    shown = render(build.report(build.crash(), *GREEN), Screen(80))
    assert "A check of ours failed: audience_is_registered." in shown
    assert "report it" in shown


@pytest.mark.parametrize("hidden", ["\x1b[2J", "\u202e", "\u200b", "\r", "\n", "\ufeff", "\x7f"])
def test_a_value_from_outside_moves_nothing_on_the_screen(hidden: str) -> None:
    shown = render(build.report(build.defect(seen=f"a{hidden}b")), Screen(200))
    assert f"a{hidden.encode('unicode_escape').decode()}b" in shown
    assert f"a{hidden}b" not in shown


def test_colour_changes_no_character_of_the_text() -> None:
    plainly, painted = (render(build.report(*RED), screen) for screen in (Screen(80), Screen(80, coloured)))
    assert painted != plainly
    assert re.sub(r"\x1b\[[0-9;]*m", "", painted) == plainly


TOKEN = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJzeXN0ZW0ifQ.c2lnbmF0dXJl"


@pytest.mark.parametrize("secret", [TOKEN, f"bearer {TOKEN} was refused"])
def test_a_token_in_a_foreign_text_is_left_out(secret: str) -> None:
    assert TOKEN not in render(build.report(build.defect(seen=secret)), Screen(200))


def chain(statuses: Sequence[Status]) -> str:
    links = ("cluster", "token", "bucket", "publication", "provider", "binding", "role", "exchange")
    made = (
        build.outcome(build.FINDINGS[status], f"check_{link}", link)
        for status, link in zip(statuses, links, strict=False)
    )
    return render(build.report(*made), Screen(60))


def test_the_chain_shows_the_worst_of_each_link_and_fits_the_screen() -> None:
    shown = chain([Status.HOLDS] * 4 + [Status.BROKEN, Status.BLOCKED, Status.CRASHED, Status.NOT_APPLICABLE])
    assert (
        "cluster ✓ → token ✓ → bucket ✓ → publication ✓ →\n  provider ✗ → binding ? → role ! → exchange –\n"
        in shown
    )


def test_a_link_with_nothing_to_judge_is_in_the_headline() -> None:
    idle = build.outcome(build.FINDINGS[Status.NOT_APPLICABLE], "role_exists", "role")
    shown = flat(render(build.report(*GREEN, idle), Screen(200)))
    assert "What is there holds: 2 judgements by 2 checks. Nothing to judge at role." in shown
    assert "Every link holds" not in shown
