"""A change in words that a careful engineer can say yes or no to."""

import json

import pytest

from keystone_check.model.change import (
    Change,
    PutDocument,
    SetAnnotation,
    SetBucketPolicy,
    SetBucketPublicAccess,
    SetClientIds,
)
from keystone_check.model.cluster import ROLE_ARN
from keystone_check.model.creation import CreateProvider
from keystone_check.remedy.describe import diff, title
from tests.remedy.build import BUCKET, ISSUER, KEY_SET_KEY, OPEN, PROVIDER, REGION, ROLE, SHUT, trust
from tests.remedy.test_plan import IN_ORDER


@pytest.mark.parametrize("change", IN_ORDER, ids=lambda change: type(change).__name__)
def test_every_change_has_a_title_of_one_line_and_a_diff(change: Change) -> None:
    assert title(change)
    assert "\n" not in title(change)
    lines = diff(change)
    assert any(line.startswith("+") and not line.startswith("+++") for line in lines)
    assert all("\n" not in line for line in lines)


def test_a_client_id_is_named_with_its_invisible_characters() -> None:
    change = SetClientIds(PROVIDER, ("sts\u200b",), ("sts",))
    assert title(change) == f"add client id 'sts', remove client id 'sts\\u200b' of {PROVIDER}"


def test_a_policy_is_shown_member_by_member() -> None:
    before = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "a"}]})
    after = before.replace('"a"', '"b"')
    assert diff(trust(after, before)) == (
        "--- now",
        "+++ after",
        "@@ -3,7 +3,7 @@",
        '   "Statement": [',
        "     {",
        '       "Effect": "Allow",',
        '-      "Action": "a"',
        '+      "Action": "b"',
        "     }",
        "   ]",
        " }",
    )


def test_one_setting_of_a_public_access_block_is_one_line() -> None:
    lines = diff(SetBucketPublicAccess(BUCKET, REGION, SHUT, OPEN))
    changed = [line for line in lines if line[0] in "+-" and line[:3] not in ("+++", "---")]
    assert changed == [
        '-  "BlockPublicPolicy": true,',
        '-  "RestrictPublicBuckets": true',
        '+  "BlockPublicPolicy": false,',
        '+  "RestrictPublicBuckets": false',
    ]


def test_a_text_that_differs_in_spaces_alone_is_shown_as_it_is() -> None:
    lines = diff(PutDocument(BUCKET, REGION, KEY_SET_KEY, '{"a":1}', '{"a": 1}', "application/json"))
    assert lines[-2:] == ('-{"a":1}', '+{"a": 1}')


def test_a_member_that_is_named_twice_does_not_vanish_from_sight() -> None:
    twice = '{"a": 1, "a": 2}'
    assert f"-{twice}" in diff(SetBucketPolicy(BUCKET, REGION, twice, '{"a": 2}'))


def test_what_is_created_is_all_new() -> None:
    lines = diff(CreateProvider(PROVIDER, ISSUER, ("sts.amazonaws.com",), ()))
    assert not [line for line in lines if line.startswith("-") and line != "--- now"]
    assert f'+  "Url": "{ISSUER}",' in lines


def test_an_annotation_is_shown_with_its_name() -> None:
    lines = diff(SetAnnotation("app", "api", ROLE_ARN, None, ROLE))
    assert lines[-1] == f"+{ROLE_ARN}: {ROLE}"
