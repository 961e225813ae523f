import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keystone_check.iam.oidc import (
    Discovery,
    Unreadable,
    discovery_document,
    discovery_url,
    issuer_problem,
    public_url_problem,
    read_discovery,
)

ISSUER = "https://b-1.s3.eu-west-1.amazonaws.com/path"


@pytest.mark.parametrize(
    ("url", "said"),
    [
        (ISSUER, ""),
        ("https://oidc.example.org/", ""),
        ("", "it is empty"),
        ("oidc.example.org", "it has no https://"),
        ("http://oidc.example.org", "it is not an https URL (scheme 'http')"),
        ("HTTPS://oidc.example.org", "it is not an https URL"),
        ("https://", "it names no host"),
        ("https://[::1", "it is not a URL"),
        ("https://oidc.example.org:6443", "it names the port 6443"),
        ("https://oidc.example.org?x=1", "it has a query"),
        ("https://oidc.example.org#x", "it has a fragment"),
        ("https://user:word@oidc.example.org", "it holds a user name or password"),
        ("https://oidc.example.org ", "white space or an invisible character"),
        ("https://oidc.example.org/\u200b", "white space or an invisible character"),
        ("https://10.0.0.5", "its host 10.0.0.5 is an IP address"),
        ("https://127.1", "its host 127.1 is an IP address"),
        ("https://[::1]", "its host ::1 is an IP address"),
        ("https://kubernetes", "has no dot"),
        ("https://kubernetes.default.svc", "ends in .svc"),
        ("https://kubernetes.default.svc.cluster.local", "ends in .local"),
        ("https://oidc.corp.internal", "ends in .internal"),
        ("https://oidc.localhost.", "ends in .localhost"),
        ("https://oidc.example.org/" + "x" * 231, "it has 256 characters"),
        ("https://oidc.example.org/.well-known/openid-configuration", "which AWS appends itself"),
    ],
)
def test_an_issuer_that_aws_refuses_is_told_by_the_rule_that_it_breaks(url: str, said: str) -> None:
    problem = issuer_problem(url)
    assert said in problem
    assert bool(problem) == bool(said)


@pytest.mark.parametrize("url", ["https://keys.example.org:8443/jwks?v=1", ISSUER])
def test_a_key_sets_address_may_have_port_and_query(url: str) -> None:
    assert public_url_problem(url) == ""


@given(st.text())
def test_no_text_escapes_as_an_exception(text: str) -> None:
    assert isinstance(issuer_problem(text), str)
    assert isinstance(read_discovery(text), Unreadable | Discovery)


@pytest.mark.parametrize("issuer", [ISSUER, ISSUER + "/"])
def test_the_document_lies_below_the_issuers_path(issuer: str) -> None:
    assert discovery_url(issuer) == ISSUER + "/.well-known/openid-configuration"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "it is empty"),
        ("<html>", "it is an HTML page"),
        ("<Error><Code>NoSuchKey</Code></Error>", "it is S3's error NoSuchKey"),
        ("[]", "it is an empty list"),
        ("{}", "it is an empty object"),
        ('{"issuer": "a", "issuer": "b"}', '"issuer" stands in it twice'),
        ('{"jwks_uri": "x"}', "it has no issuer"),
        ('{"issuer": 3, "jwks_uri": "x"}', "it has no issuer"),
        ('{"issuer": "x"}', "it has no jwks_uri"),
    ],
)
def test_what_is_no_discovery_document_is_told(text: str, said: str) -> None:
    assert read_discovery(text) == Unreadable(said)


def test_the_document_to_publish_has_all_that_aws_asks_for() -> None:
    written = discovery_document(ISSUER, ISSUER + "/keys.json", ("RS256", "RS256", "ES256"))
    read = read_discovery(written)
    assert isinstance(read, Discovery)
    assert (read.issuer, read.jwks_uri) == (ISSUER, ISSUER + "/keys.json")
    assert read.algorithms == ("RS256", "ES256")
    assert read.problems == ()


def test_what_kubernetes_leaves_out_is_a_problem_that_is_told() -> None:
    document = json.loads(discovery_document(ISSUER, ISSUER, ("EdDSA",)))
    del document["claims_supported"]
    read = read_discovery(json.dumps(document))
    assert isinstance(read, Discovery)
    assert [problem.split()[0] for problem in read.problems] == [
        "claims_supported",
        "id_token_signing_alg_values_supported",
    ]
