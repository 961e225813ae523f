"""What a plan no longer meets is named before anything is written; what is written already is no obstacle."""

import pytest

from keystone_check.errors import ApplyError
from keystone_check.model.change import Change, SetAnnotation
from keystone_check.model.cluster import AUDIENCE, ROLE_ARN
from keystone_check.remedy.apply.stale import stale
from keystone_check.sandbox.ground import Ground
from keystone_check.sandbox.serve import serve
from keystone_check.sandbox.worlds import healthy
from tests.worlds import NOW


def told(*changes: Change) -> tuple[str, ...]:
    ground = Ground.make()
    with serve(healthy(ground, NOW), ground) as serving:
        return stale(serving.access, changes)


def test_what_stands_as_planned_or_as_it_would_be_written_is_not_stale() -> None:
    ground = Ground.make()
    arn = f"arn:aws:iam::{ground.account}:role/api"
    planned, done = (
        SetAnnotation("app", "api", AUDIENCE, None, "a"),
        SetAnnotation("app", "api", ROLE_ARN, "x", arn),
    )
    with serve(healthy(ground, NOW), ground) as serving:
        assert stale(serving.access, (planned, done)) == ()


def test_what_has_changed_is_named_with_both_values() -> None:
    (said,) = told(SetAnnotation("app", "api", AUDIENCE, "old", "new"))
    assert "planned over old, found nothing" in said


def test_of_two_writes_to_one_address_the_first_meets_what_stands_there() -> None:
    first, second = (SetAnnotation("app", "api", AUDIENCE, *pair) for pair in ((None, "a"), ("a", "b")))
    assert told(first, second) == ()
    assert len(told(second, first)) == 1


def test_what_has_vanished_is_said_as_such() -> None:
    with pytest.raises(ApplyError, match="gone/gone"):
        told(SetAnnotation("gone", "gone", AUDIENCE, None, "a"))
