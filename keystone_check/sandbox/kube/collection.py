"""One resource in one namespace, or in all: list, get, create, update, patch and delete."""

from collections.abc import Callable
from dataclasses import dataclass, field

from keystone_check.sandbox.kube import bodies, objects, patches, rollout
from keystone_check.sandbox.kube.deletion import last_state, require_preconditions
from keystone_check.sandbox.kube.mutation import mutated
from keystone_check.sandbox.kube.options import (
    require_options,
    require_patched_types,
    unknown_fields,
    with_warnings,
)
from keystone_check.sandbox.kube.pods import admitted
from keystone_check.sandbox.kube.resources import NAMESPACES, PODS, SERVICE_ACCOUNTS, Resource
from keystone_check.sandbox.kube.routes import Attributes
from keystone_check.sandbox.kube.selectors import page
from keystone_check.sandbox.kube.state import Identity
from keystone_check.sandbox.kube.status import Cause, forbidden, invalid, method_not_allowed, not_found
from keystone_check.sandbox.kube.store import Store, Stored
from keystone_check.sandbox.kube.tables import table
from keystone_check.sandbox.kube.validation import require_types
from keystone_check.sandbox.kube.wire import Answer, Object, Request, answer, dump

TABLE = "application/json;as=Table;v=v1;g=meta.k8s.io"
UNDELETABLE = ("default", "kube-system", "kube-public")


