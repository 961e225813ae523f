"""The resources that are served, as data: routes, discovery, tables and validation all read this list."""

from dataclasses import dataclass

STORED_VERBS = ("create", "delete", "deletecollection", "get", "list", "patch", "update")


@dataclass(frozen=True, slots=True)
class Resource:
    """One kind of object and how it is addressed."""

    plural: str
    singular: str
    kind: str
    namespaced: bool = True
    group: str = ""
    version: str = "v1"
    short_names: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    verbs: tuple[str, ...] = STORED_VERBS
    fields: tuple[str, ...] = ()
    """Known fields beside metadata; none given: all are taken."""
    selectable: tuple[str, ...] = ("metadata.name", "metadata.namespace")
    returned_when_deleted: bool = False
    """DELETE answers with the object and not with a Status."""

    @property
    def qualified(self) -> str:
        """The name that messages use: `deployments.apps`, or the plural alone in the core group."""
        return f"{self.plural}.{self.group}" if self.group else self.plural

    @property
    def api_version(self) -> str:
        return f"{self.group}/{self.version}" if self.group else self.version


AUTHENTICATION = "authentication.k8s.io"
AUTHORIZATION = "authorization.k8s.io"
DISCOVERY = "discovery.k8s.io"


def _review(plural: str, kind: str, group: str) -> Resource:
    return Resource(plural, plural[:-1], kind, namespaced=False, group=group, verbs=("create",))


CONFIG_MAPS = Resource(
    "configmaps", "configmap", "ConfigMap", short_names=("cm",), fields=("data", "binaryData", "immutable")
)
EVENTS = Resource(
    "events",
    "event",
    "Event",
    short_names=("ev",),
    verbs=("get", "list"),
    selectable=(
        "metadata.name",
        "metadata.namespace",
        "involvedObject.kind",
        "involvedObject.name",
        "involvedObject.namespace",
        "involvedObject.uid",
        "reason",
        "type",
    ),
)
NAMESPACES = Resource(
    "namespaces",
    "namespace",
    "Namespace",
    namespaced=False,
    short_names=("ns",),
    verbs=tuple(verb for verb in STORED_VERBS if verb != "deletecollection"),
    fields=("spec", "status"),
    selectable=("metadata.name", "status.phase"),
    returned_when_deleted=True,
)
ENDPOINT_SLICES = Resource(
    "endpointslices",
    "endpointslice",
    "EndpointSlice",
    group=DISCOVERY,
    fields=("addressType", "endpoints", "ports"),
)
NODES = Resource("nodes", "node", "Node", namespaced=False, short_names=("no",), fields=("spec", "status"))
PODS = Resource(
    "pods",
    "pod",
    "Pod",
    short_names=("po",),
    categories=("all",),
    fields=("spec", "status"),
    selectable=(
        "metadata.name",
        "metadata.namespace",
        "spec.nodeName",
        "spec.restartPolicy",
        "spec.schedulerName",
        "spec.serviceAccountName",
        "status.phase",
    ),
    returned_when_deleted=True,
)
SECRETS = Resource(
    "secrets",
    "secret",
    "Secret",
    fields=("data", "stringData", "type", "immutable"),
    selectable=("metadata.name", "metadata.namespace", "type"),
)
SERVICE_ACCOUNTS = Resource(
    "serviceaccounts",
    "serviceaccount",
    "ServiceAccount",
    short_names=("sa",),
    fields=("secrets", "imagePullSecrets", "automountServiceAccountToken"),
    returned_when_deleted=True,
)
SELF_SUBJECT_REVIEWS = _review("selfsubjectreviews", "SelfSubjectReview", AUTHENTICATION)
TOKEN_REVIEWS = _review("tokenreviews", "TokenReview", AUTHENTICATION)
SELF_SUBJECT_ACCESS_REVIEWS = _review("selfsubjectaccessreviews", "SelfSubjectAccessReview", AUTHORIZATION)
SELF_SUBJECT_RULES_REVIEWS = _review("selfsubjectrulesreviews", "SelfSubjectRulesReview", AUTHORIZATION)

SUBJECT_ACCESS_REVIEWS = _review("subjectaccessreviews", "SubjectAccessReview", AUTHORIZATION)


APPS, BATCH = "apps", "batch"
ADMISSION, EXTENSIONS = "admissionregistration.k8s.io", "apiextensions.k8s.io"
SERVICES = Resource("services", "service", "Service", short_names=("svc",), categories=("all",))
WEBHOOKS = Resource(
    "mutatingwebhookconfigurations",
    "mutatingwebhookconfiguration",
    "MutatingWebhookConfiguration",
    namespaced=False,
    group=ADMISSION,
)


def _workload(plural: str, kind: str, short_name: str) -> Resource:
    return Resource(plural, plural[:-1], kind, group=APPS, short_names=(short_name,), categories=("all",))


DEPLOYMENTS = _workload("deployments", "Deployment", "deploy")
REPLICA_SETS = _workload("replicasets", "ReplicaSet", "rs")
DAEMON_SETS = _workload("daemonsets", "DaemonSet", "ds")
STATEFUL_SETS = _workload("statefulsets", "StatefulSet", "sts")
CRON_JOBS = Resource("cronjobs", "cronjob", "CronJob", group=BATCH, short_names=("cj",), categories=("all",))
CRDS = Resource(
    "customresourcedefinitions",
    "customresourcedefinition",
    "CustomResourceDefinition",
    namespaced=False,
    group=EXTENSIONS,
    short_names=("crd", "crds"),
    verbs=("get", "list"),
)
WORKLOADS = (DEPLOYMENTS, DAEMON_SETS, STATEFUL_SETS, REPLICA_SETS, CRON_JOBS)
CHAIN = (SERVICES, *WORKLOADS, ENDPOINT_SLICES, WEBHOOKS)
"""What gives pods their token: stored as it is given."""
STORED = (CONFIG_MAPS, EVENTS, NAMESPACES, NODES, PODS, SECRETS, SERVICE_ACCOUNTS, *CHAIN, CRDS)
REVIEWS = (
    SELF_SUBJECT_REVIEWS,
    TOKEN_REVIEWS,
    SELF_SUBJECT_ACCESS_REVIEWS,
    SELF_SUBJECT_RULES_REVIEWS,
    SUBJECT_ACCESS_REVIEWS,
)
GROUPS = (APPS, AUTHENTICATION, AUTHORIZATION, BATCH, ADMISSION, DISCOVERY, EXTENSIONS)

_BY_ADDRESS = {(r.group, r.version, r.plural): r for r in (*STORED, *REVIEWS)}


def find(group: str, version: str, plural: str) -> Resource | None:
    """The resource at an address, if it is served."""
    return _BY_ADDRESS.get((group, version, plural))


def of_group(group: str) -> tuple[Resource, ...]:
    """What one API group serves; the core group is the empty name."""
    return tuple(resource for resource in _BY_ADDRESS.values() if resource.group == group)
