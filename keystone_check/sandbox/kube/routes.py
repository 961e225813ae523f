"""What a request asks for: verb and resource, or a path that is no resource."""

from dataclasses import dataclass

from keystone_check.sandbox.kube.resources import Resource, find
from keystone_check.sandbox.kube.wire import Request


@dataclass(frozen=True, slots=True)
class Attributes:
    """What is to be authorized. Either a resource is named, or only a path."""

    verb: str
    path: str = ""
    group: str = ""
    version: str = ""
    plural: str = ""
    subresource: str = ""
    namespace: str = ""
    name: str = ""

    @property
    def resource(self) -> Resource | None:
        """The served resource that is meant, if there is one."""
        return find(self.group, self.version, self.plural)

    @property
    def permission(self) -> str:
        """The right in words: `create serviceaccounts/token`, `get /openid/v1/jwks`."""
        if not self.plural:
            return f"{self.verb} {self.path}"
        group = f".{self.group}" if self.group else ""
        subresource = f"/{self.subresource}" if self.subresource else ""
        return f"{self.verb} {self.plural}{group}{subresource}"


def attributes(request: Request) -> Attributes:
    """The attributes of a request, read from its path as the API server reads them."""
    group, version, rest = _api(request.path)
    if not rest:
        return Attributes(request.method.lower(), request.path)
    namespace = ""
    if rest[0] == "namespaces" and len(rest) > 1:
        namespace = rest[1]
        rest = rest[2:] if len(rest) > 2 else rest
    plural, name, subresource = (*rest, "", "")[:3]
    verb = _verb(request, name)
    return Attributes(verb, request.path, group, version, plural, subresource, namespace, name)


def _api(path: str) -> tuple[str, str, list[str]]:
    match [part for part in path.split("/") if part]:
        case ["api", version, *rest]:
            return "", version, rest
        case ["apis", group, version, *rest]:
            return group, version, rest
        case _:
            return "", "", []


def _verb(request: Request, name: str) -> str:
    match request.method:
        case "GET" | "HEAD":
            return "get" if name else "watch" if request.query.get("watch") in ("1", "true") else "list"
        case "DELETE":
            return "delete" if name else "deletecollection"
        case other:
            return {"POST": "create", "PUT": "update", "PATCH": "patch"}.get(other, other.lower())
