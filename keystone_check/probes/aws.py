"""AWS, by boto3: one session, bounded in time and tries, every refusal in the words of the action."""

import os
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any, TypeVar

import boto3
import botocore.loaders
import botocore.session
import urllib3
from botocore import UNSIGNED, exceptions, xform_name
from botocore.config import Config
from botocore.handlers import json_decode_policies
from botocore.parsers import ResponseParserError

from keystone_check.model.access import Access
from keystone_check.model.aws import Caller
from keystone_check.probes import clocks, rights
from keystone_check.probes.clocks import Heard
from keystone_check.probes.discretion import discreet
from keystone_check.probes.limits import AT_ONCE, CONNECTIONS, CONTACT_SECONDS, NO_WAY, SLOW, TRIES, Limits
from keystone_check.probes.refusals import ReadError, header_beside
from keystone_check.probes.rights import AwsAsk
from keystone_check.probes.shared import Door, Question, Shared, Told

FALLBACK_REGION = "us-east-1"
_EXPIRED = frozenset({"ExpiredToken", "ExpiredTokenException", "RequestExpired"})
_UNKNOWN = frozenset(
    {"InvalidClientTokenId", "UnrecognizedClientException", "InvalidAccessKeyId", "SignatureDoesNotMatch"}
)
_THROTTLED = frozenset(
    {"Throttling", "ThrottlingException", "RequestLimitExceeded", "TooManyRequestsException", "SlowDown"}
)

T = TypeVar("T")


