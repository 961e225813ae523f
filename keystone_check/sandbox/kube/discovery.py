"""What the server says that it serves: versions, groups, resources and a small OpenAPI document."""

import hashlib
from typing import Any

from keystone_check.sandbox.kube.resources import GROUPS, SERVICE_ACCOUNTS, STORED, Resource, of_group
from keystone_check.sandbox.kube.status import no_such_resource
from keystone_check.sandbox.kube.wire import Answer, Request, answer, dump

AGGREGATED = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList"
OPENAPI_PATH = "/openapi/v3/api/v1"


def discover(request: Request, address: str, custom: tuple[Resource, ...] = ()) -> Answer:
    """The answer to /api, /apis and what lies below them without being a resource."""
    path = request.path.rstrip("/")
    served = _Served(custom)
    match path.split("/")[1:]:
        case ["api" | "apis"] if AGGREGATED in request.accepts:
            groups = ("",) if path == "/api" else served.groups
            listed = {"kind": "APIGroupDiscoveryList", "apiVersion": "apidiscovery.k8s.io/v2", "metadata": {}}
            body = dump({**listed, "items": [_aggregated(group, served) for group in groups]})
            return Answer(200, body, AGGREGATED, (("Cache-Control", "public"), ("Vary", "Accept")))
        case ["api"]:
            reached = [{"clientCIDR": "0.0.0.0/0", "serverAddress": address}]
            return answer({"kind": "APIVersions", "versions": ["v1"], "serverAddressByClientCIDRs": reached})
        case ["apis"]:
            groups_list = [_group(group, served) for group in served.groups]
            return answer({"kind": "APIGroupList", "apiVersion": "v1", "groups": groups_list})
        case ["apis", group] if group in served.groups:
            return answer({"kind": "APIGroup", "apiVersion": "v1", **_group(group, served)})
        case ["api", "v1"]:
            return answer(
                {"kind": "APIResourceList", "groupVersion": "v1", "resources": _resources(of_group(""))}
            )
        case ["apis", group, version] if version in served.versions(group):
            listed = {"kind": "APIResourceList", "apiVersion": "v1", "groupVersion": f"{group}/{version}"}
            return answer({**listed, "resources": _resources(served.of(group, version))})
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


class _Served:
    """What is served, with what definitions add."""

    def __init__(self, custom: tuple[Resource, ...]) -> None:
        self._custom = custom
        self.groups = (*GROUPS, *dict.fromkeys(resource.group for resource in custom))

    def versions(self, group: str) -> tuple[str, ...]:
        """Those of a group; one of our own has one."""
        added = dict.fromkeys(resource.version for resource in self._custom if resource.group == group)
        return tuple(added) or (("v1",) if group in GROUPS else ())

    def of(self, group: str, version: str) -> tuple[Resource, ...]:
        """The resources of one version."""
        added = (it for it in self._custom if (it.group, it.version) == (group, version))
        return (*(of_group(group) if version == "v1" else ()), *added)


def _group(group: str, served: _Served) -> dict[str, Any]:
    versions = [{"groupVersion": f"{group}/{it}", "version": it} for it in served.versions(group)]
    return {"name": group, "versions": versions, "preferredVersion": versions[0]}


def _resources(listed: tuple[Resource, ...]) -> list[dict[str, Any]]:
    found = []
    for resource in listed:
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


def _aggregated(group: str, served: _Served) -> dict[str, Any]:
    versions = [
        {
            "version": version,
            "resources": [_entry(resource) for resource in served.of(group, version)],
            "freshness": "Current",
        }
        for version in (served.versions(group) if group else ("v1",))
    ]
    return {"metadata": {"name": group} if group else {}, "versions": versions}


def _entry(resource: Resource) -> dict[str, Any]:
    kind = _kind(resource.kind, "")
    if resource.version != "v1":
        kind = {"group": resource.group, "version": resource.version, "kind": resource.kind}
    entry: dict[str, Any] = {
        "resource": resource.plural,
        "responseKind": kind,
        "scope": "Namespaced" if resource.namespaced else "Cluster",
        "singularResource": resource.singular,
        "verbs": list(resource.verbs),
        **_names(resource),
    }
    if resource is SERVICE_ACCOUNTS:
        kind = _kind("TokenRequest", "authentication.k8s.io")
        entry["subresources"] = [{"subresource": "token", "responseKind": kind, "verbs": ["create"]}]
    return entry


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
