"""The page to open: whole, closed to the world, and safe with whatever stands in a name."""

import base64
import hashlib
import re
from collections import Counter
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from keystone_check.diagnosis import diagnose
from keystone_check.model.facts import Subjects
from keystone_check.model.finding import Status
from keystone_check.reports.page import LONGEST, render
from keystone_check.reports.report import Report
from keystone_check.targets import Bench
from tests.reports import build
from tests.sandbox.worlds import world_with

VOID = {"meta", "input", "rect", "path"}
ADDRESSED = {"src", "href", "action", "srcset", "data", "poster", "xlink:href"}
HOSTILE = '<script>alert(1)</script><img src=x onerror=alert(1)>" onclick="x" \u202egnp.exe\x1b[31m&lt;'


class Read(HTMLParser):
    """Reads a document strictly: what opens closes, in that order."""

    def __init__(self, document: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: Counter[str] = Counter()
        self.attributes: list[tuple[str, str, str]] = []
        self.texts: list[str] = []
        self.feed(document)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags[tag] += 1
        self.attributes += [(tag, name, value or "") for name, value in attrs]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags[tag] += 1
        self.attributes += [(tag, name, value or "") for name, value in attrs]

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def report(fault: str | None) -> Report:
    return Report(f"sandbox:{fault}", diagnose(world_with(fault), Bench().checks), "keystone-check")


@pytest.mark.parametrize(
    "fault", [None, "audience-is-not-registered", "karpenter-may-not-run-instances", "bucket-is-blocked"]
)
def test_it_is_well_formed_and_asks_nobody_for_anything(fault: str | None) -> None:
    read = Read(render(report(fault)))
    addresses = {value for _, name, value in read.attributes if name in ADDRESSED}
    assert all(address.startswith("#") for address in addresses)
    assert not {name for _, name, _ in read.attributes if name.startswith("on")}
    ids = [value for _, name, value in read.attributes if name == "id"]
    assert len(ids) == len(set(ids))
    assert {address[1:] for address in addresses} <= set(ids)


def test_its_policy_lets_its_own_script_run_and_nothing_out() -> None:
    document = render(build.report(build.defect()))
    script = document.partition("<script>")[2].partition("</script>")[0]
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert f"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{digest}'" in document


def test_everything_of_a_finding_is_on_it() -> None:
    shown = " ".join(Read(render(report("audience-is-not-registered"))).texts)
    for said in ("sts.amazonaws.com.cn", "audience_is_registered", "--fix --dry-run", "Why it matters"):
        assert said in shown


def test_a_hostile_name_is_text_and_nothing_else() -> None:
    tame, hostile = (
        Read(render(replace(build.report(build.defect(seen=name)), name=name))) for name in ("name", HOSTILE)
    )
    assert hostile.tags == tame.tags
    assert {name for _, name, _ in hostile.attributes} == {name for _, name, _ in tame.attributes}
    assert not any(char in text for text in hostile.texts for char in "\u202e\x1b")


def test_a_long_value_is_cut() -> None:
    document = render(build.report(build.defect(seen="z" * 100_000)))
    assert max(map(len, re.findall("z+", document))) < LONGEST


def test_every_account_is_a_row_and_what_is_accepted_or_unseen_has_its_place() -> None:
    seen = report("trust-names-another-namespace")
    assert isinstance(seen.diagnosis.world.accounts, Subjects)
    rows = render(seen).partition('<table id="accounts">')[2].partition("</table>")[0].count("<tr class=")
    assert rows == len(seen.diagnosis.world.accounts.entries)
    assert "Could not be seen" in render(build.report(build.FINDINGS[Status.BLOCKED]))
