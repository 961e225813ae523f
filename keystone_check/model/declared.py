"""What is declared: what a Nix profile, the files of a host or manifests say that the cluster is."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from keystone_check.model.cluster import ROLE_ARN, ServiceAccount
from keystone_check.model.operators import KARPENTER
from keystone_check.model.servers import ISSUER, ServerArguments

NIX, HOST, MANIFESTS = "nix", "host", "manifests"
"""The three that declare: an evaluated profile, the configuration files of a server, and YAML."""
CAPACITY_TYPE = "karpenter.sh/capacity-type"
INSTANCE_TYPE = "node.kubernetes.io/instance-type"
SINGLE = frozenset(
    {
        "service-account-jwks-uri",
        "service-account-max-token-expiration",
        "service-account-extend-token-expiration",
        "oidc-issuer-url",
        "authentication-config",
        "anonymous-auth",
    }
)
"""Arguments that have one value: of several the API server takes the last."""


@dataclass(frozen=True, slots=True)
class Setting:
    """One place that sets arguments of the API server, as far as they concern the chain."""

    where: str
    """`/etc/rancher/k3s/config.yaml`, `unit k3s.service`, `services.k3s.extraFlags`."""
    written: tuple[str, ...]
    """In the order given, without hyphens: `service-account-issuer+=https://…`."""
    adds: bool = False
    """Whether it comes beside what was set before (`kube-apiserver-arg+`), and not in its place."""


@dataclass(frozen=True, slots=True)
class DeclaredOperator:
    """An operator that is to run. Empty strings: the declaration does not say."""

    account: str = ""
    """Its service account, `namespace/name`."""
    role_arn: str = ""


@dataclass(frozen=True, slots=True)
class DeclaredPool:
    """A NodePool that is to be there; an empty tuple: any."""

    instance_types: tuple[str, ...] = ()
    capacity_types: tuple[str, ...] = ()

    @property
    def requirements(self) -> Mapping[str, tuple[str, ...]]:
        """What it asks of nodes, by label."""
        said = {INSTANCE_TYPE: self.instance_types, CAPACITY_TYPE: self.capacity_types}
        return {label: values for label, values in said.items() if values}


@dataclass(frozen=True, slots=True)
class Declared:
    """What one of the three says; what it does not say is empty."""

    issuer: str = ""
    operators: Mapping[str, DeclaredOperator] = field(default_factory=dict)
    """By product: `karpenter`, `ack-s3`."""
    products: tuple[str, ...] = ()
    """Of `karpenter` and `ack`, those of which it names every operator that is to run, be it none."""
    pools: Mapping[str, DeclaredPool] = field(default_factory=dict)
    accounts: Mapping[str, str] = field(default_factory=dict)
    """Roles by service account, `namespace/name`, as manifests annotate them."""
    node_roles: Mapping[str, str] = field(default_factory=dict)
    """The name of the nodes' role by EC2NodeClass."""
    settings: tuple[Setting, ...] = ()
    """In the order in which K3s reads them."""
    cluster_domain: str = "cluster.local"

    @property
    def arguments(self) -> ServerArguments:
        """What K3s starts the API server with, as far as it concerns the chain."""
        return ServerArguments("k3s", "declaration", self._kept(), self.cluster_domain)

    def overwritten(self) -> Iterator[tuple[Setting, Setting]]:
        """Each place whose arguments are lost, with the later one that takes theirs away."""
        standing: list[Setting] = []
        for setting in self.settings:
            if not setting.adds:
                yield from ((lost, setting) for lost in standing if lost.written)
                standing = []
            standing.append(setting)

    def _kept(self) -> tuple[str, ...]:
        """A place that does not add stands in for all before it (K3s, docs/installation/configuration)."""
        found: tuple[str, ...] = ()
        for setting in self.settings:
            found = (*found, *setting.written) if setting.adds else setting.written
        return found

    def names_issuer(self) -> bool:
        """Whether its arguments say which issuer signs."""
        return any(item.partition("=")[0].rstrip("+-") == ISSUER for item in self._kept())


def family(product: str) -> str:
    """`karpenter` or `ack`."""
    return KARPENTER if product == KARPENTER else "ack"


def accounts(declared: Iterable[Declared]) -> Iterator[tuple[str, ServiceAccount]]:
    """The service accounts that are to have roles, by `namespace/name`.

    Of one operator the last account counts: manifests name it, and a profile leaves it to the chart.
    """
    operators: dict[str, DeclaredOperator] = {}
    bound: dict[str, str] = {}
    for one in declared:
        bound.update(one.accounts)
        for product, said in one.operators.items():
            former = operators.get(product, DeclaredOperator())
            operators[product] = DeclaredOperator(
                said.account or former.account, said.role_arn or former.role_arn
            )
    bound.update((it.account, it.role_arn) for it in operators.values() if it.account and it.role_arn)
    for subject, role_arn in bound.items():
        namespace, _, name = subject.partition("/")
        yield subject, ServiceAccount(namespace, name, "", {ROLE_ARN: role_arn})
