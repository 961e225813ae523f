"""What gives pods their token and role: webhooks, what they do to a pod, and the pods that run."""

from collections.abc import Mapping
from dataclasses import dataclass

from keystone_check.model.web import Certificate

TOKEN_FILE = "AWS_WEB_IDENTITY_TOKEN_FILE"
ROLE = "AWS_ROLE_ARN"
REGIONS = ("AWS_REGION", "AWS_DEFAULT_REGION")
STS_ENDPOINTS = "AWS_STS_REGIONAL_ENDPOINTS"
SHOWN = (ROLE, TOKEN_FILE, *REGIONS, STS_ENDPOINTS)
"""The variables whose values are facts; of every other one only that it is set, and from where."""
SIDECAR = "initContainers.restartPolicy"
"""The field that makes an init container a native sidecar, since Kubernetes 1.29."""
DEFAULT_TOKEN = "kube-api-access"
"""What the volume of the API server's own token is called here; the cluster adds five random letters."""


@dataclass(frozen=True, slots=True)
class Requirement:
    """One condition of a label selector."""

    key: str
    operator: str
    """`In`, `NotIn`, `Exists` or `DoesNotExist`."""
    values: tuple[str, ...] = ()

    def met(self, labels: Mapping[str, str]) -> bool:
        """As apimachinery decides it: a label that is not there is in no set."""
        match self.operator:
            case "In":
                return labels.get(self.key) in self.values
            case "NotIn":
                return labels.get(self.key) not in self.values
            case "Exists":
                return self.key in labels
            case _:
                return self.key not in labels

    def __str__(self) -> str:
        match self.operator:
            case "In" | "NotIn":
                return f"{self.key} {self.operator.lower()} ({', '.join(self.values)})"
            case "Exists":
                return self.key
            case _:
                return f"!{self.key}"


@dataclass(frozen=True, slots=True)
class Webhook:
    """A mutating webhook that looks like the pod identity webhook."""

    configuration: str
    name: str
    service: str
    """`namespace/name`; empty where the webhook is called by URL."""
    url: str
    """Path, or for a webhook outside the cluster the whole address without a query."""
    port: int
    failure_policy: str
    timeout: int
    reinvocation: str
    authorities: tuple[Certificate, ...]
    """The CA bundle; empty where there is none or it cannot be read."""
    unreadable: str
    """Why the bundle cannot be read; empty where it can, or where there is none."""
    namespaces: tuple[Requirement, ...]
    """The namespaceSelector, matchLabels as `In`; empty selects all."""
    objects: tuple[Requirement, ...]
    """The objectSelector."""


@dataclass(frozen=True, slots=True)
class Backend:
    """The service behind a webhook, and how many of its endpoints take requests."""

    ports: tuple[int, ...]
    ready: int
    unready: int


@dataclass(frozen=True, slots=True)
class Namespace:
    """A namespace in which service accounts are bound."""

    name: str
    labels: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Variable:
    """An environment variable that AWS SDKs read."""

    name: str
    source: str
    """`value`, `secret`, `config map` or `field`."""
    value: str = ""
    """Of those alone that name roles, files and regions."""


@dataclass(frozen=True, slots=True)
class Import:
    """Variables that a container takes all at once (`envFrom`); which they are, nobody read.

    The webhook does not look at them, and a variable of the same name in `env` comes before them.
    """

    source: str
    """`secret` or `config map`."""
    name: str

    def __str__(self) -> str:
        return f"the {self.source} {self.name}"


@dataclass(frozen=True, slots=True)
class Mount:
    """Where a container sees a volume that may hold a token."""

    volume: str
    path: str


@dataclass(frozen=True, slots=True)
class Volume:
    """A volume that may hold a token."""

    name: str
    kind: str
    """`token`: a projected service account token; `secret`: a Secret, which may hold one."""
    path: str = ""
    """Of the token in the volume."""
    audience: str = ""
    """Empty: that of the API server."""
    expiration: int = 0
    mode: int = 0o644


@dataclass(frozen=True, slots=True)
class Container:
    """A container, as far as the chain goes through it."""

    name: str
    variables: tuple[Variable, ...]
    mounts: tuple[Mount, ...]
    """In the pod's order: what a webhook adds comes after the API server's own token."""
    user: int | None = None
    """runAsUser of the container or else the pod; None where neither says."""
    imports: tuple[Import, ...] = ()
    """Those whose prefix lets a variable be one that SDKs read."""

    def value(self, name: str) -> str:
        """A variable's value; empty where it is not set, or not literally."""
        return next((it.value for it in self.variables if it.name == name), "")

    def sets(self, name: str) -> bool:
        """Whether it is set, from wherever."""
        return any(it.name == name for it in self.variables)


@dataclass(frozen=True, slots=True)
class Shape:
    """The containers and the token volumes of a pod."""

    containers: tuple[Container, ...]
    """Init containers first."""
    volumes: tuple[Volume, ...]
    group: int | None = None
    """fsGroup."""

    def volume(self, name: str) -> Volume | None:
        """The token volume of this name."""
        return next((volume for volume in self.volumes if volume.name == name), None)


@dataclass(frozen=True, slots=True)
class Template:
    """The pod template of a CronJob, of which between two runs there is no pod."""

    namespace: str
    name: str
    account: str
    """Name of the service account."""
    shape: Shape


@dataclass(frozen=True, slots=True)
class DryRun:
    """What the API server would make of a new pod of a service account; nothing was created."""

    shape: Shape
    warnings: tuple[str, ...] = ()
    dropped: tuple[str, ...] = ()
    """Fields of its containers that were asked for and are not there, as `initContainers.restartPolicy`."""


@dataclass(frozen=True, slots=True)
class Refused:
    """The API server took no such pod, in its own words."""

    message: str


@dataclass(frozen=True, slots=True)
class RunningPod:
    """A pod of a bound service account that has not ended."""

    namespace: str
    name: str
    account: str
    """Name of the service account."""
    owner_kind: str
    """As the API writes it, `ReplicaSet`; empty for a pod of its own."""
    owner_name: str
    labels: Mapping[str, str]
    created: int
    """Unix seconds."""
    phase: str
    shape: Shape
    skipped: str = ""
    """The annotation `eks.amazonaws.com/skip-containers`, as written."""
    host_network: bool = False

    @property
    def workload(self) -> tuple[str, str]:
        """Kind and name as kubectl takes them; a ReplicaSet of a Deployment is called by the Deployment."""
        suffix = f"-{self.labels.get('pod-template-hash', '')}"
        if self.owner_kind == "ReplicaSet" and len(suffix) > 1 and self.owner_name.endswith(suffix):
            return "deployment", self.owner_name.removesuffix(suffix)
        return (self.owner_kind.lower() or "pod", self.owner_name or self.name)