class Aws:
    """One AWS account, as profile, environment or the sandbox's own keys reach it."""

    def __init__(
        self,
        access: Access,
        limits: Limits | None = None,
        heard: Heard | None = None,
        shared: Shared | None = None,
    ) -> None:
        """Find profile and region; nothing is sent before the first call. Raises ReadError.

        What is `shared` with other clusters is asked once for all of them.
        """
        self._access = access
        self._heard = heard or Heard()
        self._limits = limits or Limits(access.request_seconds)
        with translated("opening the AWS session", "", access, "caller"):
            self._door = shared.door(access, session) if shared else Door(session(access))
        self.region: str = access.region or self._door.session.region_name or FALLBACK_REGION

    def ask(self, ask: AwsAsk, subject: str = "", region: str = "", **parameters: object) -> dict[str, Any]:
        """Make one request; whatever is not a success raises ReadError."""
        return self.read(ask, subject, region, lambda answer: answer, **parameters)

    def read(
        self,
        ask: AwsAsk,
        subject: str,
        region: str,
        take: Callable[[dict[str, Any]], T],
        client: Any = None,
        **parameters: Any,
    ) -> T:
        """As `ask`, and take from the answer what is still to be read from the connection.

        With another client than the service's own where one is given.
        """
        return self._read(ask, subject, region, take, client, parameters)[0]

    def _read(
        self,
        ask: AwsAsk,
        subject: str,
        region: str,
        take: Callable[[dict[str, Any]], T],
        client: Any,
        parameters: dict[str, Any],
    ) -> tuple[T, Told]:
        what = f"{ask.name} {subject}".rstrip()
        self._limits.for_request(what)
        with translated(what, ask.action, self._access):
            told = self._told(ask, region, client, parameters)
            return take(told.answer), told

    def _told(self, ask: AwsAsk, region: str, client: Any, parameters: dict[str, Any]) -> Told:
        if client is not None:  # it signs for somebody else, or for nobody
            return self._sent(client, ask, parameters)

        def send() -> Told | Exception:
            try:
                return self._sent(self.client(ask.service, region), ask, parameters)
            except exceptions.ClientError as error:
                refusal: Exception = error
                if _final(error):
                    return refusal
                raise

        return self._door.told(self._question(ask, region, parameters), send)

    def _question(self, ask: AwsAsk, region: str, parameters: dict[str, Any]) -> Question:
        return (ask.service, ask.operation, region or self.region, repr(sorted(parameters.items())))

    def _sent(self, client: Any, ask: AwsAsk, parameters: dict[str, Any]) -> Told:
        sent = self._heard.clock()
        answer = getattr(client, xform_name(ask.operation))(**parameters)
        return Told(answer, sent, self._heard.clock())

    def pages(
        self,
        ask: AwsAsk,
        marker: str,
        take: Callable[[dict[str, Any]], Iterable[T]],
        pause: Callable[[], bool] = lambda: True,
        following: str = "",
        **parameters: Any,
    ) -> Iterator[T]:
        """What `take` finds on each page of a listing, until the last one or until `pause` says enough.

        `marker` names the page after, in the answer and in the next question, where `following` is not its
        name there.
        """
        onward: dict[str, Any] = {}
        while True:
            found, more = self.read(
                ask, "", "", lambda page: (tuple(take(page)), page.get(marker)), **parameters, **onward
            )
            yield from found
            if not more:
                return
            onward = {following or marker: more}
            kept = self._door.knows(self._question(ask, "", {**parameters, **onward}))
            if not kept and not pause():
                return

    def anonymous(self, service: str) -> Any:
        """A client of this service that signs nothing, and lets the service judge the parameters."""
        config = _config(self._access).merge(Config(signature_version=UNSIGNED, parameter_validation=False))
        with self._door.lock:
            return self._made_with(service, self.region, config)

    def assuming(self, service: str, region: str, subject: str, **exchange: Any) -> Any:
        """A client of this service with what STS hands out for a web identity, which nobody else gets to see.

        Raises ReadError with STS's answer where it hands out nothing.
        """

        def made(answer: dict[str, Any]) -> Any:
            keys = answer["Credentials"]
            with self._door.lock:
                return self._door.session.client(
                    service,
                    region_name=region or self.region,
                    endpoint_url=self._access.aws_endpoint or None,
                    config=_config(self._access),
                    aws_access_key_id=keys["AccessKeyId"],
                    aws_secret_access_key=keys["SecretAccessKey"],
                    aws_session_token=keys["SessionToken"],
                )

        return self.read(
            rights.ASSUME, subject, "", made, client=self.anonymous(rights.ASSUME.service), **exchange
        )

    def client(self, service: str, region: str = "") -> Any:
        """The client of a service, each made once (making one is not safe in two threads at once)."""
        key = (service, region or self.region)
        with self._door.lock:
            if key not in self._door.clients:
                self._door.clients[key] = self._made(*key)
            return self._door.clients[key]

    def caller(self) -> Caller:
        """Who asks. It needs no right, so that what fails here fails for all of AWS. Raises ReadError."""
        sent = self._heard.clock()
        try:
            answer, told = self._read(rights.CALLER, "", "", _asking, None, {})
        except ReadError as refusal:
            # A clock that is far off is itself a reason to be refused.
            self._heard.note(clocks.STS, {"date": header_beside(refusal, "date")}, sent)
            refusal.fact = "caller"
            raise
        self._heard.note(clocks.STS, answer["ResponseMetadata"]["HTTPHeaders"], told.sent, told.received)
        return Caller(answer["Arn"], answer["Account"], self.region)

    def _made(self, service: str, region: str) -> Any:
        at_once = AT_ONCE if self._door.shared else 1
        return self._made_with(service, region, _config(self._access, CONNECTIONS * at_once))

    def _made_with(self, service: str, region: str, config: Config) -> Any:
        client = self._door.session.client(
            service,
            region_name=region,
            endpoint_url=self._access.aws_endpoint or None,
            config=config,
        )
        # botocore parses IAM's policies, which loses what makes a text: order, doubled keys, white space.
        client.meta.events.unregister("after-call.iam", json_decode_policies)
        if self._access.aws_endpoint:
            client.meta.events.register("before-sign.s3-control", _without_account_in_host)
        return client


def _final(error: exceptions.ClientError) -> bool:
    """Whether AWS itself said no, and would to another try. That it does not know who asks may be for a clock
    that is off, which is heard from each answer anew."""
    if error.operation_name == rights.CALLER.operation:
        return False
    response: Any = error.response
    status = response.get("ResponseMetadata", {}).get("HTTPStatusCode", 500)
    return status < 500 and status != 429 and response.get("Error", {}).get("Code") not in _THROTTLED


def _asking(answer: dict[str, Any]) -> dict[str, Any]:
    """The answer, if it says who asks (KeyError where it does not)."""
    return {name: answer[name] for name in ("Arn", "Account", "ResponseMetadata")}


def session(access: Access) -> Any:
    """A boto3 session. With keys given by value, nothing of the user's configuration is read."""
    keys = access.aws_credentials
    if keys is None:
        return boto3.Session(profile_name=access.profile or None, region_name=access.region or None)
    unconfigured = botocore.session.Session(session_vars=_UNCONFIGURED)
    unconfigured.register_component("data_loader", _service_models())
    return boto3.Session(
        aws_access_key_id=keys.access_key_id.reveal(),
        aws_secret_access_key=keys.secret_access_key.reveal(),
        region_name=access.region or None,
        botocore_session=unconfigured,
    )


