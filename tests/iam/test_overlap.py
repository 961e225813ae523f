import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keystone_check.iam.overlap import can_be

BUCKET = "arn:${Partition}:s3:::${BucketName}"
OBJECT = f"{BUCKET}/${{ObjectName}}"
ROLE = "arn:${Partition}:iam::${Account}:role/${RoleNameWithPath}"
PARAMETER = "arn:${Partition}:ssm:${Region}:${Account}:parameter/${Name}"
IMAGE = "arn:${Partition}:ec2:${Region}::image/${ImageId}"


@pytest.mark.parametrize(
    ("resource", "arn", "closed", "fits"),
    [
        ("*", ROLE, "", True),
        ("arn:aws:s3:::b", BUCKET, "/", True),
        ("arn:aws:s3:::b/k", BUCKET, "/", False),
        ("arn:aws:s3:::b/k", BUCKET, "", True),
        ("arn:aws:s3:::b*", BUCKET, "/", True),
        ("arn:aws:s3:::b/*", BUCKET, "/", False),
        ("arn:aws:s3:::b/*", OBJECT, "", True),
        ("arn:aws:s3:::b", OBJECT, "", False),
        ("arn:aws:s3:::", BUCKET, "", False),
        ("arn:aws:s3*", OBJECT, "", True),
        ("arn:aws:iam::111122223333:role/a/b", ROLE, "", True),
        ("arn:aws:iam::111122223333:rol?/x", ROLE, "", True),
        ("arn:aws:iam::111122223333:rol/?", ROLE, "", False),
        ("arn:aws:iam::${aws:PrincipalAccount}:role/${aws:username}", ROLE, "", True),
        ("arn:aws:iam::111122223333:user/x", ROLE, "", False),
        ("arn:aws:ssm:us-east-1::parameter/aws/service/*", PARAMETER, "", True),
        ("arn:aws:ec2:*:*:image/*", IMAGE, "", True),
        ("arn:aws:ec2:us-east-1:111122223333:image/*", IMAGE, "", False),
    ],
)
def test_a_resource_is_of_a_format_when_some_arn_fits_both(
    resource: str, arn: str, closed: str, fits: bool
) -> None:
    assert can_be(resource, arn, closed) is fits


LETTERS = st.text(alphabet="ab/", min_size=1, max_size=6)


@given(LETTERS, st.text(alphabet="ab/*?", min_size=1, max_size=6))
def test_a_resource_that_matches_an_arn_of_the_format_is_of_it(name: str, pattern: str) -> None:
    wanted = "".join({"*": ".*", "?": "."}.get(letter, re.escape(letter)) for letter in pattern)
    if re.fullmatch(wanted, f"x/{name}"):
        assert can_be(f"arn:aws:s:::{pattern}", "arn:${Partition}:s:::x/${Name}")


@given(LETTERS, LETTERS)
def test_without_wildcards_it_is_of_the_format_exactly_when_it_has_its_form(name: str, start: str) -> None:
    fits = can_be(f"arn:aws:s:::{name}", f"arn:${{Partition}}:s:::{start}${{Name}}")
    assert fits is (name.startswith(start) and len(name) > len(start))
