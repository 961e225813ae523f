"""What the fixtures say of the operators' roles."""

from keystone_check.fixtures.operating import Operating
from tests.sandbox.worlds import healthy_world, world_with


def test_what_is_missing_and_too_much_is_named_and_explained() -> None:
    karpenter = Operating(world_with("karpenter-was-upgraded-to-1-7-alone"), "karpenter")
    assert karpenter.missing == ("iam:ListInstanceProfiles",)
    assert "eks:DescribeCluster" in karpenter.excess
    (said,) = karpenter.explain("iam:ListInstanceProfiles")
    assert "no statement allows it" in said
    assert all("allows it" in it for it in karpenter.explain("iam:PassRole"))


def test_each_operator_has_its_own() -> None:
    assert Operating(world_with("ack-may-not-tag-buckets"), "ack").missing[:1] == ("s3:ListTagsForResource",)
    assert Operating(world_with("ack-may-not-tag-buckets"), "karpenter").missing == ()


def test_without_operators_there_is_nothing() -> None:
    nobody = Operating(healthy_world(), "karpenter")
    assert (nobody.missing, nobody.excess, nobody.explain("iam:PassRole")) == ((), (), ())
