from collections.abc import Mapping
from dataclasses import dataclass

import pytest

from keystone_check.codec import decode, encode
from keystone_check.errors import KeystoneError
from keystone_check.model.facts import Absent


@dataclass(frozen=True)
class Tagged:
    tags: Mapping[str, str] | Absent


@pytest.mark.parametrize("tags", [{}, {"a": "b"}, Absent("tags", "there are none")])
def test_a_mapping_and_a_class_in_its_place_are_told_apart(tags: Mapping[str, str] | Absent) -> None:
    assert decode(encode(Tagged(tags), Tagged), Tagged, "holds") == Tagged(tags)


def test_damage_is_told_with_its_place() -> None:
    data = {"is": "Tagged", "tags": {"a": 1}}
    with pytest.raises(KeystoneError, match=r"damaged at holds\.tags\.a: 1 where str belongs"):
        decode(data, Tagged, "holds")
