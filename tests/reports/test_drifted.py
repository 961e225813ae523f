"""No report of a comparison shows a secret that a text from elsewhere might hold."""

from dataclasses import replace

import pytest

from keystone_check.checks import load
from keystone_check.diagnosis import diagnose
from keystone_check.drift.compare import compare
from keystone_check.model.aws import Bucket
from keystone_check.reports.drifted import render
from keystone_check.reports.report import Report
from keystone_check.reports.screen import Screen
from keystone_check.sandbox.catalogue import stage
from tests.sandbox.worlds import world_with
from tests.worlds import NOW

JWT = "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJodHRwczovL28ifQ.c2lnbmF0dXJl"
KEY = "AKIA" + "A2B3C4D5E6F7G2H3"
WAS = stage("", NOW)[1]


@pytest.mark.parametrize("format", ["text", "json", "markdown", "html"])
@pytest.mark.parametrize("secret", [JWT, KEY])
def test_what_looks_like_a_secret_is_left_out(format: str, secret: str) -> None:
    assert isinstance(WAS.bucket, Bucket)
    world = replace(WAS, bucket=replace(WAS.bucket, tags={"note": f"it is {secret} here"}))
    now = diagnose(world, ())
    written = render(compare(diagnose(WAS, ()), now), Report("lab", now), "old.json", format, Screen())
    assert secret not in written
    assert "a secret, left out" in written.replace("\n  ", " ")


def test_markdown_of_a_value_stays_text() -> None:
    assert isinstance(WAS.bucket, Bucket)
    world = replace(WAS, bucket=replace(WAS.bucket, ownership="<img src=x> | @team"))
    now = diagnose(world, ())
    written = render(compare(diagnose(WAS, ()), now), Report("lab", now), "old.json", "markdown", Screen())
    assert "<img" not in written
    assert "@team" not in written


def test_the_page_tells_what_changed_before_what_is() -> None:
    was, now = (diagnose(world, load()) for world in (WAS, world_with("audience-is-not-registered")))
    there = render(compare(was, now), Report("lab", now), "old.json", "html", Screen())
    back = render(compare(now, was), Report("lab", was), "old.json", "html", Screen())
    told = [page.partition('id="changed"')[2].partition("</section>")[0] for page in (there, back)]
    assert ["audience_is_registered: " in each for each in told] == [True, True]
    assert ["<h3>Opened</h3>" in each for each in told] == [True, False]
    assert ["<h3>Closed</h3>" in each for each in told] == [False, True]
    assert there.index('id="changed"') < there.index('id="broken"')


def test_hostile_values_of_a_page_stay_text() -> None:
    assert isinstance(WAS.bucket, Bucket)
    world = replace(WAS, bucket=replace(WAS.bucket, ownership="<img src=x onerror=alert(1)>"))
    now = diagnose(world, ())
    written = render(compare(diagnose(WAS, ()), now), Report("lab", now), "<img src=y>", "html", Screen())
    assert "<img" not in written
    assert "&lt;img src=x" in written
