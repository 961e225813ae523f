"""What a change asks for is known before it is written."""

import pytest

from keystone_check.model.change import Change, SetClientIds
from keystone_check.remedy.apply import rights
from keystone_check.remedy.apply.rights import needed
from tests.remedy.build import PROVIDER
from tests.remedy.test_plan import IN_ORDER


@pytest.mark.parametrize("change", IN_ORDER, ids=lambda change: type(change).__name__)
def test_every_change_reads_before_it_writes(change: Change) -> None:
    first, *rest = needed(change)
    asked = first.permission if hasattr(first, "permission") else first.name.partition(":")[2]
    assert asked.startswith(("get ", "Get", "Head"))
    assert rest


def test_only_what_is_removed_asks_for_the_right_to_remove() -> None:
    assert rights.REMOVE_CLIENT_ID not in needed(SetClientIds(PROVIDER, ("a",), ("a", "b")))
    assert rights.ADD_CLIENT_ID not in needed(SetClientIds(PROVIDER, ("a", "b"), ("a",)))
