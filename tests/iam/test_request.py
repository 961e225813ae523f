from keystone_check.iam.request import AwsPrincipal, Unknown
from tests.iam.builders import request


def test_keys_are_not_case_sensitive() -> None:
    asked = request(aws__UserName="ann", unknown=("aws:source*",))
    assert asked.values("AWS:username") == ("ann",)
    assert asked.values("aws:other") == ()
    assert asked.values("AWS:SourceIp") == Unknown("the value of AWS:SourceIp is not known here")


def test_a_known_value_stands_before_what_is_unknown() -> None:
    assert request(aws__x="1", unknown=("aws:*",)).values("aws:x") == ("1",)


def test_the_account_is_part_of_the_arn() -> None:
    assert AwsPrincipal("arn:aws:sts::111122223333:assumed-role/api/s").account == "111122223333"
    assert AwsPrincipal("nonsense").account == ""
