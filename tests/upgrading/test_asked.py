import pytest

from keystone_check.errors import UsageError
from keystone_check.operators.version import Version
from keystone_check.upgrading.asked import Asked, asked, asked_for


@pytest.mark.parametrize(
    ("word", "found"),
    [
        ("karpenter=1.14", Asked("karpenter", Version(1, 14), False)),
        ("karpenter=v1.14.1", Asked("karpenter", Version(1, 14, 1), True)),
        ("kubernetes=1.36.2+k3s1", Asked("kubernetes", Version(1, 36, 2), True)),
        ("ack-s3=1.10", Asked("ack-s3", Version(1, 10), False)),
    ],
)
def test_a_target_is_a_product_and_its_version(word: str, found: Asked) -> None:
    assert asked([word]) == (found,)
    assert asked([str(found)]) == (found,)


@pytest.mark.parametrize(
    ("word", "hint"),
    [
        ("", "write product=version"),
        ("karpenter", "write product=version"),
        ("=1.14", "write product=version"),
        ("karpenter=", "write product=version"),
        ("karpenter=latest", "write product=version"),
        ("karpenter=1", "write product=version"),
        ("karpenter=1.x", "write product=version"),
        ("karpenter=1.14=1", "write product=version"),
        ("karpenter= 1.14", "write product=version"),
        ("karpenter=1.14\n", "write product=version"),
        ("karpenter=1.99999999999", "write product=version"),
        ("karpentr=1.14", "did you mean karpenter?"),
        ("ack-s33=1.0", "did you mean ack-s3"),
    ],
)
def test_what_is_no_target_is_refused_with_the_next_step(word: str, hint: str) -> None:
    with pytest.raises(UsageError) as refused:
        asked([word])
    assert hint in refused.value.hint


def test_a_product_is_named_once() -> None:
    with pytest.raises(UsageError, match="names karpenter 2 times"):
        asked(["karpenter=1.13", "karpenter=1.14"])


def test_the_command_line_comes_before_the_configuration_and_now_clears_both() -> None:
    assert asked_for((), ["karpenter=1.14"]) == asked(["karpenter=1.14"])
    assert asked_for(["ack-s3=1.10"], ["karpenter=1.14"]) == asked(["ack-s3=1.10"])
    assert asked_for(["now"], ["karpenter=1.14"]) == ()
