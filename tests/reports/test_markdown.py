"""The report for a pull request."""

import re
from dataclasses import replace

import pytest

from keystone_check.gate import Gate
from keystone_check.model.acceptance import Acceptance
from keystone_check.model.finding import Safety, Status
from keystone_check.model.outcome import Outcome
from keystone_check.reports.markdown import render
from tests.reports import build

REFERENCE = "https://docs.aws.amazon.com/x.html"
PAGE = f"## Why it matters\nBecause.\n\n## How to fix\nTurn it off and on.\n\n## References\n- {REFERENCE}"


def documented(found: Outcome) -> Outcome:
    return replace(found, check=replace(found.check, page=PAGE))


def test_the_first_lines_say_how_it_stands() -> None:
    lines = render(build.report(build.defect())).splitlines()
    assert lines[0] == "## ❌ keystone-check on `prod`"
    assert lines[2].startswith("**Broken at provider&#58;") or lines[2].startswith("**Broken at provider: ")


def test_a_finding_has_a_row_with_its_page_and_its_details_below() -> None:
    text = render(build.report(documented(build.outcome(build.defect(build.repair())))))
    assert f"| critical | [`audience_is_registered`]({REFERENCE}) |" in text
    assert "| `--fix` |" in text
    assert "<details><summary>audience&#95;is&#95;registered: " in text
    assert "Turn it off and on." in text
    assert text.count("<details>") == text.count("</details>") == 1


def test_lines_to_write_by_hand_can_be_copied() -> None:
    text = render(build.report(build.defect(build.repair(Safety.MANUAL, ("flag = true;",)))))
    assert "```\nflag = true;\n```" in text


def test_every_status_has_its_place() -> None:
    text = render(build.report(*build.FINDINGS.values()))
    assert "### Broken" in text
    assert "### Could not be seen" in text
    assert "| `iam:GetRole` |" in text
    assert "1 crashed, 1 broken, 1 could not be seen, 1 hold, 1 not applicable." in text


def test_all_that_holds_is_quiet() -> None:
    text = render(build.report(build.FINDINGS[Status.HOLDS]))
    assert "**Nothing is broken**" in text
    assert "###" not in text


def test_an_accepted_finding_has_its_reason_and_day() -> None:
    entry = Acceptance("audience_is_registered", "known | well", "2027-03-31")
    text = render(build.report(replace(build.outcome(build.defect()), acceptance=entry)))
    assert "| until 2027-03-31: known &#124; well |" in text
    assert "### Broken" not in text


def test_what_does_not_fail_says_so() -> None:
    report = replace(build.report(build.defect()), gate=Gate("fixable"))
    assert "1 of what is broken does not fail: --fail-on fixable" in render(report)


NASTY = "|<script>alert(1)</script>\n\n# head `x` @all [a](http://b)\x1b[2J" + "x" * 10_000


@pytest.mark.parametrize("place", ["seen", "subject", "name"])
def test_what_strangers_wrote_changes_nothing_but_its_own_cell(place: str) -> None:
    finding = build.defect(seen=NASTY) if place == "seen" else replace(build.defect(), subject=NASTY)
    report = build.report(finding)
    report = replace(report, name=NASTY) if place == "name" else report
    text = render(report)
    assert "<script>" not in text
    assert "\x1b" not in text
    assert "\n# head" not in text
    cells = {line.count(" | ") for line in text.splitlines() if line.startswith("| critical")}
    assert cells == {3}
    assert len(text) < 30_000


def test_it_fits_into_a_comment_whatever_was_found_and_what_is_left_out_is_counted() -> None:
    broken = [
        replace(
            build.outcome(replace(build.defect(seen="é" * 300), subject=f"app/{number}"), f"check_{number}")
        )
        for number in range(1000)
    ]
    gaps = [
        build.outcome(build.unseen(f"{number}: {'x' * 500}"), f"other_{number}") for number in range(1000)
    ]
    text = render(build.report(*broken, *gaps))
    assert len(text.encode()) < 65_536
    assert re.search(r"> [0-9]+ further rows are left out here", text)
    assert re.search(r"> [0-9]+ further findings' details are left out here", text)
    assert text.count("<details>") == text.count("</details>") > 0
    assert "1000 broken" in text
