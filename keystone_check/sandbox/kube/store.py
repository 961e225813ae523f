"""The objects that the server holds, each encoded once per revision."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from keystone_check.sandbox.kube.resources import Resource
from keystone_check.sandbox.kube.status import already_exists, not_found
from keystone_check.sandbox.kube.wire import Object, dump


@dataclass(frozen=True, slots=True)
class Stored:
    """One revision of one object."""

    resource: Resource
    value: Object
    """Without kind and apiVersion: lists leave them out."""
    item: str = field(repr=False)
    """The value as JSON."""

    @property
    def key(self) -> tuple[str, str]:
        metadata = self.value["metadata"]
        return metadata.get("namespace", ""), metadata["name"]

    @property
    def text(self) -> str:
        """The whole object as JSON."""
        head = f'{{"kind":"{self.resource.kind}","apiVersion":"{self.resource.api_version}"'
        return f"{head},{self.item[1:]}"


def stored(resource: Resource, value: Object) -> Stored:
    """An object with its text."""
    return Stored(resource, value, dump(value))


class Store:
    """Objects by resource, namespace and name, under one lock and one counter of revisions."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._objects: dict[str, dict[tuple[str, str], Stored]] = {}
        self.revision = 1

    def get(self, resource: Resource, namespace: str, name: str) -> Stored:
        """The object, or NotFound."""
        with self._lock:
            found = self._objects.get(resource.qualified, {}).get((namespace, name))
        if found is None:
            raise not_found(resource, name)
        return found

    def has(self, resource: Resource, namespace: str, name: str) -> bool:
        """Whether there is such an object."""
        with self._lock:
            return (namespace, name) in self._objects.get(resource.qualified, {})

    def list(self, resource: Resource, namespace: str = "") -> tuple[Stored, ...]:
        """Objects of one namespace, or of all, in the order of their keys."""
        with self._lock:
            objects = self._objects.get(resource.qualified, {})
            return tuple(objects[key] for key in sorted(objects) if not namespace or key[0] == namespace)

    def create(self, resource: Resource, value: Object, *, dry_run: bool = False) -> Stored:
        """Adds an object, or AlreadyExists. A dry run is judged alike and leaves nothing."""
        with self._lock:
            new = stored(resource, value)
            if self.has(resource, *new.key):
                raise already_exists(resource, new.key[1])
            return new if dry_run else self._keep(resource, value)

    def update(
        self,
        resource: Resource,
        key: tuple[str, str],
        change: Callable[[Object], Object],
        *,
        dry_run: bool = False,
    ) -> Stored:
        """Replaces an object by what `change` makes of it; what changes nothing makes no revision."""
        with self._lock:
            old = self.get(resource, *key)
            value = change(old.value)
            if value == old.value:
                return old
            return stored(resource, value) if dry_run else self._keep(resource, value)

    def delete(
        self, resource: Resource, key: tuple[str, str], check: Callable[[Object], None], *, dry_run: bool
    ) -> Stored:
        """Removes an object that `check` does not object to, and gives its last state."""
        with self._lock:
            old = self.get(resource, *key)
            check(old.value)
            if not dry_run:
                self.revision += 1
                del self._objects[resource.qualified][key]
            return old

    def empty(self, namespace: str) -> None:
        """Removes everything in a namespace."""
        with self._lock:
            for objects in self._objects.values():
                for key in [key for key in objects if key[0] == namespace]:
                    del objects[key]

    def _keep(self, resource: Resource, value: Object) -> Stored:
        self.revision += 1
        metadata = dict(value["metadata"])
        metadata["resourceVersion"] = str(self.revision)
        new = stored(resource, {**value, "metadata": ordered(metadata)})
        self._objects.setdefault(resource.qualified, {})[new.key] = new
        return new


METADATA_ORDER = (
    "name",
    "generateName",
    "namespace",
    "uid",
    "resourceVersion",
    "generation",
    "creationTimestamp",
    "deletionTimestamp",
    "deletionGracePeriodSeconds",
    "labels",
    "annotations",
    "ownerReferences",
    "finalizers",
    "managedFields",
)


def ordered(metadata: Object) -> Object:
    """Metadata in the order of its Go type, maps by key, without what is empty or unknown."""
    found = {key: metadata[key] for key in METADATA_ORDER if metadata.get(key) not in (None, "", {}, [])}
    return {
        key: dict(sorted(item.items())) if isinstance(item, dict) else item for key, item in found.items()
    }
