"""The reviews: who am I, may I, whose token is this."""

from collections.abc import Callable, Sequence
from typing import Any

from keystone_check.model.secret import Secret
from keystone_check.sandbox.kube.identity import (
    BASIC_USER,
    DISCOVERY_PATHS,
    ISSUER_PATHS,
    MASTERS,
    PUBLIC_PATHS,
    SERVICE_ACCOUNTS_GROUP,
    User,
    role,
)
from keystone_check.sandbox.kube.objects import timestamp
from keystone_check.sandbox.kube.resources import (
    SELF_SUBJECT_ACCESS_REVIEWS,
    SELF_SUBJECT_REVIEWS,
    SELF_SUBJECT_RULES_REVIEWS,
    SUBJECT_ACCESS_REVIEWS,
    TOKEN_REVIEWS,
    Resource,
)
from keystone_check.sandbox.kube.routes import Attributes
from keystone_check.sandbox.kube.status import Cause, bad_request, invalid
from keystone_check.sandbox.kube.wire import Object, dump

Authenticate = Callable[[Secret, Sequence[str]], tuple[User, tuple[str, ...]] | str]
"""A token and the audiences that are asked for: its user and the audiences it holds for, or why not."""


def self_subject_review(user: User, now: int) -> dict[str, Any]:
    """Who asks."""
    status = {"userInfo": user.info()}
    return {
        **_head(SELF_SUBJECT_REVIEWS),
        "metadata": {"creationTimestamp": timestamp(now)},
        "status": status,
    }


def token_review(body: Object, api_audiences: Sequence[str], authenticate: Authenticate) -> dict[str, Any]:
    """Whose token the body holds."""
    spec = body.get("spec") or {}
    if not spec.get("token"):
        raise bad_request("token is required for TokenReview in authentication")
    found = authenticate(Secret(str(spec["token"])), spec.get("audiences") or api_audiences)
    review = {**_head(TOKEN_REVIEWS), "metadata": {}, "spec": spec}
    if isinstance(found, str):
        because = f"[invalid bearer token, {found}]" if found else "invalid bearer token"
        return {**review, "status": {"user": {}, "error": because}}
    user, audiences = found
    return {
        **review,
        "status": {"authenticated": True, "user": user.info(), "audiences": list(audiences)},
    }


def self_subject_access_review(
    body: Object, user: User, allows: Callable[[Attributes], bool]
) -> dict[str, Any]:
    """Whether the asking user may do what the body names."""
    spec = body.get("spec") or {}
    status = _judged(user, _wanted(spec, SELF_SUBJECT_ACCESS_REVIEWS), lambda _, wanted: allows(wanted))
    return {**_head(SELF_SUBJECT_ACCESS_REVIEWS), "metadata": {}, "spec": spec, "status": status}


def subject_access_review(body: Object, allows: Callable[[User, Attributes], bool]) -> dict[str, Any]:
    """Whether somebody else may do what the body names."""
    spec = body.get("spec") or {}
    wanted = _wanted(spec, SUBJECT_ACCESS_REVIEWS)
    groups = tuple(spec.get("groups") or ())
    if not spec.get("user") and not groups:
        message = 'Invalid value: "": at least one of user or group must be specified'
        raise invalid("", "", (Cause("spec.user", message),), SUBJECT_ACCESS_REVIEWS.group)
    status = _judged(User(str(spec.get("user") or ""), groups), wanted, allows)
    return {**_head(SUBJECT_ACCESS_REVIEWS), "metadata": {}, "spec": spec, "status": status}


def _judged(user: User, wanted: Attributes, allows: Callable[[User, Attributes], bool]) -> dict[str, Any]:
    status: dict[str, Any] = {"allowed": allows(user, wanted)}
    by = None if MASTERS in user.groups else role(user, wanted)
    if by and status["allowed"]:
        name, group = by
        status["reason"] = (
            f'RBAC: allowed by ClusterRoleBinding "{name}" of ClusterRole "{name}" to Group "{group}"'
        )
    return status


def _wanted(spec: Object, review: Resource) -> Attributes:
    resource, path = spec.get("resourceAttributes"), spec.get("nonResourceAttributes")
    if resource is not None and path is not None:
        shown = dump({"Path": path.get("path", ""), "Verb": path.get("verb", "")})
        raise _invalid_spec(
            "nonResource",
            f"Invalid value: {shown}: cannot be specified in combination with resourceAttributes",
            review,
        )
    if path is not None:
        return Attributes(path.get("verb", ""), path.get("path", ""))
    if resource is None:
        raise _invalid_spec(
            "resource",
            "Invalid value: null: exactly one of nonResourceAttributes or resourceAttributes must be "
            "specified",
            review,
        )
    keys = {"verb": "verb", "group": "group", "version": "version", "plural": "resource"}
    keys |= {"subresource": "subresource", "namespace": "namespace", "name": "name"}
    return Attributes(**{ours: str(resource.get(theirs) or "") for ours, theirs in keys.items()})


def _invalid_spec(which: str, message: str, review: Resource) -> Exception:
    # The API server leaves the kind out of this one.
    return invalid("", "", (Cause(f"spec.{which}Attributes", message),), review.group)


def self_subject_rules_review(body: Object, user: User) -> dict[str, Any]:
    """What the asking user may do; refusals of single permissions have no place in this list."""
    if not (body.get("spec") or {}).get("namespace"):
        raise bad_request("no namespace on request")
    rules = [
        {
            "verbs": ["create"],
            "apiGroups": [group],
            "resources": [plural for owner, plural in BASIC_USER if owner == group],
        }
        for group in sorted({group for group, _ in BASIC_USER}, reverse=True)
    ]
    paths = [*PUBLIC_PATHS, *(form for path in DISCOVERY_PATHS for form in (path, f"{path}/*"))]
    readable = [{"verbs": ["get"], "nonResourceURLs": sorted(paths)}]
    if SERVICE_ACCOUNTS_GROUP in user.groups:
        readable.append({"verbs": ["get"], "nonResourceURLs": list(ISSUER_PATHS)})
    if MASTERS in user.groups:
        rules.insert(0, {"verbs": ["*"], "apiGroups": ["*"], "resources": ["*"]})
        readable.insert(0, {"verbs": ["*"], "nonResourceURLs": ["*"]})
    status = {"resourceRules": rules, "nonResourceRules": readable, "incomplete": False}
    return {**_head(SELF_SUBJECT_RULES_REVIEWS), "metadata": {}, "spec": {}, "status": status}


def _head(resource: Resource) -> dict[str, str]:
    return {"kind": resource.kind, "apiVersion": resource.api_version}
