"""What the server says that it serves: versions, groups, resources and a small OpenAPI document."""

import hashlib
from typing import Any

from keystone_check.sandbox.kube.resources import GROUPS, SERVICE_ACCOUNTS, STORED, Resource, of_group
from keystone_check.sandbox.kube.status import no_such_resource
from keystone_check.sandbox.kube.wire import Answer, Request, answer, dump

AGGREGATED = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList"
OPENAPI_PATH = "/openapi/v3/api/v1"


def discover(request: Request, address: str) -> Answer:
    """The answer to /api, /apis and what lies below them without being a resource."""
    path = request.path.rstrip("/")
    match path.split("/")[1:]:
        case ["api" | "apis"] if AGGREGATED in request.accepts:
            groups = ("",) if path == "/api" else GROUPS
            listed = {"kind": "APIGroupDiscoveryList", "apiVersion": "apidiscovery.k8s.io/v2", "metadata": {}}
            body = dump({**listed, "items": [_aggregated(group) for group in groups]})
            return Answer(200, body, AGGREGATED, (("Cache-Control", "public"), ("Vary", "Accept")))
        case ["api"]:
            reached = [{"clientCIDR": "0.0.0.0/0", "serverAddress": address}]
            return answer({"kind": "APIVersions", "versions": ["v1"], "serverAddressByClientCIDRs": reached})
        case ["apis"]:
            groups_list = [_group(group) for group in GROUPS]
            return answer({"kind": "APIGroupList", "apiVersion": "v1", "groups": groups_list})
        case ["apis", group] if group in GROUPS:
            return answer({"kind": "APIGroup", "apiVersion": "v1", **_group(group)})
        case ["api", "v1"]:
            return answer({"kind": "APIResourceList", "groupVersion": "v1", "resources": _resources("")})
        case ["apis", group, "v1"] if group in GROUPS:
            listed = {"kind": "APIResourceList", "apiVersion": "v1", "groupVersion": f"{group}/v1"}
            return answer({**listed, "resources": _resources(group)})
        case _:
            raise no_such_resource()


def version(git_version: str) -> Answer:
    """The answer to /version."""
    major, minor, *_ = (*git_version.lstrip("v").split("."), "0")
    return answer(
        {
            "major": major,
            "minor": minor,
            "emulationMajor": major,
            "emulationMinor": minor,
            "minCompatibilityMajor": major,
            "minCompatibilityMinor": str(int(minor) - 1),
            "gitVersion": git_version,
            "gitCommit": "",
            "gitTreeState": "clean",
            "buildDate": "1970-01-01T00:00:00Z",
            "goVersion": "go1.26.0",
            "compiler": "gc",
            "platform": "linux/amd64",
        }
    )


def _group(group: str) -> dict[str, Any]:
    only = {"groupVersion": f"{group}/v1", "version": "v1"}
    return {"name": group, "versions": [only], "preferredVersion": only}


def _resources(group: str) -> list[dict[str, Any]]:
    found = []
    for resource in of_group(group):
        entry: dict[str, Any] = {
            "name": resource.plural,
            "singularName": resource.singular,
            "namespaced": resource.namespaced,
            "kind": resource.kind,
            "verbs": list(resource.verbs),
        }
        found.append(entry | _names(resource))
        if resource is SERVICE_ACCOUNTS:
            token = {
                "singularName": "",
                "namespaced": True,
                "group": "authentication.k8s.io",
                "version": "v1",
            }
            found.append(
                {"name": "serviceaccounts/token", **token, "kind": "TokenRequest", "verbs": ["create"]}
            )
    return found


def _aggregated(group: str) -> dict[str, Any]:
    resources = []
    for resource in of_group(group):
        entry: dict[str, Any] = {
            "resource": resource.plural,
            "responseKind": _kind(resource.kind, ""),
            "scope": "Namespaced" if resource.namespaced else "Cluster",
            "singularResource": resource.singular,
            "verbs": list(resource.verbs),
            **_names(resource),
        }
        if resource is SERVICE_ACCOUNTS:
            kind = _kind("TokenRequest", "authentication.k8s.io")
            entry["subresources"] = [{"subresource": "token", "responseKind": kind, "verbs": ["create"]}]
        resources.append(entry)
    versions = [{"version": "v1", "resources": resources, "freshness": "Current"}]
    return {"metadata": {"name": group} if group else {}, "versions": versions}


def _names(resource: Resource) -> dict[str, Any]:
    names = {"shortNames": list(resource.short_names), "categories": list(resource.categories)}
    return {key: value for key, value in names.items() if value}


def _kind(kind: str, group: str) -> dict[str, str]:
    return {"group": group, "version": "v1" if group else "", "kind": kind}


def openapi(path: str) -> Answer:
    """The OpenAPI documents: which kinds can be patched, and that the server validates fields itself."""
    match path.rstrip("/"):
        case "/openapi/v3":
            digest = hashlib.sha256(dump(_document()).encode()).hexdigest().upper()
            return answer({"paths": {"api/v1": {"serverRelativeURL": f"{OPENAPI_PATH}?hash={digest}"}}})
        case "/openapi/v3/api/v1":
            return answer(_document())
        case "/openapi/v2":
            info = {"title": "Kubernetes", "version": "v1"}
            return answer({"swagger": "2.0", "info": info, "paths": {}, "definitions": {}})
        case _:
            raise no_such_resource()


def _document() -> dict[str, Any]:
    writable = [resource for resource in STORED if "patch" in resource.verbs]
    return {
        "openapi": "3.0.0",
        "info": {"title": "Kubernetes", "version": "v1"},
        "paths": {_path(resource): {"patch": _patch_operation(resource)} for resource in writable},
        "components": {"schemas": {f"io.k8s.api.core.v1.{r.kind}": _schema(r) for r in writable}},
    }


def _path(resource: Resource) -> str:
    scope = "namespaces/{namespace}/" if resource.namespaced else ""
    return f"/api/v1/{scope}{resource.plural}/{{name}}"


def _patch_operation(resource: Resource) -> dict[str, Any]:
    # kubectl reads from here that the server validates fields. No patch types are listed, for then it would
    # look for merge keys in schemas that are not here; without them it uses the types that it has built in.
    names = ("dryRun", "fieldManager", "fieldValidation", "force")
    return {
        "operationId": f"patchCoreV1{resource.kind}",
        "parameters": [{"name": name, "in": "query", "schema": {"type": "string"}} for name in names],
        "responses": {"200": {"description": "OK"}},
        "x-kubernetes-action": "patch",
        "x-kubernetes-group-version-kind": _own_kind(resource),
    }


def _schema(resource: Resource) -> dict[str, Any]:
    return {
        "type": "object",
        "x-kubernetes-group-version-kind": [_own_kind(resource)],
        "x-kubernetes-preserve-unknown-fields": True,
    }


def _own_kind(resource: Resource) -> dict[str, str]:
    return {"group": resource.group, "version": resource.version, "kind": resource.kind}
