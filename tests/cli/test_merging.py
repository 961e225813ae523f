from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from keystone_check.cli.doors import Doors, Found
from keystone_check.model.access import Access
from tests.cli.build import Outside, audience_check, command
from tests.reports import build as one
from tests.reports.fleet.build import HOUR, report, result
from tests.worlds import NOW


@dataclass
class Bucket(Outside):
    """Files and objects, and what was put among them."""

    kept: dict[str, bytes] = field(default_factory=dict)
    reached: list[Access] = field(default_factory=list)

    def doors(self) -> Doors:
        return replace(
            super().doors(),
            results=self.results,
            file=self.file,
            now=lambda: float(NOW),
            configured=lambda: ("prod", "test"),
        )

    def results(self, name: str, access: Access) -> Iterable[Found]:
        self.reached.append(access)
        return [(where, content) for where, content in self.kept.items() if where.startswith(name)]

    def file(self, access: Access, address: str, content: bytes, format: str) -> None:
        self.reached.append(access)
        self.kept[address] = content


def bucket(**reports: object) -> Bucket:
    kept = {}
    for name, each in reports.items():
        content = result(name, each).content  # type: ignore[arg-type]  # reports all
        assert isinstance(content, bytes)
        kept[f"s3://trust/nightly/{name}.json"] = content
    return Bucket([audience_check()], kept=kept)


def test_what_every_cluster_left_in_a_bucket_is_one_report() -> None:
    there = bucket(prod=report("prod"), test=report("test", one.defect()))
    ran = command(
        there, "--all", "--merge", "s3://trust/nightly/", "--profile", "reader", "--region", "eu-west-1"
    )
    assert (ran.code, there.opened) == (1, [])
    assert "✓ prod: Every link holds" in ran.out
    assert "✗ test: Broken at provider" in ran.out
    assert {(access.profile, access.region) for access in there.reached} == {("reader", "eu-west-1")}


def test_a_configured_cluster_that_left_nothing_and_an_old_result_are_not_green() -> None:
    there = bucket(prod=report("prod", ago=50 * HOUR))
    ran = command(there, "--all", "--merge", "s3://trust/", "--format", "short")
    assert ran.code == 3
    assert "UNSEEN prod: was last looked at 2 days ago" in ran.out
    assert "UNSEEN test: there is no result of it" in ran.out
    assert command(there, "--merge", "s3://trust/", "--max-age", "72h").code == 0


def test_an_empty_prefix_is_an_error() -> None:
    ran = command(bucket(), "--merge", "s3://trust/nightly/")
    assert (ran.code, "nothing to merge" in ran.err) == (2, True)


def test_a_look_puts_its_report_into_the_bucket_and_prints_none() -> None:
    there = bucket()
    ran = command(there, "--cluster", "prod", "--format", "json", "--output", "s3://trust/nightly/prod.json")
    assert (ran.code, ran.out) == (1, "")
    assert list(there.kept) == ["s3://trust/nightly/prod.json"]
    ran = command(there, "--merge", "s3://trust/nightly/")
    assert (ran.code, "✗ prod: Broken at provider" in ran.out) == (1, True)
