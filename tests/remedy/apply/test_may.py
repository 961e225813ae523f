"""Rights are asked for before the first write: of Kubernetes and of IAM, as far as they answer."""

import pytest

from keystone_check.model.aws import Caller
from keystone_check.model.change import SetAnnotation, SetBucketPolicy, SetTrustPolicy
from keystone_check.model.cluster import ROLE_ARN
from keystone_check.remedy.apply.may import Rights, principal, rights
from keystone_check.sandbox.ground import Ground
from keystone_check.sandbox.serve import serve
from keystone_check.sandbox.worlds import healthy
from tests.worlds import NOW


def asked(*denied: str) -> Rights:
    ground = Ground.make()
    world = healthy(ground, NOW)
    assert isinstance(world.caller, Caller)
    changes = (
        SetAnnotation("app", "api", ROLE_ARN, "a", "b"),
        SetTrustPolicy(f"arn:aws:iam::{ground.account}:role/api", "{}", "{}"),
        SetBucketPolicy("bucket", ground.region, None, "{}"),
    )
    with serve(world, ground, denied=denied) as serving:
        return rights(serving.access, world.caller.arn, changes)


def test_whoever_may_do_all_lacks_nothing() -> None:
    assert asked() == Rights()


def test_what_is_missing_is_named_with_what_it_is_missing_on() -> None:
    found = asked("iam:UpdateAssumeRolePolicy", "patch serviceaccounts")
    assert found.lacking[0] == "patch serviceaccounts app/api"
    assert found.lacking[1].startswith("iam:UpdateAssumeRolePolicy on arn:aws:iam::")
    assert found.unchecked == ()


def test_what_the_buckets_own_policy_may_allow_is_not_known_to_be_missing() -> None:
    assert asked("s3:PutBucketPolicy") == Rights()


def test_whoever_may_not_simulate_is_told_that_it_was_not_checked() -> None:
    found = asked("iam:SimulatePrincipalPolicy")
    assert found.lacking == ()
    (said,) = found.unchecked
    assert said.startswith("the rights in AWS: iam:SimulatePrincipalPolicy")


@pytest.mark.parametrize(
    ("caller", "source"),
    [
        ("arn:aws:iam::111122223333:user/a/b", "arn:aws:iam::111122223333:user/a/b"),
        ("arn:aws-cn:sts::111122223333:assumed-role/r/s", "arn:aws-cn:iam::111122223333:role/r"),
        ("arn:aws:iam::111122223333:root", ""),
        ("", ""),
    ],
)
def test_a_session_is_simulated_by_its_role_and_the_root_by_nobody(caller: str, source: str) -> None:
    assert principal(caller) == source
