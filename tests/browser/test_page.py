"""The report in a real browser: clicks, keys, search, paper, and what axe finds."""

from dataclasses import replace
from functools import cache

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from keystone_check.diagnosis import diagnose
from keystone_check.drift.compare import compare
from keystone_check.model.cluster import ServiceAccount
from keystone_check.model.facts import Subjects
from keystone_check.reports import drifted
from keystone_check.reports.page import render
from keystone_check.reports.report import Report
from keystone_check.reports.screen import Screen
from keystone_check.targets import Bench
from tests.browser.conftest import Open
from tests.reports import build
from tests.reports.test_page import HOSTILE
from tests.sandbox.worlds import world_with

pytestmark = pytest.mark.browser

BROKEN = "audience-is-not-registered"
KINDS = (None, BROKEN, "karpenter-may-not-run-instances", "discovery-is-shut")


@cache
def document(fault: str | None, accounts: int = 0) -> str:
    world = world_with(fault)
    assert isinstance(world.accounts, Subjects)
    pattern = next(account for _, account in world.accounts if isinstance(account, ServiceAccount))
    more = world.accounts
    for number in range(accounts):
        more = more.put(
            f"team-{number % 50}/worker-{number:04}", replace(pattern, name=f"worker-{number:04}")
        )
    judged = diagnose(world, Bench().checks)
    shown = replace(judged, world=replace(world, accounts=more))
    return render(Report(f"sandbox:{fault}", shown, "keystone-check --cluster prod"))


def unfolded(page: Page) -> int:
    return page.locator("details[open]").count()


def test_a_box_of_the_picture_opens_what_was_judged_of_its_link(opened: Open) -> None:
    page = opened(document(BROKEN))
    assert unfolded(page) == 0
    page.locator('a[href="#link-provider"]').click()
    expect(page.locator("#link-provider")).to_have_attribute("open", "")
    expect(page.locator("#link-provider tr.broken")).to_be_in_viewport()
    assert unfolded(page) == 1


def test_the_keyboard_alone_reaches_the_findings_and_every_box(opened: Open) -> None:
    page = opened(document(BROKEN))
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    expect(page.locator(".skip")).to_be_in_viewport()
    page.keyboard.press("Tab")
    expect(page.locator("svg a").first).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("details[open]")).to_have_count(1)


def test_a_command_is_copied_as_it_stands(opened: Open) -> None:
    page = opened(document(BROKEN))
    beside = page.locator(".copy").first
    button = beside.locator("button")
    button.click()
    expect(button).to_have_text("copied")
    assert page.evaluate("navigator.clipboard.readText()") == beside.locator("code").inner_text()


def test_a_finding_unfolds_to_its_page(opened: Open) -> None:
    page = opened(document(BROKEN))
    finding = page.locator("article.finding").first
    finding.locator("summary").click()
    expect(finding.get_by_role("heading", name="Why it matters")).to_be_visible()
    expect(finding.get_by_text("keystone-check --explain audience_is_registered")).to_be_visible()


def test_a_thousand_bindings_are_searched_as_one_types(opened: Open) -> None:
    page = opened(document(BROKEN, 1000))
    total = page.locator("#accounts tbody tr").count()
    assert total > 1000
    search = page.get_by_role("searchbox", name="search")
    search.press_sequentially("TEAM-7/ worker-0107")
    expect(page.locator("#found")).to_have_text(f"1 of {total}")
    assert page.locator("#accounts tbody tr:visible th").all_inner_texts() == ["team-7/worker-0107"]
    search.fill("")
    expect(page.locator("#found")).to_have_text(f"{total} of {total}")
    search.fill("nobody")
    expect(page.locator("#found")).to_have_text(f"0 of {total}")


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("fault", KINDS)
def test_axe_finds_nothing_amiss_folded_or_unfolded(opened: Open, fault: str | None, dark: bool) -> None:
    page = opened(document(fault), dark=dark)
    page.evaluate("document.querySelectorAll('details').forEach((it) => { it.open = true; })")
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    assert len(found.response["passes"]) > 10


@pytest.mark.parametrize("width", [320, 768, 1920])
def test_nothing_is_wider_than_the_window(opened: Open, width: int) -> None:
    page = opened(document(BROKEN), width=width)
    page.evaluate("document.querySelectorAll('details').forEach((it) => { it.open = true; })")
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_on_paper_everything_is_unfolded_and_no_button_is_left(opened: Open) -> None:
    page = opened(document(BROKEN))
    folded = page.locator("details").count()
    assert page.pdf().startswith(b"%PDF")
    assert unfolded(page) == folded
    page.emulate_media(media="print")
    expect(page.locator("button:visible")).to_have_count(0)


def test_without_scripts_all_of_it_can_be_read(opened: Open) -> None:
    page = opened(document(BROKEN), script=False)
    expect(page.locator("button:visible")).to_have_count(0)
    page.locator("#link-provider summary").click()
    expect(page.locator("#link-provider tr.broken")).to_be_visible()


def test_a_hostile_name_does_nothing_but_stand_there(opened: Open) -> None:
    hostile = replace(build.report(build.defect(seen=HOSTILE)), name=HOSTILE)
    page = opened(render(hostile))
    expect(page.get_by_text("<script>alert(1)</script>").first).to_be_visible()
    assert page.locator("img").count() == 0


def test_what_changed_since_a_snapshot_stands_before_the_findings(opened: Open) -> None:
    was, now = (diagnose(world_with(fault), Bench().checks) for fault in (None, BROKEN))
    report = Report("lab", now, "keystone-check")
    page = opened(drifted.render(compare(was, now), report, "yesterday.json.gz", "html", Screen()))
    since = page.get_by_role("region", name="Since")
    expect(since.get_by_role("heading", name="Opened")).to_be_visible()
    expect(since.get_by_text("audience_is_registered")).to_be_visible()
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
