"""The AWS door: our answers first, moto's for the rest, on one free loopback port."""

import io
import os
import time
from collections.abc import Callable, Iterable
from functools import cache
from typing import TYPE_CHECKING

from botocore.model import OperationNotFoundError
from moto.core.utils import service_name_from_moto_package_name
from moto.moto_server.werkzeug_app import (
    DomainDispatcherApplication,
    MotoRequestHandler,
    create_backend_app,
)
from werkzeug.serving import BaseWSGIServer, make_server
from werkzeug.wrappers import Request, Response

from keystone_check.iam.s3_address import suffix_of
from keystone_check.model import web
from keystone_check.model.aws import Bucket
from keystone_check.sandbox.aws import cloudtrail, dry_running, ec2, iam, organizations, queues, s3, state
from keystone_check.sandbox.aws.account import Account
from keystone_check.sandbox.aws.befalling import Befalling
from keystone_check.sandbox.aws.calls import Call, read_call
from keystone_check.sandbox.aws.replies import json_error, query_error, s3_error
from keystone_check.sandbox.aws.sts import Sts
from keystone_check.sandbox.listening import Listening

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

SERVICES = ("iam", "s3", "s3control", "sts")  # those that moto answers for


class AwsServer(Listening[BaseWSGIServer]):
    """`with AwsServer(account, sts) as aws` serves until the block ends."""

    def __init__(self, account: Account, sts: Sts, clock: Callable[[], float] = time.time) -> None:
        _learn_service_names()
        self.crashes: list[str] = []
        """Tracebacks of the server's own faults, kept here and off the terminal."""
        handler = _handler(clock)
        super().__init__(
            make_server("127.0.0.1", 0, Application(account, sts), threaded=True, request_handler=handler)
        )
        self._server.log = lambda kind, message, *values: self.crashes.append(message)  # type: ignore[method-assign]

    @property
    def url(self) -> str:
        """`http://127.0.0.1:port`, for AWS_ENDPOINT_URL."""
        return f"http://127.0.0.1:{self._server.server_port}"


@cache
def _moto() -> DomainDispatcherApplication:
    """moto's applications: one of each service for the whole process, as its backends are.

    Which service a host is of it finds by listing its own folder, twice for each request: once is enough.
    """
    applications = DomainDispatcherApplication(create_backend_app)
    applications.get_backend_for_host = cache(applications.get_backend_for_host)  # type: ignore[method-assign]
    return applications


def _learn_service_names() -> None:
    """Let moto look its services' names up (it keeps them) before any request does.

    It asks a botocore session of its own, which fails where AWS_PROFILE names no profile: the user's
    configuration is no business of the sandbox's.
    """
    hidden = {
        name: os.environ.pop(name) for name in ("AWS_PROFILE", "AWS_DEFAULT_PROFILE") if name in os.environ
    }
    try:
        for service in SERVICES:
            service_name_from_moto_package_name(service)
    finally:
        os.environ.update(hidden)


class _QuietHandler(MotoRequestHandler):
    protocol_version = "HTTP/1.1"

    def log(self, type: str, message: str, *args: object) -> None:
        """Nothing: the sandbox is quiet."""


def _handler(clock: Callable[[], float]) -> type[MotoRequestHandler]:
    class Handler(_QuietHandler):
        def date_time_string(self, timestamp: float | None = None) -> str:
            """The sandbox's own clock."""
            return str(super().date_time_string(clock() if timestamp is None else timestamp))

    return Handler


