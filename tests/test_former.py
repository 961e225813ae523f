"""Snapshots of every schema are read for ever, and nothing passes for seen that they did not hold."""

from pathlib import Path

import pytest

from keystone_check import snapshot
from keystone_check.diagnosis import diagnose
from keystone_check.former import MIGRATIONS, OLDER
from keystone_check.model.facts import Absent, Missing, Subjects
from keystone_check.model.finding import Status
from keystone_check.targets import Bench

FOLDER = Path(__file__).parents[1] / "fixtures" / "snapshots"
FILES = sorted(FOLDER.glob("schema-*.json"))


def test_every_schema_has_a_file() -> None:
    named = {int(path.stem.split("-")[1]) for path in FILES}
    assert named == set(range(1, snapshot.SCHEMA + 1))
    assert set(MIGRATIONS) == set(range(1, snapshot.SCHEMA))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_file_of_any_schema_is_judged_and_breaks_nothing_by_its_age(path: Path) -> None:
    diagnosis = diagnose(snapshot.read(path), Bench().checks)
    assert diagnosis.broken == ()
    assert diagnosis.having(Status.CRASHED) == ()
    assert len(diagnosis.having(Status.HOLDS)) > 100


def test_what_a_former_look_did_not_read_is_missing_with_the_reason() -> None:
    world = snapshot.read(FOLDER / "schema-1-first.json")
    assert world.webhooks == Missing("webhooks", OLDER)
    assert world.answers == Absent("answers", OLDER)
    assert isinstance(world.chains, Subjects)
    assert [chain.because for _, chain in world.chains if isinstance(chain, Missing)] == [OLDER]


def test_what_it_did_read_is_there() -> None:
    world = snapshot.read(FOLDER / "schema-1-last.json")
    assert not isinstance(world.accounts, Missing)
    assert [name for name, _ in world.accounts] == [
        "ack-system/ack-s3-controller",
        "app/api",
        "karpenter/karpenter",
    ]
    assert not isinstance(world.clocks, Missing)
