"""keystone-check --why."""

import io
import json
import subprocess
import sys

import pytest

from keystone_check.cli.main import main

KEY = "Couldn't retrieve verification key from your identity provider"
NO_PROVIDER = "No OpenIDConnect provider found in your account for https://other.example.com"
AUDIENCE = "InvalidIdentityToken: Incorrect token audience"
DENIED = "Not authorized to perform sts:AssumeRoleWithWebIdentity"


def why(text: str, *argv: str, stdin: str = "", width: str = "80") -> tuple[int, str]:
    out, err = io.StringIO(), io.StringIO()
    code = main(["--why", text, *argv], out, err, io.StringIO(stdin), {"COLUMNS": width})
    assert err.getvalue() == ""
    return code, out.getvalue()


def checks(text: str, fault: str) -> tuple[int, set[str]]:
    """The exit code, and the checks behind the causes that hold."""
    code, said = why(text, "--cluster", f"sandbox:{fault}", "--format", "json")
    holding = [cause for cause in json.loads(said)["causes"] if cause["state"] == "holds"]
    return code, {found["check"] for cause in holding for found in cause["findings"]}


@pytest.mark.parametrize(
    ("text", "fault", "check"),
    [
        (KEY, "discovery-document-is-missing", "discovery_document_is_public"),
        (KEY, "discovery-document-is-html", "discovery_document_is_public"),
        (KEY, "bucket-is-blocked", "public_access_block_permits_the_policy"),
        (KEY, "policy-is-missing", "policy_opens_exactly_the_documents"),
        (KEY, "jwks-uri-is-private", "jwks_uri_is_public_https"),
        (KEY, "key-set-is-missing", "key_set_is_public"),
        (KEY, "signing-key-was-rotated", "signing_key_is_published"),
        (KEY, "server-has-a-key-of-its-own", "api_servers_sign_with_the_same_keys"),
        (KEY, "published-issuer-ends-in-a-slash", "published_issuer_is_the_tokens"),
        (NO_PROVIDER, "provider-is-missing", "provider_exists"),
        (NO_PROVIDER, "provider-ends-in-a-slash", "provider_exists"),
        (NO_PROVIDER, "issuer-ends-in-a-slash", "issuer_has_no_trailing_slash"),
        (AUDIENCE, "audience-is-not-registered", "audience_is_registered"),
        (AUDIENCE, "token-has-two-audiences", "token_has_one_audience"),
        (AUDIENCE, "token-names-an-authorized-party", "token_names_no_authorized_party"),
        (
            "HTTPS certificate doesn't match configured thumbprint",
            "leaf-is-pinned",
            "thumbprint_matches_where_used",
        ),
        (DENIED, "trust-names-another-provider", "trust_names_the_provider"),
        (DENIED, "trust-names-another-namespace", "trust_pins_the_subject"),
        (DENIED, "trust-names-another-audience", "trust_pins_the_audience"),
        (DENIED, "role-is-missing", "role_exists"),
    ],
)
def test_a_cluster_tells_the_causes_apart(text: str, fault: str, check: str) -> None:
    code, found = checks(text, fault)
    assert code == 1
    assert check in found


def test_0_for_what_is_explained() -> None:
    code, said = why(KEY)
    assert code == 0
    assert "too_many" not in said
    assert "more than 100 keys" in said


def test_0_where_no_cause_holds_on_the_cluster() -> None:
    code, said = why(AUDIENCE, "--cluster", "sandbox")
    assert code == 0
    assert "Excluded here" in said


def test_3_for_what_is_not_recognised() -> None:
    code, said = why("the disk is full")
    assert code == 3
    assert said.startswith("Not recognised")


def test_2_for_nothing_to_explain_and_for_another_format() -> None:
    for argv in (["--why", " "], ["--why", KEY, "--format", "sarif"]):
        assert main(argv, io.StringIO(), io.StringIO(), io.StringIO(""), {}) == 2


def test_the_text_may_come_from_standard_input() -> None:
    assert why("-", stdin=KEY) == why(KEY)


def test_the_issuer_in_the_text_is_compared_with_the_clusters() -> None:
    _, said = why(NO_PROVIDER, "--cluster", "sandbox")
    words = " ".join(said.split())
    assert "https://other.example.com, is not this cluster's, which is https://keystone-oidc-" in words


@pytest.mark.parametrize("width", [60, 80, 200])
def test_prose_keeps_to_the_screen(width: int) -> None:
    _, said = why(KEY, width=str(width))
    assert all(len(line) <= width or len(line.split()) == 1 for line in said.splitlines())


def test_no_secret_of_the_text_is_shown() -> None:
    token = "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJodHRwcyJ9.c2lnbmF0dXJl"
    key = "AKIA" + "Q" * 16
    text = f"{KEY} {token} is not authorized to perform: s3:Get on resource: {key}"
    for format in ("text", "json"):
        _, said = why(text, "--format", format)
        assert token not in said
        assert key not in said


def test_without_a_cluster_nothing_heavy_is_loaded() -> None:
    code = (
        "import io, sys; from keystone_check.cli.main import main;"
        f"main(['--why', {KEY!r}], io.StringIO(), io.StringIO(), None, {{}});"
        "print(sorted({'boto3', 'botocore', 'kubernetes', 'cryptography', 'jwt'} & set(sys.modules)))"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"