class Application:
    """The account as a WSGI application."""

    def __init__(self, account: Account, sts: Sts) -> None:
        self._account = account
        self._sts = sts
        self._moto = _moto()
        self._befalling = Befalling(self._carried_out, self._denied, _throttled)

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        self._account.pace.hold("AWS")
        request = Request(environ)
        call = read_call(request)
        answer = self._refusal(call) or self._befalling.answer(self._account.mishaps, call, request)
        return answer(environ, start_response)

    def _carried_out(self, call: Call, request: Request) -> Response:
        return self._answer(call, request) or self._motos(call, request)

    def _motos(self, call: Call, request: Request) -> Response:
        environ = request.environ
        environ["HTTP_X_MOTO_ACCOUNT_ID"] = self._account.id
        body = request.get_data(cache=True)  # reading the call consumed it, so moto gets it again
        environ["wsgi.input"], environ["CONTENT_LENGTH"] = io.BytesIO(body), str(len(body))
        environ.pop("HTTP_TRANSFER_ENCODING", None)
        try:
            return Response.from_app(self._moto, environ)
        except (OperationNotFoundError, NotImplementedError):
            return _unknown_action(call)

    def _refusal(self, call: Call) -> Response | None:
        """Steps that every AWS service takes first: who is it, and may they?"""
        if call.permission == "sts:AssumeRoleWithWebIdentity":
            return None
        if not call.access_key_id:
            return None if call.service == "s3" else _unsigned(call)
        identity = self._account.identity(call.access_key_id)
        if not identity:
            return _unknown_key(call)
        if self._account.throttles(call.service):
            return _throttled(call)
        if ":assumed-role/" in identity:
            return None  # its role's own policies decide, see dry_running
        resource = call.resource(self._account.id, self._account.partition)
        self._account.asked.add((call.permission, resource))
        if call.permission in self._account.denied:
            return self._denied(call)
        return None

    def _denied(self, call: Call) -> Response:
        return _denied(call, self._account.identity(call.access_key_id), self._account.id)

    def _answer(self, call: Call, request: Request) -> Response | None:
        match call.service:
            case "sts" | "iam" if not call.action:
                return _unknown_action(call)
            case "sts":
                return self._sts.answer(call)
            case "iam":
                return iam.answer(self._account, call)
            case "organizations":
                return organizations.answer(self._account, call)
            case "cloudtrail":
                return cloudtrail.answer(self._account, call, self._sts.clock())
            case "ec2":
                return dry_running.answer(self._account, call) or ec2.answer(self._account.landscape, call)
            case "sqs" | "events" | "kms":
                return queues.answer(self._account.landscape, call, request.host_url.rstrip("/"))
            case "s3" if not call.access_key_id:
                return self._anonymous(request)
            case "s3":
                return s3.answer(self._account, call, request)
            case _:
                return None

    def _anonymous(self, request: Request) -> Response:
        """An unsigned S3 request (`--no-sign-request`) gets what the issuer front would give."""
        if request.method not in ("GET", "HEAD"):
            return s3_error(403, "AccessDenied", "Access Denied")
        suffix = suffix_of(self._account.partition)
        url = f"https://s3.{self._account.region}.{suffix}{request.path}"
        answer = self._sts.publication.answer(url)
        if isinstance(answer, web.Response) and isinstance(answer.body, str):
            return Response(answer.body, answer.status, headers=list(answer.headers))
        return s3_error(403, "AccessDenied", "Access Denied")


def _throttled(call: Call) -> Response:
    """https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html and
    https://docs.aws.amazon.com/IAM/latest/APIReference/CommonErrors.html"""
    if call.service.startswith("s3"):
        return s3_error(503, "SlowDown", "Please reduce your request rate.")
    if call.service == "organizations":
        return json_error(400, "TooManyRequestsException", "Rate exceeded")
    return query_error(call.service, 400, "Throttling", "Rate exceeded")


def _unknown_action(call: Call) -> Response:
    """What no service has, and what moto does not have of it."""
    message = f"Could not find operation {call.action} for version {call.form.get('Version', '')}"
    return query_error(call.service, 400, "InvalidAction", message)


def _unsigned(call: Call) -> Response:
    if call.service == "s3control":
        return s3_error(403, "AccessDenied", "Access Denied")
    message = "Request is missing Authentication Token"
    return query_error(call.service, 403, "MissingAuthenticationToken", message)


def _unknown_key(call: Call) -> Response:
    if call.service.startswith("s3"):
        message = "The AWS Access Key Id you provided does not exist in our records."
        return s3_error(403, "InvalidAccessKeyId", message)
    return query_error(
        call.service, 403, "InvalidClientTokenId", "The security token included in the request is invalid."
    )


def _denied(call: Call, identity: str, account: str) -> Response:
    if call.service.startswith("s3"):
        answer = s3_error(403, "AccessDenied", "Access Denied")
        bucket = state.bucket(account, call.path)
        if call.action == "ListBucket" and not isinstance(
            bucket, Bucket
        ):  # that it is not there is no secret
            return s3_error(404, "NoSuchBucket", "The specified bucket does not exist")
        if isinstance(bucket, Bucket):  # told to whoever is signed in
            answer.headers["x-amz-bucket-region"] = bucket.region
        return answer
    if call.service == "organizations":
        said = "You don't have permissions to access this resource."
        return json_error(400, "AccessDeniedException", said)
    if call.service == "ec2":
        return ec2.error(403, "UnauthorizedOperation", "You are not authorized to perform this operation.")
    message = (
        f"User: {identity} is not authorized to perform: {call.permission} "
        f"because no identity-based policy allows the {call.permission} action"
    )
    if call.service in ("sqs", "events", "kms"):
        return json_error(400, "AccessDeniedException", message)
    return query_error(call.service, 403, "AccessDenied", message)
