"""The exchange over the wire: boto3 and the AWS CLI raise for it what they raise for AWS."""

import json
import os
import shutil
import subprocess
import sys
from inspect import getmembers, isfunction
from pathlib import Path
from typing import Any, get_type_hints
from urllib.parse import urlencode
from urllib.request import urlopen

import boto3
import pytest
from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import ClientError
from botocore.parsers import QueryParser

from keystone_check.iam import sts_answers
from keystone_check.iam.oidc import discovery_document
from keystone_check.iam.sts import Granted, Refused, Undecided
from keystone_check.iam.sts_answers import Reason
from keystone_check.model.facts import Absent, Missing
from keystone_check.sandbox.aws.replies import query_error
from keystone_check.sandbox.aws.server import AwsServer
from tests.environment import bare
from tests.sandbox.aws.desk import Case, Desk
from tests.tokens import members
from tests.worlds import NOW

AWS = shutil.which("aws", path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}")


@pytest.fixture(scope="module")
def desk() -> Desk:
    return Desk()


def client(url: str) -> Any:
    """boto3 with nothing of its own in the way: no signature, no retry, no validation of parameters."""
    config = Config(signature_version=UNSIGNED, retries={"total_max_attempts": 1}, parameter_validation=False)
    return boto3.client("sts", endpoint_url=url, region_name="eu-central-1", config=config)


def asked(desk: Desk, case: Case) -> ClientError | dict[str, Any]:
    with AwsServer(desk.account, desk.sts(case)) as aws:
        try:
            return dict(client(aws.url).assume_role_with_web_identity(**desk.form(case)))
        except ClientError as error:
            return error


def refused(desk: Desk, case: Case) -> ClientError:
    error = asked(desk, case)
    assert isinstance(error, ClientError)
    return error


def test_where_every_step_holds_boto3_gets_credentials(desk: Desk) -> None:
    answer = asked(desk, Case())
    assert isinstance(answer, dict)
    law = desk.law(Case())
    assert isinstance(law, Granted)
    assert answer["SubjectFromWebIdentityToken"] == law.subject
    assert answer["Audience"] == law.audience
    assert answer["Provider"] == desk.issuer
    assert answer["AssumedRoleUser"]["Arn"].endswith(":assumed-role/api/test")
    assert int(answer["Credentials"]["Expiration"].timestamp()) == NOW + 3600