@cache
def _service_models() -> Any:
    """One loader for all such sessions: it keeps the models it read, and each takes tens of milliseconds."""
    return botocore.loaders.create_loader()


_UNCONFIGURED = {
    "profile": (None, None, None, None),
    "config_file": (None, None, os.devnull, None),
    "credentials_file": (None, None, os.devnull, None),
}
"""Neither AWS_PROFILE nor a file: a profile that is not there would be an error, others would get in."""


def _config(access: Access, connections: int = CONNECTIONS) -> Config:
    return Config(
        connect_timeout=min(2 * CONTACT_SECONDS, access.request_seconds),
        read_timeout=access.request_seconds,
        max_pool_connections=connections,
        retries={"mode": "standard", "total_max_attempts": TRIES},
        s3={"addressing_style": "path"} if access.aws_endpoint else None,
    )


def _without_account_in_host(request: Any, **_: object) -> None:
    """S3 Control's endpoint rules put the account before every host, even one that is an address."""
    request.url = re.sub(r"^(https?://)\d{12}\.", r"\1", request.url)


@contextmanager
def translated(what: str, permission: str, access: Access, fact: str = "") -> Iterator[None]:
    """Turn what botocore raises into a ReadError that names the action, and keep what it logs to itself."""
    try:
        with discreet("botocore"):
            yield
    except exceptions.ClientError as error:
        raise _answered(what, permission, error) from error
    except (exceptions.BotoCoreError, urllib3.exceptions.HTTPError) as error:
        refusal = _unanswered(what, error, access)
        refusal.fact = fact
        raise refusal from error
    except (ResponseParserError, KeyError) as error:
        # The parser's own message quotes the whole body.
        said = f"{what}: the answer is not AWS's: {type(error).__name__} while reading it"
        raise ReadError(said, "check AWS_ENDPOINT_URL and any proxy in between", fact=fact) from None


def _answered(what: str, permission: str, error: Any) -> ReadError:
    said = error.response.get("Error", {})
    code, message = str(said.get("Code", "")), str(said.get("Message", ""))
    tries = 1 + int(error.response.get("ResponseMetadata", {}).get("RetryAttempts", 0))
    after = f" (after {tries} tries)" if tries > 1 else ""
    sentence = f"{what}: {code}: {message}{after}" if message else f"{what}: {code}{after}"
    if code in _EXPIRED:
        return ReadError(sentence, "the AWS credentials have expired: sign in again", code=code)
    if code in _UNKNOWN:
        return ReadError(sentence, "AWS does not know these credentials: check the profile", code=code)
    if code in _THROTTLED:
        return ReadError(sentence, "AWS throttles these calls: try again later", code=code)
    denied = code in ("AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "403")
    return ReadError(sentence, code=code, permission=permission if denied else "")


def _unanswered(what: str, error: Exception, access: Access) -> ReadError:
    seconds = f"{access.request_seconds:g} s"
    match error:
        case exceptions.ProfileNotFound():
            return ReadError(f"{what}: {error}", "check --profile; `aws configure list-profiles` lists them")
        case exceptions.NoCredentialsError() | exceptions.PartialCredentialsError():
            hint = "set AWS_PROFILE, sign in, or name a profile in the configuration"
            return ReadError(f"{what}: no AWS credentials were found", hint, code="NoCredentials")
        case exceptions.SSOError() | exceptions.TokenRetrievalError() | exceptions.LoginError():
            return ReadError(f"{what}: {error}", "sign in again, for instance with `aws sso login`")
        case exceptions.ConnectTimeoutError():
            return ReadError(f"{what}: no connection in time: {error}", NO_WAY, code="timeout")
        case exceptions.ReadTimeoutError():
            return ReadError(f"{what}: no answer within {seconds}: {error}", SLOW, code="timeout")
        case exceptions.EndpointConnectionError() | exceptions.ProxyConnectionError():
            return ReadError(f"{what}: {error}", "check the network and HTTPS_PROXY", code="unreachable")
        case exceptions.SSLError():
            return ReadError(f"{what}: {error}", "check AWS_CA_BUNDLE and any proxy in between", code="tls")
    return ReadError(f"{what}: {type(error).__name__}: {error}")