@dataclass(frozen=True, slots=True)
class Collection:
    """What a request to a stored resource is answered from."""

    store: Store
    resource: Resource
    namespace: str
    now: int
    identity: Identity = field(default_factory=Identity)

    def answer(self, request: Request, wanted: Attributes) -> Answer:
        """The answer to a request that is allowed."""
        self._require_scope(wanted)
        if wanted.verb not in self.resource.verbs:
            raise method_not_allowed()
        require_options(request)
        match request.method, bool(wanted.name):
            case "GET", False:
                return self._list(request)
            case "GET", True:
                return self._shown(request, self.store.get(self.resource, *self._key(wanted.name)))
            case "POST", False:
                return self._create(request)
            case "PUT", True:
                return self._update(request, wanted.name)
            case "PATCH", True:
                return self._patch(request, wanted.name)
            case "DELETE", True:
                return self._delete(request, wanted.name)
            case "DELETE", False:
                return self._delete_all(request)
            case _:
                raise method_not_allowed()

    def require_namespace(self) -> None:
        """Refuses to write into a namespace that is not there."""
        if self.resource.namespaced and not self.store.has(NAMESPACES, "", self.namespace):
            raise not_found(NAMESPACES, self.namespace)

    def _require_scope(self, wanted: Attributes) -> None:
        if self.resource.namespaced and not self.namespace and (wanted.name or wanted.verb == "create"):
            raise method_not_allowed()

    def _key(self, name: str) -> tuple[str, str]:
        return (self.namespace if self.resource.namespaced else "", name)

    def _list(self, request: Request) -> Answer:
        revision = self.store.revision
        namespace = self.namespace if self.resource.namespaced else ""
        found = page(self.resource, self.store.list(self.resource, namespace), request.query, revision)
        metadata = found.metadata(revision)
        if TABLE in request.accepts:
            include = request.query.get("includeObject", "")
            return answer(table(self.resource, found.items, metadata, self.now, include))
        head = {"kind": f"{self.resource.kind}List", "apiVersion": self.resource.api_version}
        items = ",".join(item.item for item in found.items)
        return Answer(200, f'{dump({**head, "metadata": metadata})[:-1]},"items":[{items}]}}\n')

    def _shown(self, request: Request, found: Stored, status: int = 200) -> Answer:
        if TABLE in request.accepts:
            metadata = {"resourceVersion": found.value["metadata"].get("resourceVersion", "")}
            include = request.query.get("includeObject", "")
            return answer(table(self.resource, (found,), metadata, self.now, include), status)
        return Answer(status, found.text + "\n")

    def _create(self, request: Request) -> Answer:
        value, warnings = self._read(request)
        return with_warnings(self._shown(request, self._created(request, value), 201), warnings)

    def _created(self, request: Request, value: Object) -> Stored:
        self.require_namespace()
        new = objects.new(self.resource, self._key("")[0], value, self.now)
        if self.resource is PODS:
            new = admitted(self.store, new, objects.random_suffix(), self.identity)
            new = mutated(self.store, self.identity, new, self.now)
        kept = self.store.create(self.resource, new, dry_run=request.dry_run)
        if self.resource is NAMESPACES and not request.dry_run:
            self._create_default_account(new["metadata"]["name"])
        return kept

    def _create_default_account(self, namespace: str) -> None:
        account = objects.new(SERVICE_ACCOUNTS, namespace, {"metadata": {"name": "default"}}, self.now)
        self.store.create(SERVICE_ACCOUNTS, account)

    def _update(self, request: Request, name: str) -> Answer:
        value, warnings = self._read(request)
        objects.require_same_name(name, value)

        def change(old: Object) -> Object:
            objects.require_same_uid(self.resource, old, value)
            return objects.changed(self.resource, old, value)

        kept = self.store.update(self.resource, self._key(name), change, dry_run=request.dry_run)
        return with_warnings(self._shown(request, kept), warnings)

    def _patch(self, request: Request, name: str) -> Answer:
        if request.content_type == patches.APPLY:
            return self._apply(request, name)
        change = patches.patch(request)
        return self._patched(request, name, change)

    def _patched(self, request: Request, name: str, change: Callable[[Object], Object]) -> Answer:
        warnings: list[str] = []

        def checked(old: Object) -> Object:
            head = {"kind": self.resource.kind, "apiVersion": self.resource.api_version}
            wanted = change({**head, **old})
            value, unknown = bodies.known_only(
                self.resource, {key: item for key, item in wanted.items() if key not in head}
            )
            warnings.extend(unknown_fields(self.resource, unknown, request))
            value = require_patched_types(self.resource, {"metadata": {}, **value})
            objects.require_same_name(name, value)
            objects.require_immutable_uid(self.resource, old, value)
            return objects.changed(self.resource, old, value)

        key = self._key(name)
        before = rollout.template_of(self.store.get(self.resource, *key).value)
        kept = self.store.update(self.resource, key, checked, dry_run=request.dry_run)
        changed = rollout.template_of(kept.value) != before and not request.dry_run
        if self.resource in rollout.WORKLOADS and changed:
            rollout.roll_out(self.store, self.identity, self.resource, kept.value, self.now)
        return with_warnings(self._shown(request, kept), tuple(warnings))

    def _apply(self, request: Request, name: str) -> Answer:
        if not request.query.get("fieldManager"):
            cause = Cause("fieldManager", "Required value: is required for apply patch")
            raise invalid("PatchOptions", "", (cause,), "meta.k8s.io")
        wanted = patches.applied(request, self.resource)
        wanted = require_types(self.resource.kind, wanted)
        objects.require_same_name(name, wanted)
        if self.store.has(self.resource, *self._key(name)):
            # Fields have no owners here: every apply is forced, and drops nothing that it applied before.
            return self._patched(request, name, lambda old: patches.merged(old, wanted, strategic=True))
        value, unknown = bodies.known_only(self.resource, wanted)
        warnings = unknown_fields(self.resource, unknown, request)
        return with_warnings(self._shown(request, self._created(request, value), 201), warnings)

    def _delete(self, request: Request, name: str) -> Answer:
        options = require_types("DeleteOptions", bodies.options(request))
        dry_run = request.dry_run or "All" in (options.get("dryRun") or ())
        if self.resource is NAMESPACES and name in UNDELETABLE:
            raise forbidden("namespaces", "", name, "this namespace may not be deleted")
        wanted = options.get("preconditions") or {}
        gone = self.store.delete(
            self.resource,
            self._key(name),
            lambda value: require_preconditions(self.resource, value, wanted),
            dry_run=dry_run,
        )
        if not dry_run:
            self._recreate_default_account(*gone.key)
        if self.resource is NAMESPACES and not dry_run:
            self.store.empty(name)
        return self._deleted(request, gone)

    def _deleted(self, request: Request, gone: Stored) -> Answer:
        if self.resource is SERVICE_ACCOUNTS:
            return self._shown(request, gone)
        return answer(last_state(gone, self.now))

    def _recreate_default_account(self, namespace: str, name: str) -> None:
        # In a cluster the service account controller does this.
        if self.resource is SERVICE_ACCOUNTS and name == "default":
            self._create_default_account(namespace)

    def _delete_all(self, request: Request) -> Answer:
        revision = self.store.revision
        chosen = page(self.resource, self.store.list(self.resource, self.namespace), request.query, revision)
        listed = self._list(request)
        for item in chosen.items:
            self.store.delete(self.resource, item.key, lambda value: None, dry_run=request.dry_run)
            if not request.dry_run:
                self._recreate_default_account(*item.key)
        return listed

    def _read(self, request: Request) -> tuple[Object, tuple[str, ...]]:
        found = bodies.read(request, self.resource.kind, self.resource.api_version)
        fitted = require_types(self.resource.kind, found)
        value, unknown = bodies.known_only(self.resource, fitted)
        return {"metadata": {}, **value}, unknown_fields(self.resource, unknown, request)