OTHER = "https://other.example.org"
REASONS: dict[str, tuple[str, Case]] = {
    "role ARN with a colon": ("invalid_arn", Case({"RoleArn": "arn:aws:iam::111122223333:role:api"})),
    "role ARN of a user": ("invalid_arn", Case({"RoleArn": "arn:aws:iam::111122223333:user/api"})),
    "role ARN too short": ("out_of_shape", Case({"RoleArn": "api"})),
    "role ARN empty": ("out_of_shape", Case({"RoleArn": ""})),
    "session name of one": ("out_of_shape", Case({"RoleSessionName": "a"})),
    "session name of 65": ("out_of_shape", Case({"RoleSessionName": "a" * 65})),
    "session name with a space": ("out_of_shape", Case({"RoleSessionName": "a <b>&\"c'"})),
    "60 seconds": ("out_of_shape", Case({"DurationSeconds": 60})),
    "12 hours and a second": ("out_of_shape", Case({"DurationSeconds": 43_201})),
    "minus one second": ("out_of_shape", Case({"DurationSeconds": -1})),
    "a token of three letters": ("out_of_shape", Case({"WebIdentityToken": "a.b"})),
    "a token of 20001 letters": ("out_of_shape", Case({"WebIdentityToken": "a" * 20_001})),
    "above the role's own": ("too_long_a_session", Case({"DurationSeconds": 7200})),
    "a provider id": ("provider_id_given", Case({"ProviderId": "www.amazon.com"})),
    "an opaque token": ("no_jwt", Case({"WebIdentityToken": "opaque-token"})),
    "a token beyond ASCII": ("no_jwt", Case({"WebIdentityToken": "ä.ö.ü\0"})),
    "HS256": ("unknown_algorithm", Case(header={"alg": "HS256"})),
    **{
        f"no {claim}": ("claim_missing", Case(claims={claim: None})) for claim in ("iss", "sub", "aud", "exp")
    },
    "exp is text": ("claim_malformed", Case(claims={"exp": "tomorrow"})),
    "exp of 4000 digits": ("claim_malformed", Case(claims={"exp": -(10**4299)})),
    "azp is a list": ("claim_malformed", Case(claims={"azp": ["a"]})),
    "another issuer": ("no_provider", Case(claims={"iss": OTHER})),
    "an issuer of control characters": ("no_provider", Case(claims={"iss": "https://a\rb\n<c>"})),
    "a role of another account": ("no_provider", Case({"RoleArn": "arn:aws:iam::999988887777:role/api"})),
    "unknown kid": ("no_verification_key", Case(header={"kid": "other"})),
    "no document": ("no_verification_key", Case(discovery={"status": 404})),
    "a closed document": ("no_verification_key", Case(discovery={"status": 403})),
    "a document elsewhere": ("no_verification_key", Case(discovery={"status": 301})),
    "a slow document": ("no_verification_key", Case(discovery={"milliseconds": 6000})),
    "a document that is a page": ("no_verification_key", Case(discovery={"body": "<html></html>"})),
    "keys that are not UTF-8": ("no_verification_key", Case(keys={"body": Missing("body", "not UTF-8")})),
    "no key": ("no_verification_key", Case(keys={"body": '{"keys": []}'})),
    "closed keys": ("no_verification_key", Case(keys={"status": 403})),
    "no TLS": ("no_verification_key", Case(chain=Absent("chain", "connection refused"))),
    "another chain": ("thumbprint_differs", Case(chain={"certificates": ()})),
    "another signer": ("bad_signature", Case(key="RSA forger")),
    "expired": ("expired", Case(now=NOW + 3600)),
    "a clock ahead": ("not_yet_valid", Case(now=NOW - 301)),
    "another audience": ("wrong_audience", Case(claims={"aud": ["other"]})),
    "azp before aud": ("wrong_audience", Case(claims={"azp": "other"})),
    "another subject": ("not_authorized", Case(claims={"sub": "system:serviceaccount:app:other"})),
}
CLASSES = {
    "InvalidIdentityToken": "InvalidIdentityTokenException",
    "ExpiredTokenException": "ExpiredTokenException",
    "ValidationError": "ClientError",
    "AccessDenied": "ClientError",
}


@pytest.mark.parametrize(("maker", "case"), REASONS.values(), ids=REASONS.keys())
def test_boto3_raises_for_every_reason_what_the_law_says_first(desk: Desk, maker: str, case: Case) -> None:
    law = desk.law(case)
    assert isinstance(law, Refused)
    error = refused(desk, case)
    assert error.response["Error"]["Code"] == law.first.code
    assert error.response["Error"]["Message"] == law.first.message
    assert error.response["ResponseMetadata"]["HTTPStatusCode"] == law.first.status
    assert type(error).__name__ == CLASSES[law.first.code]


def test_a_role_that_is_not_there_is_refused_like_a_forbidden_one(desk: Desk) -> None:
    case = Case({"RoleArn": desk.role_arn + "-gone"})
    law = desk.law(case)
    assert isinstance(law, Refused)
    assert refused(desk, case).response["Error"]["Message"] == law.first.message


@pytest.mark.parametrize("parameter", ["RoleArn", "RoleSessionName", "WebIdentityToken"])
def test_a_parameter_that_is_missing_is_named(desk: Desk, parameter: str) -> None:
    error = refused(desk, Case({parameter: None}))
    member = parameter[0].lower() + parameter[1:]
    assert error.response["Error"] == {"Type": "Sender", "Code": "ValidationError"} | {
        "Message": sts_answers.not_given(member).message
    }


@pytest.mark.parametrize("seconds", ["soon", "3600.0", "9_00", "٩٠٠", "", " 900", "9" * 5000, "0x384"])
def test_a_duration_that_is_no_whole_number_is_refused(desk: Desk, seconds: str) -> None:
    error = refused(desk, Case({"DurationSeconds": seconds}))
    assert error.response["Error"]["Code"] == "ValidationError"
    assert f"'{seconds}' at 'durationSeconds'" in error.response["Error"]["Message"]


def test_every_reason_that_the_law_knows_is_asked_over_the_wire() -> None:
    makers = {
        name
        for name, function in getmembers(sts_answers, isfunction)
        if not name.startswith("_") and get_type_hints(function).get("return") is Reason
    }
    assert makers == {maker for maker, _ in REASONS.values()} | {"not_given"}


