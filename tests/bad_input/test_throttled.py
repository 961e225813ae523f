"""AWS refuses requests that come too fast: a short while is waited for, a long one is told."""

from collections.abc import Collection, Mapping

import pytest

from tests.bad_input.looking import CHAIN, Judged, judged, served

ALWAYS = range(1, 10_000)
SLOW_DOWN = "SlowDown: Please reduce your request rate."
RATE = "Throttling: Rate exceeded"


def while_throttled(throttled: Mapping[str, Collection[int]]) -> Judged:
    with served(throttled=throttled) as serving:
        return judged(serving.access)


@pytest.mark.parametrize("service", ["s3", "iam"])
def test_a_request_that_comes_too_soon_is_made_again(service: str) -> None:
    found = while_throttled({service: {1, 3}})
    assert found.code == 0
    assert found.checks("holds") == CHAIN


def test_what_s3_throttles_for_good_is_blocked_with_s3s_word_and_the_rest_is_judged() -> None:
    found = while_throttled({"s3": ALWAYS, "s3control": ALWAYS})
    assert found.code == 3
    assert "broken" not in set().union(*found.statuses.values())
    assert {"bucket_belongs_to_the_account", "acls_are_disabled"} <= found.checks("blocked")
    assert {"role_exists", "provider_exists", "sts_accepts_the_token"} <= found.checks("holds")
    assert any(SLOW_DOWN in said and "try again later" in said for said in found.messages)


def test_what_iam_throttles_for_good_is_blocked_with_iams_word_and_the_rest_is_judged() -> None:
    found = while_throttled({"iam": ALWAYS})
    assert found.code == 3
    assert "broken" not in set().union(*found.statuses.values())
    assert {"role_exists", "provider_exists", "client_ids_are_clean"} <= found.checks("blocked")
    assert {"policy_opens_exactly_the_documents", "key_set_is_public"} <= found.checks("holds")
    assert any(RATE in said and "try again later" in said for said in found.messages)


def test_a_single_setting_that_is_throttled_blocks_what_needs_it_and_no_more() -> None:
    found = while_throttled({"organizations": ALWAYS})
    assert found.checks("blocked") == {"organization_permits_public_policies"}
