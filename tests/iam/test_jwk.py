import json
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keystone_check.iam.jwk import Jwk, KeySet, Unreadable, merge_key_sets, read_key_set

RFC_7638 = {
    "kty": "RSA",
    "n": (
        "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWK"
        "RXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMic"
        "AtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3"
        "XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw"
    ),
    "e": "AQAB",
    "alg": "RS256",
    "kid": "2011-04-29",
}


def key_set(*keys: Mapping[str, object]) -> str:
    return json.dumps({"keys": list(keys)})


def keys(text: str) -> tuple[Jwk, ...]:
    read = read_key_set(text)
    assert isinstance(read, KeySet)
    return read.keys


def key(**members: object) -> Jwk:
    return keys(key_set({**RFC_7638, **members}))[0]


def test_the_thumbprint_is_the_one_that_the_rfc_prints() -> None:
    assert key().thumbprint == "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs"


def test_the_thumbprint_depends_on_the_key_alone() -> None:
    assert key(kid="other", use="sig", x5t="x").thumbprint == key().thumbprint
    assert key(e="Aw").thumbprint != key().thumbprint


def test_private_members_are_told_by_name_and_dropped() -> None:
    read = key(d="c2VjcmV0", p="c2VjcmV0")
    assert read.problems == ("it publishes the private members d, p",)
    assert "c2VjcmV0" not in repr(read)


@pytest.mark.parametrize(
    ("members", "algorithm", "expected"),
    [
        ({}, "RS256", True),
        ({}, "RS512", False),
        ({"alg": None}, "RS512", True),
        ({"use": "enc"}, "RS256", False),
        ({"alg": None}, "ES256", False),
        ({"key_ops": ["verify"]}, "RS256", True),
        ({"key_ops": ["sign"]}, "RS256", False),
        ({"key_ops": "verify"}, "RS256", False),
        ({"alg": None}, "HS256", False),
        ({"alg": None}, "none", False),
        ({"alg": None, "kty": "EC", "crv": "P-256"}, "ES256", True),
        ({"alg": None, "kty": "EC", "crv": "P-384"}, "ES256", False),
    ],
)
def test_type_and_curve_are_bound_to_the_algorithm(
    members: dict[str, object], algorithm: str, expected: bool
) -> None:
    assert key(**members).serves(algorithm) is expected


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "it is empty"),
        ("<html>", "it is an HTML page"),
        ("[]", "it is an empty list"),
        ("{}", "it is an empty object"),
        ('{"keys": {}}', 'it has no list "keys"'),
        ('{"keys": [3]}', "keys[0] is a number, not a key"),
        ('{"keys": [{}]}', "keys[0] is an object without kty, not a key"),
        ('{"keys": [{"kty": "RSA", "kty": "EC"}]}', '"kty" stands twice in keys[0]'),
    ],
)
def test_what_is_no_key_set_is_told(text: str, said: str) -> None:
    assert read_key_set(text) == Unreadable(said)


def test_no_kid_is_another_thing_than_an_empty_one() -> None:
    without = {name: value for name, value in RFC_7638.items() if name != "kid"}
    (none,), (empty,) = keys(key_set(without)), keys(key_set({**without, "kid": ""}))
    assert (none.kid, none.named) == ("", False)
    assert (empty.kid, empty.named) == ("", True)


def test_merged_key_sets_hold_each_key_once_in_order() -> None:
    second = {**RFC_7638, "kid": "b", "e": "Aw", "d": "c2VjcmV0"}
    merged = keys(merge_key_sets((key_set(RFC_7638), key_set({**RFC_7638, "kid": "c"}, second), "<html>")))
    assert [read.kid for read in merged] == ["2011-04-29", "b"]
    assert all(read.problems == () for read in merged)


def test_of_two_keys_under_one_kid_the_first_stays() -> None:
    merged = keys(merge_key_sets((key_set(RFC_7638, {**RFC_7638, "e": "Aw"}),)))
    assert [read.thumbprint for read in merged] == [key().thumbprint]


def test_the_form_with_a_kid_replaces_the_form_without() -> None:
    without = {name: value for name, value in RFC_7638.items() if name != "kid"}
    merged = keys(merge_key_sets((key_set(without), key_set(RFC_7638))))
    assert [read.kid for read in merged] == ["2011-04-29"]


def test_merging_again_changes_nothing() -> None:
    once = merge_key_sets((key_set(RFC_7638, {**RFC_7638, "kid": "b", "e": "Aw"}),))
    assert merge_key_sets((once, once)) == once


def test_far_more_keys_than_aws_takes_are_not_looked_at() -> None:
    assert len(keys(key_set(*[RFC_7638] * 1000))) == 1000
    assert read_key_set(key_set(*[RFC_7638] * 1001)) == Unreadable(
        "it holds 1001 keys, and AWS takes 100 of a type"
    )


@given(st.text())
def test_no_text_escapes_as_an_exception(text: str) -> None:
    assert isinstance(read_key_set(text), Unreadable | KeySet)
