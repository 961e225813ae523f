"""The AWS session: who asks, and every way in which AWS does not answer."""

from collections.abc import Callable
from pathlib import Path

import pytest

from keystone_check.model.access import Access
from keystone_check.model.aws import Caller
from keystone_check.probes import rights
from keystone_check.probes.aws import Aws
from keystone_check.probes.refusals import ReadError
from tests.probes.conftest import HIDDEN, in_aws
from tests.probes.servers import Answer, Reply, Reset, Server, Silence

Start = Callable[[Answer], Server]


def error_reply(status: int, code: str, message: str) -> Reply:
    """An error as the query protocol writes it."""
    body = (
        '<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type>'
        f"<Code>{code}</Code><Message>{message}</Message></Error><RequestId>r</RequestId></ErrorResponse>"
    )
    return Reply(status, {"Content-Type": "text/xml"}, body.encode())


def refused(call: Callable[[], object]) -> ReadError:
    with pytest.raises(ReadError) as caught:
        call()
    assert HIDDEN not in str(caught.value)
    return caught.value


def asking(start: Start, answer: Answer, request_seconds: float = 10) -> tuple[Server, Aws]:
    server = start(answer)
    return server, Aws(in_aws(f"http://127.0.0.1:{server.port}", request_seconds))


def test_the_caller_is_named_with_account_and_region(account: Access) -> None:
    assert Aws(account).caller() == Caller(
        "arn:aws:sts::123456789012:user/moto", "123456789012", "eu-central-1"
    )


def test_expired_credentials_are_said_with_a_next_step(plain: Start) -> None:
    message = "The security token included in the request is expired"
    _, aws = asking(plain, lambda _: error_reply(403, "ExpiredToken", message))
    missing = refused(aws.caller).missing("roles")
    assert missing.fact == "caller"
    assert missing.because == (
        f"sts:GetCallerIdentity: ExpiredToken: {message}; the AWS credentials have expired: sign in again"
    )


def test_a_denied_call_names_its_iam_action(plain: Start) -> None:
    denied = error_reply(403, "AccessDenied", "User is not authorized to perform: iam:GetRole")
    _, aws = asking(plain, lambda _: denied)
    error = refused(lambda: aws.ask(rights.GET_ROLE, "app-api", RoleName="app-api"))
    assert error.message == (
        "iam:GetRole app-api: AccessDenied: User is not authorized to perform: iam:GetRole"
    )
    assert error.permission == "iam:GetRole"


def test_throttling_says_after_how_many_tries(plain: Start) -> None:
    server, aws = asking(plain, lambda _: error_reply(400, "Throttling", "Rate exceeded"))
    error = refused(lambda: aws.ask(rights.LIST_PROVIDERS))
    assert error.message == "iam:ListOpenIDConnectProviders: Throttling: Rate exceeded (after 3 tries)"
    assert error.permission == ""
    assert len(server.asked) == 3


def test_a_timeout_names_limit_and_address(plain: Start) -> None:
    server, aws = asking(plain, lambda _: Silence(), request_seconds=0.1)
    error = refused(aws.caller)
    assert "sts:GetCallerIdentity: no answer within 0.1 s" in error.message
    assert f"127.0.0.1:{server.port}" in error.message


def test_an_endpoint_that_nobody_listens_on_is_said(unused_port: int) -> None:
    error = refused(Aws(in_aws(f"http://127.0.0.1:{unused_port}")).caller)
    assert f"http://127.0.0.1:{unused_port}" in error.message
    assert (error.fact, error.code) == ("caller", "unreachable")


def test_a_connection_that_always_breaks_is_said(plain: Start) -> None:
    _, aws = asking(plain, lambda _: Reset())
    assert refused(aws.caller).message.startswith("sts:GetCallerIdentity: ")


def test_an_answer_that_is_html_is_said(plain: Start) -> None:
    _, aws = asking(plain, lambda _: Reply(200, {"Content-Type": "text/html"}, b"<html><body>sign in"))
    assert refused(aws.caller).message.startswith("sts:GetCallerIdentity: ")


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """An environment without any AWS settings."""
    for name in ("AWS_PROFILE", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")


@pytest.mark.usefixtures("bare")
def test_no_credentials_are_said_with_a_next_step() -> None:
    error = refused(Aws(Access("test", region="eu-central-1")).caller)
    assert error.message == "sts:GetCallerIdentity: no AWS credentials were found"
    assert "AWS_PROFILE" in error.hint


@pytest.mark.usefixtures("bare")
def test_an_unknown_profile_is_said_with_a_next_step() -> None:
    error = refused(lambda: Aws(Access("test", profile="nope")))
    assert "(nope) could not be found" in error.message
    assert "list-profiles" in error.hint
    assert error.fact == "caller"


def test_credentials_that_aws_does_not_know_are_said(plain: Start) -> None:
    _, aws = asking(
        plain, lambda _: error_reply(403, "InvalidClientTokenId", "The security token is invalid")
    )
    assert "check the profile" in refused(aws.caller).hint
