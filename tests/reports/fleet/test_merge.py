import json
from typing import Any

import pytest

from keystone_check.cli import many
from keystone_check.errors import KeystoneError, UsageError
from keystone_check.reports import render
from keystone_check.reports.fleet.merge import MAX_AGE, Result, merge
from keystone_check.reports.fleet.values import Fleet, Member
from keystone_check.reports.shapes import SCHEMA
from keystone_check.shard import Shard
from tests.reports import build as one
from tests.reports.fleet.build import HOUR, SCREEN, document, fleet, report, result
from tests.worlds import NOW

PROD, TEST = report("prod"), report("test", one.defect())


def lines(found: Fleet) -> dict[str, str]:
    return {member.name: member.sentence for member in found.members}


def test_clusters_of_several_files_are_one_report_with_the_worst_exit_code() -> None:
    merged = merge([result("a.json", PROD), result("b.json", fleet(TEST, report("dev", one.unseen())))], NOW)
    assert [(item.name, item.exit_code) for item in merged.members] == [("dev", 3), ("prod", 0), ("test", 1)]
    assert merged.exit_code == 1


def test_a_merge_may_be_merged_again_and_says_the_same() -> None:
    parts = [
        result(f"{number}.json", fleet(each, shard=Shard(number, 3)))
        for number, each in ((1, PROD), (3, TEST))
    ]
    merged = merge(parts, NOW)
    again = merge([result("merged.json", merged)], NOW)
    assert document(again) == document(merged)
    assert render(again, "text", SCREEN) == render(merged, "text", SCREEN)


def test_of_a_report_nothing_is_lost_on_the_way_through() -> None:
    whole = one.report(*one.FINDINGS.values(), one.defect(one.repair()))
    ((member),) = document(merge([result("a.json", whole)], NOW))["clusters"]
    assert member["report"] == document(whole)


def test_a_missing_shard_is_named_and_never_green() -> None:
    parts = [
        result(f"{number}.json", fleet(report(f"c{number}"), shard=Shard(number, 5)))
        for number in (1, 2, 4, 5)
    ]
    merged = merge(parts, NOW)
    assert lines(merged)["shard 3/5"].startswith("is missing")
    assert merged.exit_code == 3
    assert merged.name == "4 clusters"


def test_all_shards_are_green_together_though_one_has_no_cluster() -> None:
    merged = merge(
        [result("1.json", fleet(PROD, shard=Shard(1, 2))), result("2.json", fleet(shard=Shard(2, 2)))], NOW
    )
    assert (merged.exit_code, merged.name) == (0, "1 cluster")


@pytest.mark.parametrize(
    ("first", "second", "said"),
    [
        (PROD, fleet(PROD), "prod is there twice: in a.json and in b.json"),
        (fleet(PROD, shard=Shard(1, 2)), fleet(shard=Shard(1, 2)), "shard 1/2 is there twice"),
        (fleet(PROD, shard=Shard(1, 2)), fleet(shard=Shard(2, 3)), "the shards are of 2 and of 3"),
    ],
)
def test_what_cannot_be_told_apart_is_refused(first: Any, second: Any, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        merge([result("a.json", first), result("b.json", second)], NOW)


def test_nothing_is_no_green_report() -> None:
    with pytest.raises(UsageError, match="nothing to merge"):
        merge([], NOW)


def changed(**fields: object) -> bytes:
    return json.dumps({**document(PROD), **fields}).encode()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is no JSON"),
        (changed()[:-200], "is no JSON"),
        (b"\xff\xfe", "is no JSON"),
        (b"[" * 100_000, "is no JSON"),
        (b"[]", "is no report of keystone-check"),
        (b'{"clusters": []}', "is no report of keystone-check"),
        (changed(schema=SCHEMA + 1), f"has schema {SCHEMA + 1}, and this version knows {SCHEMA}"),
        (changed(exit_code=1), "it says exit code 1, and its outcomes make 0"),
        (changed(outcomes=[{}]), "is damaged: check is not there"),
        (changed(outcomes=None), "is damaged: outcomes is of another kind"),
        (changed(gathered_at=True), "is damaged: gathered_at is of another kind"),
        (changed(gathered_at=10**400), "is damaged: gathered_at is no time"),
        (changed(gathered_at=-1), "is damaged: gathered_at is no time"),
        (changed(clusters=[]), "is damaged: no cluster is in it"),
        (changed(cluster={"missing": None}), "is damaged: server is not there"),
        (changed(fail_on="always"), "is damaged: fail_on is 'always'"),
        (
            changed(clusters=[{"name": "x", "gap": "", "hint": ""}]),
            "is damaged: x has no report, and nothing",
        ),
        (changed(clusters=[], shard={"number": 7, "of": 5}), "is damaged: there is no shard 7/5"),
        (KeystoneError("cannot be read: No such file"), "cannot be read"),
    ],
)
def test_a_file_that_is_no_whole_report_says_so_costs_no_other_and_is_never_green(
    content: bytes | KeystoneError, said: str
) -> None:
    merged = merge([Result("bad.json", content), result("good.json", PROD)], NOW)
    assert said in lines(merged)["bad.json"]
    assert lines(merged)["prod"].startswith("Every link holds")
    assert (merged.exit_code, merged.name) == (3, "1 cluster")


def test_an_outcome_that_was_turned_from_broken_to_holds_is_noticed() -> None:
    forged = json.loads(json.dumps(document(TEST)).replace('"status": "broken"', '"status": "holds"'))
    assert "its outcomes make 0" in lines(merge([result("a.json", forged)], NOW))["a.json"]


def test_the_next_step_names_a_cluster_as_a_shell_takes_it() -> None:
    named = report("prod; reboot", one.defect(one.repair()))
    text = render(merge([result("a.json", named)], NOW), "text", SCREEN)
    assert "next: keystone-check --cluster 'prod; reboot' --fix" in text


def test_what_was_looked_at_too_long_ago_is_unseen_and_says_how_old_it_is() -> None:
    old = result("a.json", report("prod", ago=80 * HOUR))
    merged = merge([old], NOW)
    assert "was last looked at 3 days ago, and more than 36 h count as unseen" in lines(merged)["prod"]
    assert merged.exit_code == 3
    assert merge([old], NOW, max_age=100).exit_code == 0
    broken = report("test", one.defect(), ago=80 * HOUR)
    assert merge([result("a.json", broken)], NOW).exit_code == 1


def test_what_was_looked_at_in_the_future_is_unseen() -> None:
    merged = merge([result("a.json", report("prod", ago=-2 * HOUR))], NOW)
    assert (merged.exit_code, "2 h ahead" in lines(merged)["prod"]) == (3, True)


def test_a_cluster_that_is_expected_and_left_nothing_is_unseen() -> None:
    merged = merge([result("a.json", PROD)], NOW, expected=("prod", "test"))
    assert "there is no result of it" in lines(merged)["test"]
    assert merged.exit_code == 3


def test_what_was_let_pass_where_it_was_looked_at_passes_here() -> None:
    passed = report("prod", one.defect(), exit_zero=True)
    (member,) = merge([result("a.json", passed)], NOW).members
    assert (member.exit_code, member.verdict.word) == (0, "broken")


def test_help_and_merge_have_one_age() -> None:
    assert many.MAX_AGE == MAX_AGE


def test_a_gap_never_hides_what_is_broken() -> None:
    member = Member("prod", TEST, "is old")
    assert (member.exit_code, member.verdict.word) == (1, "broken")
