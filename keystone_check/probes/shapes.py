"""What of a pod concerns the chain: AWS variables, token volumes, mounts, users. Nothing else is kept."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from keystone_check.model.injection import (
    DEFAULT_TOKEN,
    SHOWN,
    Container,
    Import,
    Mount,
    Shape,
    Variable,
    Volume,
)

_AWS = "AWS_"
_SOURCES = {
    "secretKeyRef": "secret",
    "configMapKeyRef": "config map",
    "fieldRef": "field",
    "resourceFieldRef": "field",
}


def shape(spec: Mapping[str, Any]) -> Shape:
    """The chain's part of a pod's spec."""
    security = spec.get("securityContext") or {}
    volumes = tuple(volume for found in spec.get("volumes") or () for volume in _volumes(found))
    kept = {volume.name for volume in volumes}
    listed = (*(spec.get("initContainers") or ()), *(spec.get("containers") or ()))
    containers = tuple(_container(found, kept, security.get("runAsUser")) for found in listed)
    return Shape(containers, volumes, security.get("fsGroup"))


def _container(found: Mapping[str, Any], kept: set[str], user: int | None) -> Container:
    mounts = (Mount(_name(mount["name"]), mount["mountPath"]) for mount in found.get("volumeMounts") or ())
    return Container(
        name=found["name"],
        variables=tuple(_variable(env) for env in found.get("env") or () if env["name"].startswith(_AWS)),
        mounts=tuple(mount for mount in mounts if mount.volume in kept),
        user=(found.get("securityContext") or {}).get("runAsUser", user),
        imports=tuple(_imports(found.get("envFrom") or ())),
    )


def _variable(env: Mapping[str, Any]) -> Variable:
    name = env["name"]
    reference = next(iter(env.get("valueFrom") or {}), "")
    source = _SOURCES.get(reference, reference) if reference else "value"
    return Variable(name, source, (env.get("value") or "") if name in SHOWN else "")


def _imports(found: Iterable[Mapping[str, Any]]) -> Iterator[Import]:
    """A prefix that leads nowhere near `AWS_` leaves an import out."""
    for one in found:
        prefix = one.get("prefix") or ""
        if not (_AWS.startswith(prefix) or prefix.startswith(_AWS)):
            continue
        for key, source in (("secretRef", "secret"), ("configMapRef", "config map")):
            if key in one:
                yield Import(source, one[key].get("name") or "")


def _volumes(found: Mapping[str, Any]) -> Iterator[Volume]:
    name = _name(found["name"])
    if "secret" in found:
        yield Volume(name, "secret", mode=found["secret"].get("defaultMode") or 0o644)
    projected = found.get("projected") or {}
    for source in projected.get("sources") or ():
        token = source.get("serviceAccountToken")
        if token:
            yield Volume(
                name,
                "token",
                token.get("path") or "",
                token.get("audience") or "",
                token.get("expirationSeconds") or 3600,
                projected.get("defaultMode") or 0o644,
            )


def _name(name: str) -> str:
    """A volume's name without the letters that the cluster draws."""
    return DEFAULT_TOKEN if name.startswith(f"{DEFAULT_TOKEN}-") else name
