"""STS: who calls, and the exchange of a web identity token, decided by our own law."""

import datetime
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from werkzeug.wrappers import Response

from keystone_check import jose
from keystone_check.iam import sts_answers as answers
from keystone_check.iam.oidc import Jwk, KeySet, discovery_url, key_set_address, read_key_set
from keystone_check.iam.sts import (
    AssumeRequest,
    Certainty,
    Granted,
    Malformed,
    Reason,
    Refused,
    Undecided,
    exchange,
)
from keystone_check.model import web
from keystone_check.model.cluster import Token
from keystone_check.model.exchange import GRANTED, Answer, Event
from keystone_check.model.facts import Missing, Subjects
from keystone_check.model.secret import Secret
from keystone_check.sandbox.aws import cloudtrail, state
from keystone_check.sandbox.aws.account import Account, SessionCredentials
from keystone_check.sandbox.aws.calls import Call
from keystone_check.sandbox.aws.replies import query_error, query_result
from keystone_check.sandbox.publication import Publication

_NUMBER = re.compile(r"-?[0-9]{1,18}")


@dataclass(frozen=True, slots=True)
class Sts:
    """The service's two actions that the chain needs."""

    account: Account
    publication: Publication
    chains: Subjects[web.Chain]
    clock: Callable[[], int]
    stubborn: Mapping[tuple[str, str], Answer] = field(default_factory=dict)
    """Refusals by role and subject that stand where the law would grant: what else says no in AWS."""

    def answer(self, call: Call) -> Response | None:
        """The answer, or None for an action that is left to moto."""
        match call.action:
            case "GetCallerIdentity":
                return self._caller(call)
            case "AssumeRoleWithWebIdentity":
                return self._assume(call)
            case _:
                return None

    def _caller(self, call: Call) -> Response:
        arn = self.account.identity(call.access_key_id)
        return query_result("sts", call.action, {"Arn": arn, "UserId": arn, "Account": self.account.id})

    def _assume(self, call: Call) -> Response:
        request = read_request(call.form)
        if isinstance(request, Reason):
            return _refused(request)
        evidence = self._evidence(Secret(call.form["WebIdentityToken"]))
        answer = exchange(
            request=request,
            token=evidence.token,
            discovery=evidence.discovery,
            key_set=evidence.key_set,
            chains=self.chains,
            providers=state.providers(self.account.id),
            role=state.role(self.account.id, request.role_arn),
            now=self.clock(),
        )
        match answer:
            case Granted() if no := self.stubborn.get((answer.role_arn, answer.subject)):
                self._remember(request, evidence.token, no)
                return query_error("sts", 403, no.code, no.message)
            case Granted():
                self._remember(request, evidence.token, GRANTED)
                return self._granted(call, request, answer, evidence.token)
            case Refused(first=reason):
                self._remember(request, evidence.token, Answer(reason.code, reason.message))
                return _refused(reason)
            case Undecided():
                because = "; ".join(str(getattr(item, "because", item)) for item in answer.because)
                return query_error("sts", 500, "InternalFailure", f"the sandbox cannot decide: {because}")

    def _remember(self, request: AssumeRequest, token: Token | Malformed, answer: Answer) -> None:
        """Record the exchange as CloudTrail does; AWS does not where it does not believe the token."""
        if isinstance(token, Malformed) or answer.code not in ("", "AccessDenied"):
            return
        event = Event(
            self.clock(), answer.code, answer.message, request.duration_seconds, request.provider_id
        )
        audience = next(iter(token.audiences), "")
        provider = (
            f"{request.role_arn.rpartition(':')[0]}:oidc-provider/{token.issuer.removeprefix('https://')}"
        )
        self.account.events.insert(
            0, cloudtrail.record(self.account, request.role_arn, token.subject, provider, audience, event)
        )

    def _evidence(self, token: Secret) -> "_Evidence":
        unverified = jose.decode(token.reveal(), ())
        if isinstance(unverified, Malformed):
            nothing = Missing("discovery", "the token names no issuer")
            return _Evidence(unverified, nothing, nothing)
        discovery = self.publication.answer(discovery_url(unverified.issuer))
        key_set = self._key_set(discovery)
        return _Evidence(jose.decode(token.reveal(), _keys(key_set)), discovery, key_set)

    def _key_set(self, discovery: web.Response | Missing) -> web.Response | Missing:
        url = key_set_address(discovery)
        return url if isinstance(url, Missing) else self.publication.answer(url)

    def _granted(
        self, call: Call, request: AssumeRequest, granted: Granted, token: Token | Malformed
    ) -> Response:
        assert isinstance(token, Token), "the exchange grants nothing to what is no token"
        name = request.role_arn.rpartition("/")[2]
        partition = request.role_arn.split(":")[1]
        arn = f"arn:{partition}:sts::{self.account.id}:assumed-role/{name}/{request.session_name}"
        credentials = self.account.open_session(arn, self.clock() + request.duration_seconds)
        return query_result(
            "sts",
            call.action,
            {
                "SubjectFromWebIdentityToken": granted.subject,
                "Audience": granted.audience,
                "AssumedRoleUser": {"Arn": arn, "AssumedRoleId": f"AROASANDBOX:{request.session_name}"},
                "Credentials": _credentials(credentials),
                "Provider": token.issuer,
            },
        )


def read_request(form: Mapping[str, str]) -> AssumeRequest | Reason:
    """The call's parameters, or what STS says to one that is not there or is no number."""
    for name in ("RoleArn", "RoleSessionName", "WebIdentityToken"):
        if name not in form:
            return answers.not_given(_member(name))
    duration = form.get("DurationSeconds", "3600")
    if not _NUMBER.fullmatch(duration):
        cause = f'DurationSeconds "{duration}" is no whole number'
        constraint = "Member must be a whole number"
        return answers.out_of_shape("durationSeconds", duration, constraint, cause, Certainty.INFERRED)
    return AssumeRequest(form["RoleArn"], form["RoleSessionName"], int(duration), form.get("ProviderId", ""))


def _member(parameter: str) -> str:
    return parameter[0].lower() + parameter[1:]


def _refused(reason: Reason) -> Response:
    return query_error("sts", reason.status, reason.code, reason.message)


@dataclass(frozen=True, slots=True)
class _Evidence:
    token: Token | Malformed
    discovery: web.Response | Missing
    key_set: web.Response | Missing


def _keys(key_set: web.Response | Missing) -> tuple[Jwk, ...]:
    if isinstance(key_set, Missing) or not isinstance(key_set.body, str):
        return ()
    read = read_key_set(key_set.body)
    return read.keys if isinstance(read, KeySet) else ()


def _credentials(credentials: SessionCredentials) -> dict[str, str]:
    expiration = datetime.datetime.fromtimestamp(credentials.expires_at, datetime.UTC)
    return {
        "AccessKeyId": credentials.access_key_id,
        "SecretAccessKey": credentials.secret_access_key.reveal(),
        "SessionToken": credentials.session_token.reveal(),
        "Expiration": expiration.strftime("%Y-%m-%dT%H:%M:%SZ"),
    }
