"""The API without its transport: a request in, an answer out."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from keystone_check.model.secret import Secret
from keystone_check.sandbox.kube import bodies, discovery, reviews, token_requests
from keystone_check.sandbox.kube.collection import Collection
from keystone_check.sandbox.kube.identity import (
    ISSUER_PATHS,
    PUBLIC_PATHS,
    User,
    Users,
    account_user,
    allowed,
    refusal,
)
from keystone_check.sandbox.kube.resources import (
    GROUPS,
    PODS,
    REVIEWS,
    SELF_SUBJECT_ACCESS_REVIEWS,
    SELF_SUBJECT_REVIEWS,
    SELF_SUBJECT_RULES_REVIEWS,
    SERVICE_ACCOUNTS,
    SUBJECT_ACCESS_REVIEWS,
    Resource,
)
from keystone_check.sandbox.kube.routes import Attributes, attributes
from keystone_check.sandbox.kube.state import Document, KubeState
from keystone_check.sandbox.kube.status import (
    StatusError,
    method_not_allowed,
    no_such_resource,
    not_acceptable,
    unauthorized,
)
from keystone_check.sandbox.kube.store import Store
from keystone_check.sandbox.kube.tokens import Bearer, Verifier, mint
from keystone_check.sandbox.kube.validation import require_types
from keystone_check.sandbox.kube.wire import Answer, Request, answer


@dataclass(frozen=True, slots=True)
class Api:
    """Everything that answering needs."""

    state: KubeState
    store: Store
    users: Users
    clock: Callable[[], int]
    address: str
    """`host:port` as clients reach the server."""

    def answer(self, request: Request) -> Answer:
        """The answer, which may be a Status that refuses."""
        try:
            return self._answer(request)
        except StatusError as refused:
            return refused.answer()

    def _answer(self, request: Request) -> Answer:
        user = self._asking(request)
        wanted = attributes(request)
        if not self._may(user, wanted):
            raise refusal(user, wanted)
        if not wanted.plural:
            return self._path(request)
        if not request.takes(bodies.JSON):
            raise not_acceptable(bodies.JSON)
        resource = wanted.resource or self._custom(wanted)
        if resource is None:
            return self._unknown(request, wanted)
        if resource in REVIEWS:
            return self._review(request, wanted, resource, user)
        if wanted.subresource:
            return self._subresource(request, wanted, resource)
        collection = Collection(self.store, resource, wanted.namespace, self.clock(), self.state.identity)
        return collection.answer(request, wanted)

    def _may(self, user: User, wanted: Attributes) -> bool:
        return allowed(user, wanted, self.users.denied, self.state.closed)

    def _asking(self, request: Request) -> User:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not token.strip():
            raise unauthorized()
        found = self._authenticate(Secret(token.strip()), self.state.api_audiences)
        if isinstance(found, str):
            raise unauthorized()
        return found[0]

    def _authenticate(self, token: Secret, audiences: Sequence[str]) -> tuple[User, tuple[str, ...]] | str:
        user = self.users.bearer(token)
        if user is not None:
            # A token that names no audience holds for those of the API server.
            shared = tuple(audience for audience in audiences if audience in self.state.api_audiences)
            return (user, shared) if shared else ""
        found = Verifier(self.store, self.state.signer).verify(token, audiences, self.clock())
        return (account_user(found), found.audiences) if isinstance(found, Bearer) else found

    def _path(self, request: Request) -> Answer:
        path = request.path.rstrip("/") or "/"
        known = path in (*PUBLIC_PATHS, *ISSUER_PATHS) or path.startswith(("/api", "/openapi"))
        if known and request.method != "GET":
            raise method_not_allowed()
        match path:
            case "/.well-known/openid-configuration":
                return _served(request, self.state.discovery)
            case "/openid/v1/jwks":
                return _served(request, self.state.key_set)
            case "/version":
                return discovery.version(self.state.version)
            case "/livez" | "/readyz" | "/healthz":
                return Answer(200, "ok", "text/plain; charset=utf-8", NO_SNIFFING)
        if path.startswith("/openapi"):
            return discovery.openapi(path)
        if path.split("/")[1] in ("api", "apis") and self._group_served(path):
            return discovery.discover(request, self.address, self.state.custom)
        return NO_PAGE

    def _unknown(self, request: Request, wanted: Attributes) -> Answer:
        if self._group_served(request.path):
            raise no_such_resource()
        return NO_PAGE

    def _group_served(self, path: str) -> bool:
        parts = path.split("/")
        groups = (*GROUPS, *(resource.group for resource in self.state.custom))
        return parts[1] == "api" or len(parts) == 2 or parts[2] in groups

    def _custom(self, wanted: Attributes) -> Resource | None:
        address = (wanted.group, wanted.version, wanted.plural)
        found = (it for it in self.state.custom if (it.group, it.version, it.plural) == address)
        return next(found, None)

    def _subresource(self, request: Request, wanted: Attributes, resource: Resource) -> Answer:
        if (resource, wanted.subresource) == (PODS, "log"):
            return self._log(request, wanted)
        if (resource, wanted.subresource) != (SERVICE_ACCOUNTS, "token"):
            raise no_such_resource()
        if request.method != "POST":
            raise method_not_allowed()
        return self._token(request, wanted)

    def _log(self, request: Request, wanted: Attributes) -> Answer:
        if request.method != "GET":
            raise method_not_allowed()
        self.store.get(PODS, wanted.namespace, wanted.name)
        written = self.state.logs.get(f"{wanted.namespace}/{wanted.name}", "")
        return Answer(200, written, "text/plain")

    def _token(self, request: Request, wanted: Attributes) -> Answer:
        read = bodies.read(request, token_requests.KIND, token_requests.API_VERSION)
        body = require_types(token_requests.KIND, read)
        Collection(self.store, SERVICE_ACCOUNTS, wanted.namespace, self.clock()).require_namespace()
        account = self.store.get(SERVICE_ACCOUNTS, wanted.namespace, wanted.name).value
        grant, spec = token_requests.asked(self.store, account, body, self.state.api_audiences)
        now = self.clock()
        override = self.state.token_overrides.get(f"{wanted.namespace}/{wanted.name}")
        token = mint(grant, self.state.signer, now, override)
        return answer(token_requests.granted(account, spec, token, now), 201)

    def _review(self, request: Request, wanted: Attributes, resource: Resource, user: User) -> Answer:
        if wanted.name:
            raise no_such_resource()
        if request.method != "POST":
            raise method_not_allowed()
        read = bodies.read(request, resource.kind, resource.api_version)
        body = require_types(resource.kind, read)
        return answer(self._reviewed(resource, body, user), 201)

    def _reviewed(self, resource: Resource, body: dict[str, Any], user: User) -> dict[str, Any]:
        if resource is SELF_SUBJECT_REVIEWS:
            return reviews.self_subject_review(user, self.clock())
        if resource is SELF_SUBJECT_ACCESS_REVIEWS:
            return reviews.self_subject_access_review(body, user, lambda it: self._may(user, it))
        if resource is SUBJECT_ACCESS_REVIEWS:
            return reviews.subject_access_review(body, self._may)
        if resource is SELF_SUBJECT_RULES_REVIEWS:
            return reviews.self_subject_rules_review(body, user)
        return reviews.token_review(body, self.state.api_audiences, self._authenticate)


NO_SNIFFING = (("X-Content-Type-Options", "nosniff"),)
NO_PAGE = Answer(404, "404 page not found\n", "text/plain; charset=utf-8", NO_SNIFFING)


def _served(request: Request, document: Document) -> Answer:
    # Each document has one type: who asks for the key set as application/json is refused.
    if document.status == 200 and not request.takes(document.content_type):
        raise not_acceptable(document.content_type)
    cache = (("Cache-Control", document.cache_control),)
    return Answer(document.status, document.text, document.content_type, cache)
