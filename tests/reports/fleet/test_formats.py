"""Every format of several clusters: a line for each, and the findings of those that have any."""

import json
from html.parser import HTMLParser

import pytest
from jsonschema import Draft202012Validator

from keystone_check.cli.arguments import FORMATS
from keystone_check.reports import render
from keystone_check.reports.fleet.values import Fleet, Member
from keystone_check.reports.schema import schema
from keystone_check.shard import Shard
from tests.cli.build import unreachable
from tests.reports import build as one
from tests.reports.fleet.build import SCREEN, document, fleet, report

HOSTILE = "<script>\x1b[31m\u202e|`::error::\n"
MIXED = Fleet(
    (
        Member("good", report("good")),
        Member("bad", report("bad", one.defect(one.repair()))),
        Member("gone", None, "the snapshot cannot be read", "save it again"),
        Member("far", one.report(one.unseen(), seen=unreachable())),
    )
)


@pytest.mark.parametrize("form", FORMATS)
def test_every_format_names_every_cluster_and_the_defect(form: str) -> None:
    text = render(MIXED, form, SCREEN)
    for word in ("good", "bad", "gone") if form not in ("github", "sarif") else ("bad", "gone"):
        assert word in text
    if form != "prometheus":
        assert "cannot be read" in text
        assert "The provider accepts foo" in text.replace("\n  ", " ")


@pytest.mark.parametrize("form", ["text", "short", "markdown", "html"])
def test_what_people_read_says_how_many_stand_how(form: str) -> None:
    assert "1 broken, 2 could not be seen, 1 hold" in render(MIXED, form, SCREEN)


def test_a_cluster_that_was_not_reached_says_so_in_its_line() -> None:
    assert "? far: could not be reached: https://10.0.0.5:6443: no answer" in render(MIXED, "text", SCREEN)


def test_json_is_as_the_schema_says() -> None:
    validator = Draft202012Validator(schema(closed=True))
    validator.validate(document(MIXED))
    validator.validate(document(fleet(report("a"), shard=Shard(2, 5))))
    assert document(MIXED)["exit_code"] == 1


def test_an_empty_shard_says_so_and_is_green() -> None:
    empty = Fleet((), Shard(3, 3))
    assert empty.exit_code == 0
    assert "no cluster is of this shard" in render(empty, "text", SCREEN).lower()


def test_each_family_of_metrics_is_written_once() -> None:
    lines = render(MIXED, "prometheus", SCREEN).splitlines()
    types = [line for line in lines if line.startswith("# TYPE")]
    assert len(types) == len(set(types)) == 5
    assert 'keystone_check_exit_code{cluster="gone"} 3' in lines


def test_sarif_has_a_run_for_each_cluster() -> None:
    runs = json.loads(render(MIXED, "sarif", SCREEN))["runs"]
    assert [run["automationDetails"]["id"] for run in runs][:2] == [
        "keystone-check/good/",
        "keystone-check/bad/",
    ]
    assert "cannot be read" in json.dumps(runs[-1]["invocations"])


@pytest.mark.parametrize("form", [form for form in FORMATS if form not in ("json", "sarif")])
def test_a_hostile_name_is_text_in_every_format(form: str) -> None:
    hostile = Fleet((Member(HOSTILE, report(HOSTILE, one.defect())), Member(HOSTILE, None, HOSTILE, HOSTILE)))
    text = render(hostile, form, SCREEN)
    assert not {"\x1b", "\u202e"} & set(text)
    assert "\n::error::" not in text
    if form in ("html", "markdown"):
        assert "<script>\x1b" not in text
        assert text.count("<script>") == (form == "html")


class Ids(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.targets: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = dict(attrs)
        self.ids += filter(None, [said.get("id")])
        if (link := said.get("href") or "").startswith("#"):
            self.targets.append(link[1:])


def test_the_page_has_each_id_once_and_no_link_leads_nowhere() -> None:
    read = Ids()
    read.feed(render(MIXED, "html", SCREEN))
    assert len(read.ids) == len(set(read.ids))
    assert set(read.targets) <= set(read.ids)


def test_a_thousand_clusters_fit_into_a_comment() -> None:
    many = fleet(*(report(f"cluster-{number}", one.defect()) for number in range(1000)))
    text = render(many, "markdown", SCREEN)
    assert len(text) < 65_536
    assert "more clusters are left out" in text
