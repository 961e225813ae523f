"""The report for Prometheus, read by Prometheus's own parser."""

from collections.abc import Mapping
from dataclasses import replace

from prometheus_client.parser import text_string_to_metric_families

from keystone_check.model.finding import Status
from keystone_check.reports.prometheus import LONGEST, render
from keystone_check.reports.report import Report
from tests.reports import build


def samples(report: Report) -> Mapping[str, list[tuple[Mapping[str, str], float]]]:
    """Every sample by its metric, which has to be a gauge with a word of help."""
    found: dict[str, list[tuple[Mapping[str, str], float]]] = {}
    for family in text_string_to_metric_families(render(report)):
        assert (family.type, bool(family.documentation)) == ("gauge", True)
        found[family.name] = [(sample.labels, sample.value) for sample in family.samples]
    return found


def test_it_says_who_was_looked_at_when_and_how_it_ended() -> None:
    read = samples(build.report(build.defect()))
    ((labels, one),) = read["keystone_check_info"]
    assert (labels["cluster"], labels["version"], labels["issuer"], one) == ("prod", "1.2.3", build.ISSUER, 1)
    assert read["keystone_check_exit_code"] == [({"cluster": "prod"}, 1)]
    assert read["keystone_check_last_look_timestamp_seconds"][0][1] == build.world().now


def test_every_link_has_every_status_so_that_a_series_never_goes_away() -> None:
    read = {
        (labels["link"], labels["status"]): number
        for labels, number in samples(build.report(*build.FINDINGS.values()))["keystone_check_link_outcomes"]
    }
    assert {read["provider", status.value] for status in Status} == {1}
    assert read["provider", "accepted"] == read["role", "holds"] == 0


def test_what_is_wrong_is_counted_by_check_and_what_holds_is_not() -> None:
    read = samples(build.report(*build.FINDINGS.values()))["keystone_check_check_outcomes"]
    assert {labels["status"] for labels, _ in read} == {"broken", "blocked", "crashed"}
    assert {labels["check"] for labels, _ in read} == {"audience_is_registered"}
    assert "keystone_check_check_outcomes" not in samples(build.report(build.FINDINGS[Status.HOLDS]))


def test_a_hostile_name_is_a_value_and_nothing_more() -> None:
    name = 'a"b\\c\nkeystone_check_exit_code{cluster="x"} 0 ' + "z" * 10_000
    read = samples(replace(build.report(build.defect()), name=name))
    ((labels, _),) = read["keystone_check_exit_code"]
    assert labels["cluster"].startswith('a"b\\c\\nkeystone_check_exit_code{cluster="x"} 0 z')
    assert len(labels["cluster"]) == LONGEST