def test_what_xml_cannot_hold_is_replaced(desk: Desk) -> None:
    error = refused(desk, Case({"RoleSessionName": "a\x01b"}))
    assert "Value 'a\ufffdb' at 'roleSessionName'" in error.response["Error"]["Message"]


def test_what_the_law_cannot_decide_the_sandbox_does_not_invent(desk: Desk) -> None:
    case = Case(claims={"aud": ["sts.amazonaws.com", "other"]})
    assert isinstance(desk.law(case), Undecided)
    error = refused(desk, case)
    assert error.response["Error"]["Code"] == "InternalFailure"
    assert "the sandbox cannot decide: the token has several audiences" in error.response["Error"]["Message"]


def test_more_than_a_hundred_keys_of_a_type_are_too_many(desk: Desk) -> None:
    honest = desk.key_set(Case()).body
    assert isinstance(honest, str)
    others = [members("RSA other", kid=f"k{number}") for number in range(100)]
    body = json.dumps({"keys": [*json.loads(honest)["keys"], *others]})
    law = desk.law(Case(keys={"body": body}))
    assert isinstance(law, Refused)
    assert "101 RSA keys" in law.first.cause
    error = refused(desk, Case(keys={"body": body}))
    assert error.response["Error"]["Message"] == law.first.message


def test_keys_at_a_private_address_are_not_fetched(desk: Desk) -> None:
    body = discovery_document(desk.issuer, "https://10.0.0.5:6443/openid/v1/jwks", ("RS256",))
    error = refused(desk, Case(discovery={"body": body}))
    assert error.response["Error"]["Message"].startswith("Couldn't retrieve verification key")


def test_parameters_in_the_address_are_read_as_those_in_the_body(desk: Desk) -> None:
    form = {"Action": "AssumeRoleWithWebIdentity", "Version": "2011-06-15", **desk.form(Case())}
    with AwsServer(desk.account, desk.sts(Case())) as aws, urlopen(f"{aws.url}/?{urlencode(form)}") as answer:
        assert answer.status == 200
        assert b"<AccessKeyId>ASIASANDBOX" in answer.read()


def test_a_caller_without_a_signature_is_told_so(desk: Desk) -> None:
    with AwsServer(desk.account, desk.sts(Case())) as aws, pytest.raises(ClientError) as caught:
        client(aws.url).get_caller_identity()
    assert caught.value.response["Error"]["Code"] == "MissingAuthenticationToken"
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 403


def test_every_exception_that_boto3_knows_for_the_call_is_raised_for_its_code() -> None:
    """Codes that the law never gives included: the form of the answer is the same for all."""
    sts = client("http://127.0.0.1:9")
    shapes = sts.meta.service_model.operation_model("AssumeRoleWithWebIdentity").error_shapes
    assert len(shapes) == 7
    for shape in shapes:
        code, status = shape.metadata["error"]["code"], shape.metadata["error"]["httpStatusCode"]
        answer = query_error("sts", status, code, "why")
        parsed = QueryParser().parse({"status_code": status, "headers": {}, "body": answer.get_data()}, None)
        assert parsed["Error"] == {"Type": "Sender", "Code": code, "Message": "why"}
        assert sts.exceptions.from_code(code).__name__ == shape.name


@pytest.mark.parametrize("name", ["expired", "another audience", "above the role's own"])
def test_the_aws_cli_prints_the_same(desk: Desk, name: str, tmp_path: Path) -> None:
    case = REASONS[name][1]
    law = desk.law(case)
    assert isinstance(law, Refused)
    form = desk.form(case)
    token = tmp_path / "token"
    token.write_text(form["WebIdentityToken"])
    assert AWS, "the AWS CLI is among the test dependencies"
    command = [AWS, "sts", "assume-role-with-web-identity", "--no-sign-request"]
    command += ["--role-arn", form["RoleArn"], "--role-session-name", "test", "--region", "eu-central-1"]
    command += ["--duration-seconds", str(form.get("DurationSeconds", 3600))]
    with AwsServer(desk.account, desk.sts(case)) as aws:
        command += ["--web-identity-token", f"file://{token}", "--endpoint-url", aws.url]
        answer = subprocess.run(command, env=bare(), capture_output=True, text=True, check=False)
    assert answer.returncode != 0
    assert f"({law.first.code})" in answer.stderr
    assert law.first.message in answer.stderr
