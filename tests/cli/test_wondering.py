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


def checks(text: str, fault: str) -> tuple[int, set[str], set[str]]:
    """The exit code, the causes that hold, and the checks behind them."""
    code, said = why(text, "--cluster", f"sandbox:{fault}", "--format", "json")
    holding = [cause for cause in json.loads(said)["causes"] if cause["state"] == "holds"]
    found = {found["check"] for cause in holding for found in cause["findings"]}
    return code, {cause["id"] for cause in holding}, found


@pytest.mark.parametrize(
    ("text", "fault", "cause", "check"),
    [
        (KEY, "discovery-document-is-missing", "documents_not_public", "discovery_document_is_public"),
        (KEY, "discovery-document-is-html", "documents_not_public", "discovery_document_is_public"),
        (KEY, "bucket-is-blocked", "documents_not_public", "public_access_block_permits_the_policy"),
        (KEY, "policy-is-missing", "documents_not_public", "policy_opens_exactly_the_documents"),
        (KEY, "jwks-uri-is-private", "address_private", "jwks_uri_is_public_https"),
        (KEY, "key-set-is-missing", "documents_not_public", "key_set_is_public"),
        (KEY, "signing-key-was-rotated", "kid_not_published", "signing_key_is_published"),
        (KEY, "server-has-a-key-of-its-own", "kid_not_published", "api_servers_sign_with_the_same_keys"),
        (KEY, "published-issuer-ends-in-a-slash", "discovery_wrong", "published_issuer_is_the_tokens"),
        (KEY, "algorithm-is-not-listed", "signing_algorithm", "signing_algorithm_is_listed"),
        (KEY, "documents-are-slow", "documents_slow", "documents_answer_within_five_seconds"),
        (KEY, "former-key-has-no-kid", "key_without_kid", "every_key_has_a_kid"),
        (KEY, "tls-1-3-is-demanded", "tls_refused", "tls_1_2_is_accepted"),
        (NO_PROVIDER, "provider-is-missing", "provider_missing", "provider_exists"),
        (NO_PROVIDER, "provider-ends-in-a-slash", "provider_missing", "provider_exists"),
        (NO_PROVIDER, "issuer-ends-in-a-slash", "token_other_issuer", "issuer_has_no_trailing_slash"),
        (AUDIENCE, "audience-is-not-registered", "audience_unregistered", "audience_is_registered"),
        (AUDIENCE, "token-has-two-audiences", "audience_other", "token_has_one_audience"),
        (AUDIENCE, "token-names-an-authorized-party", "authorized_party", "token_names_no_authorized_party"),
        (
            "HTTPS certificate doesn't match configured thumbprint",
            "leaf-is-pinned",
            "thumbprint_unlisted",
            "thumbprint_matches_where_used",
        ),
        (DENIED, "trust-names-another-provider", "trust_provider", "trust_names_the_provider"),
        (DENIED, "trust-names-another-namespace", "trust_subject", "trust_pins_the_subject"),
        (DENIED, "trust-names-another-audience", "trust_audience", "trust_pins_the_audience"),
        (DENIED, "role-is-missing", "role_missing", "role_exists"),
    ],
)
def test_a_cluster_tells_the_causes_apart(text: str, fault: str, cause: str, check: str) -> None:
    code, causes, found = checks(text, fault)
    assert code == 1
    assert causes == {cause}
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


def test_of_megabytes_of_bytes_that_are_no_text_the_end_is_looked_at_and_that_is_said() -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "keystone_check", "--why", "-"],
        input=b"\x80 line\n" * 500_000 + b"\xff\xfe\x00 Incorrect token audience \xc3\n",
        capture_output=True,
        check=False,
    )
    assert ran.returncode == 0
    assert ran.stderr.startswith(b"only the last 1,000,000 of ")
    assert ran.stdout.startswith(b"The token's audience is none")


def test_2_for_an_empty_standard_input() -> None:
    assert main(["--why", "-"], io.StringIO(), io.StringIO(), io.StringIO(" \n"), {}) == 2


def test_a_record_that_holds_credentials_worked_and_shows_none_of_them() -> None:
    record = {
        "eventName": "AssumeRoleWithWebIdentity",
        "requestParameters": {"roleArn": "arn:aws:iam::111122223333:role/api"},
        "responseElements": {"credentials": {"accessKeyId": "ASIA" + "Q" * 16, "sessionToken": "Fwo" * 40}},
    }
    for text in (json.dumps(record), json.dumps({"Events": [{"CloudTrailEvent": json.dumps(record)}]})):
        code, said = why(text)
        assert code == 0
        assert "this exchange worked" in said
        assert "Q" * 16 not in said
        assert "Fwo" not in said


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("AccessDenied", "trail_denied"),
        ("InvalidIdentityTokenException", "trail_invalid_token"),
        ("ExpiredTokenException", "trail_expired"),
        ("IDPCommunicationErrorException", "idp_communication"),
        ("MalformedPolicyDocumentException", "malformed_policy"),
        ("RegionDisabledException", "region_disabled"),
    ],
)
def test_a_refused_record_is_told_by_its_error_code(code: str, message: str) -> None:
    record = {"eventName": "AssumeRoleWithWebIdentity", "errorCode": code, "responseElements": None}
    forms = (record, {"Records": [record]}, {"CloudTrailEvent": json.dumps(record, indent=2)})
    for form in forms:
        _, said = why(json.dumps(form), "--format", "json")
        assert [each["id"] for each in json.loads(said)["messages"]] == [message]


@pytest.mark.parametrize("width", [60, 80])
def test_the_answer_comes_first_and_the_next_command_last(width: int) -> None:
    first, *_, last = why(DENIED, width=str(width))[1].splitlines()
    assert "trust policy" in first
    assert "next: keystone-check --cluster NAME --why TEXT" in " ".join(why(DENIED)[1].splitlines()[-2:])
    assert last
