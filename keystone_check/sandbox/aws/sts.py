"""STS: who calls, and the exchange of a web identity token, decided by our own law."""

import datetime
from collections.abc import Callable
from dataclasses import dataclass

from werkzeug.wrappers import Response

from keystone_check import jose
from keystone_check.iam.oidc import Jwk, KeySet, Unreadable, discovery_url, read_discovery, read_key_set
from keystone_check.iam.sts import AssumeRequest, Granted, Malformed, Refused, Undecided, exchange
from keystone_check.model import web
from keystone_check.model.cluster import Token
from keystone_check.model.facts import Missing, Subjects
from keystone_check.model.secret import Secret
from keystone_check.sandbox.aws import state
from keystone_check.sandbox.aws.account import Account, SessionCredentials
from keystone_check.sandbox.aws.calls import Call
from keystone_check.sandbox.aws.replies import query_error, query_result
from keystone_check.sandbox.publication import Publication


@dataclass(frozen=True, slots=True)
class Sts:
    """The service's two actions that the chain needs."""

    account: Account
    publication: Publication
    chains: Subjects[web.Chain]
    clock: Callable[[], int]

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
        request = AssumeRequest(
            role_arn=call.form.get("RoleArn", ""),
            session_name=call.form.get("RoleSessionName", ""),
            duration_seconds=int(call.form.get("DurationSeconds", "3600")),
            provider_id=call.form.get("ProviderId", ""),
        )
        evidence = self._evidence(Secret(call.form.get("WebIdentityToken", "")))
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
            case Granted():
                return self._granted(call, request, evidence.token)
            case Refused(first=reason):
                return query_error("sts", reason.status, reason.code, reason.message)
            case Undecided():
                because = "; ".join(str(getattr(item, "because", item)) for item in answer.because)
                return query_error("sts", 500, "InternalFailure", f"the sandbox cannot decide: {because}")

    def _evidence(self, token: Secret) -> "_Evidence":
        unverified = jose.decode(token.reveal(), ())
        if isinstance(unverified, Malformed):
            nothing = Missing("discovery", "the token names no issuer")
            return _Evidence(unverified, nothing, nothing)
        discovery = self.publication.answer(discovery_url(unverified.issuer))
        key_set = self._key_set(discovery)
        return _Evidence(jose.decode(token.reveal(), _keys(key_set)), discovery, key_set)

    def _key_set(self, discovery: web.Response | Missing) -> web.Response | Missing:
        if isinstance(discovery, Missing):
            return Missing("key_set", discovery.because)
        if not isinstance(discovery.body, str):
            return Missing("key_set", discovery.body.because)
        read = read_discovery(discovery.body)
        if isinstance(read, Unreadable):
            return Missing("key_set", f"the discovery document cannot be read: {read.because}")
        return self.publication.answer(read.jwks_uri)

    def _granted(self, call: Call, request: AssumeRequest, token: Token | Malformed) -> Response:
        assert isinstance(token, Token), "the exchange grants nothing to what is no token"
        name = request.role_arn.rpartition("/")[2]
        partition = request.role_arn.split(":")[1]
        arn = f"arn:{partition}:sts::{self.account.id}:assumed-role/{name}/{request.session_name}"
        credentials = self.account.open_session(arn, self.clock() + request.duration_seconds)
        return query_result(
            "sts",
            call.action,
            {
                "SubjectFromWebIdentityToken": token.subject,
                "Audience": str(token.claims.get("azp") or token.audiences[0]),
                "AssumedRoleUser": {"Arn": arn, "AssumedRoleId": f"AROASANDBOX:{request.session_name}"},
                "Credentials": _credentials(credentials),
                "Provider": token.issuer,
            },
        )


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
