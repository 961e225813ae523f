"""What is recorded is the same on every run and tells no secret."""

import base64
import json

import pytest

from tests.reality.redaction import recorded, redacted
from tests.reality.wire import Answer, Json, Memory

CLAIMS = {
    "iat": 1000,
    "nbf": 1000,
    "exp": 4600,
    "jti": "d9428888-122b-11e1-b85c-61cd3cbb3210",
    "kubernetes.io": {},
}


def part(value: Json) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


def token() -> str:
    """A token's form, signed by nobody."""
    return f"{part({'alg': 'RS256', 'kid': 'a-key'})}.{part(CLAIMS)}.c2lnbmF0dXJl"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("no pods at 127.0.0.1:6443", "no pods at <address>"),
        ("the UID d9428888-122b-11e1-b85c-61cd3cbb3210 in record", "the UID <uid> in record"),
        ({"creationTimestamp": "2026-01-02T03:04:05Z"}, {"creationTimestamp": "<time>"}),
        ({"resourceVersion": "12", "continue": ""}, {"resourceVersion": "<resourceVersion>", "continue": ""}),
        ({"metadata": {"managedFields": [1], "name": "api"}}, {"metadata": {"name": "api"}}),
        (["kube-api-access-x7k2p"], ["kube-api-access-<random>"]),
        (
            ["system:serviceaccount:keystone:api", 3607, None],
            ["system:serviceaccount:keystone:api", 3607, None],
        ),
    ],
)
def test_what_changes_from_run_to_run_becomes_a_placeholder(value: Json, expected: Json) -> None:
    assert redacted(value) == expected


def test_a_token_is_gone_wherever_it_stands() -> None:
    assert redacted({"spec": {"token": token()}, "message": f"got {token()}."}) == {
        "spec": {"token": "<token>"},
        "message": "got <token>.",
    }


def test_a_minted_token_is_told_by_its_header_and_claims() -> None:
    told = recorded(Answer(201, {"date": "today"}, {"status": {"token": token()}}))
    assert told == {
        "status": 201,
        "headers": {},
        "body": {"status": {"token": "<token>"}},
        "token": {
            "header": {"alg": "RS256", "kid": "<kid>"},
            "claims": {
                "iat": "<iat>",
                "nbf": "<iat>",
                "exp": "<iat + 3600>",
                "jti": "<uid>",
                "kubernetes.io": {},
            },
        },
    }


def test_an_answer_does_not_print_its_body() -> None:
    assert token() not in repr(Answer(201, {"warning": token()}, {"status": {"token": token()}}))


def test_later_requests_may_name_what_an_answer_gave() -> None:
    memory = Memory()
    memory.learn(
        Answer(200, {}, {"metadata": {"uid": "u-1", "continue": "a/b"}, "status": {"token": token()}})
    )
    assert memory.fill({"uid": "<uid>", "list": ["<token>", "<resourceVersion>"]}) == {
        "uid": "u-1",
        "list": [token(), "<resourceVersion>"],
    }
    assert memory.fill_path("/pods?continue=<continue>") == "/pods?continue=a%2Fb"
