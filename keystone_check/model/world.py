"""The World: every fact of one look at one chain, gathered once and frozen."""

from dataclasses import dataclass

from keystone_check.model.aws import Bucket, Caller, Provider, PublicAccessBlock, Role
from keystone_check.model.cluster import Cluster, Issuer, Listing, ServiceAccount, Token
from keystone_check.model.declared import Declared
from keystone_check.model.exchange import Answer, Trail
from keystone_check.model.facts import Absent, Missing, Subjects
from keystone_check.model.injection import Backend, DryRun, Namespace, Refused, RunningPod, Template, Webhook
from keystone_check.model.launching import InstanceProfile, InstanceType, Key, NodeRole, Queue, Selection
from keystone_check.model.operators import (
    AckKind,
    Crd,
    Denial,
    Node,
    NodeClaim,
    NodeClass,
    NodePool,
    Operator,
)
from keystone_check.model.opinion import DryRuns, Opinions
from keystone_check.model.permissions import Permissions
from keystone_check.model.servers import ApiToken, Clocks, Server, ServerArguments
from keystone_check.model.web import Addresses, Chain, Response

STS_AUDIENCE = "sts.amazonaws.com"


@dataclass(frozen=True, slots=True)
class Binding:
    """A service account and the role that it is expected to assume."""

    namespace: str
    name: str
    role_arn: str


@dataclass(frozen=True, slots=True)
class Expected:
    """What the user said should be; empty where the user said nothing."""

    issuer: str = ""
    audience: str = STS_AUDIENCE
    bindings: tuple[Binding, ...] = ()
    session_seconds: int = 3600
    """How long a session workloads ask STS for; SDKs that are not told otherwise ask for an hour."""


@dataclass(frozen=True, slots=True)
class World:
    """Each field is one fact, or says why it is not there.

    Judges name the fields that they need as parameters; `diagnosis` hands them over.
    """

    expected: Expected
    now: int
    """Unix seconds at which the facts were gathered."""
    cluster: Cluster | Missing
    caller: Caller | Missing
    issuer: Issuer | Missing
    cluster_discovery: Response | Missing
    """The API server's own discovery document."""
    cluster_keys: Response | Missing
    """The API server's own key set."""
    accounts: Subjects[ServiceAccount] | Missing
    """Bound service accounts by `namespace/name`."""
    tokens: Subjects[Token] | Missing
    """One token for each bound service account, minted for its audience, by `namespace/name`."""
    discovery: Response | Missing
    """The published discovery document, as an anonymous stranger gets it."""
    key_set: Response | Missing
    """The published key set, from the jwks_uri that the published discovery document names."""
    chains: Subjects[Chain]
    """Certificates as served, by host: the issuer's, and the key host where it is another."""
    addresses: Subjects[Addresses] | Missing
    """What the names of the same hosts resolve to. Absent: `connect_to` or a proxy says where to go, or no
    stranger could ask for such a name."""
    bucket: Bucket | Absent | Missing
    """Absent: the issuer is no S3 address, or there is no such bucket."""
    account_public_access: PublicAccessBlock | Absent | Missing
    """Absent: the account blocks nothing. What an organization blocks shows here, too."""
    organization_public_access: str | Absent | Missing
    """`all` or `none`, as the S3 policy in force for the account says.
    Absent: no organization, or no such policy."""
    own_buckets: tuple[str, ...] | Missing
    """The names of the buckets of the caller's account."""
    provider_arns: tuple[str, ...] | Missing
    """Every OIDC provider of the caller's account."""
    provider_buckets: Subjects[str] | Missing
    """Of the buckets that the providers' URLs name, those that are not the caller's: where each is.
    Absent: nobody has a bucket of that name."""
    providers: Subjects[Provider] | Missing
    """OIDC providers of the caller's account by ARN; of those whose URL is not near the issuer's
    only the ARN was read, and they are not listed."""
    roles: Subjects[Role] | Missing
    """The annotated and expected roles by ARN, exactly as the annotation writes it."""
    server_arguments: Subjects[ServerArguments] | Absent | Missing
    """What the API servers were started with, by node or static pod. Absent: neither shows it."""
    servers: Subjects[Server] | Absent | Missing
    """Each API server as it answers by its own address, by `address:port`; a gap where one does not.
    The only one of a cluster is the one that answers us anyway, and stands here as Absent."""
    clocks: Clocks | Missing
    api_token: ApiToken | Absent | Missing
    """Absent: there is no bound service account to ask a token for."""
    discovery_access: Subjects[bool] | Missing
    """Whether every service account may read the API server's two documents, by path."""
    listed: Listing | Missing
    """Which service accounts were asked for."""
    trusting_roles: Subjects[Role] | Missing
    """All roles of the caller's account whose trust policy names the issuer's host, by ARN."""
    answers: Subjects[Answer] | Absent | Missing
    """What STS answered just now, by `namespace/name`. Absent: `--live` was not given."""
    recorded: Trail | Absent | Missing
    """What CloudTrail recorded. Absent: `--cloudtrail` was not given."""
    webhooks: Subjects[Webhook] | Missing
    """What looks like the pod identity webhook, by `configuration/webhook`; empty: none is registered."""
    webhook_backends: Subjects[Backend] | Missing
    """The services that those are called at, by `namespace/name`."""
    namespaces: Subjects[Namespace] | Missing
    """The namespaces of bound service accounts, by name."""
    injections: Subjects[DryRun | Refused] | Missing
    """What a new pod of each bound service account would get, by `namespace/name` of the account."""
    pods: Subjects[RunningPod] | Missing
    """The pods of bound service accounts that have not ended, by `namespace/name`."""
    templates: Subjects[Template] | Missing
    """The CronJobs of bound service accounts, by `namespace/name`."""
    operators: Subjects[Operator] | Missing
    """Every Karpenter and ACK controller, by `namespace/deployment`. What follows is read for them alone:
    without one of them it is empty, or Absent."""
    crds: Subjects[Crd] | Missing
    """The CustomResourceDefinitions of Karpenter and ACK, by name."""
    node_classes: Subjects[NodeClass] | Absent | Missing
    """Every EC2NodeClass. Absent, as of the next two: nothing of this kind is defined here."""
    node_pools: Subjects[NodePool] | Absent | Missing
    node_claims: Subjects[NodeClaim] | Absent | Missing
    nodes: Subjects[Node] | Missing
    """All nodes, where there is a Karpenter."""
    ack_kinds: Subjects[AckKind] | Missing
    """The kinds of the controllers that run, by `plural.group`."""
    role_map: Subjects[str] | Absent | Missing
    """Roles that ACK's controllers assume: by account, or `service.account`, as the ConfigMap of CARM has it,
    and `iamroleselectors/name`. Absent: there is neither."""
    permissions: Subjects[Permissions] | Missing
    """Of the operators' roles, by ARN as annotated."""
    node_roles: Subjects[NodeRole] | Missing
    """Roles that node classes give to nodes, by name; those of instance profiles too."""
    instance_profiles: Subjects[InstanceProfile] | Missing
    """Those that node classes name, and those that Karpenter made for them, by name."""
    queues: Subjects[Queue] | Missing
    """Interruption queues by the name that settings give."""
    spot_role: bool | Absent | Missing
    """Whether the account has EC2's service-linked role for spot. Absent: no Karpenter asks for spot."""
    selections: Subjects[Selection] | Missing
    """By node class."""
    instance_types: Subjects[InstanceType] | Missing
    """Those that node pools name, by name. Absent: the region has no such type."""
    keys: Subjects[Key] | Missing
    """KMS keys of volumes and queues, by ARN, id or alias as written."""
    denials: Subjects[tuple[Denial, ...]] | Missing
    """What operators' latest log lines and their objects' conditions say was refused, by operator."""
    opinions: Subjects[Opinions] | Absent | Missing
    """What IAM's simulator says of all that operators ask, by operator. Absent: `--second-opinion` was not
    given."""
    dry_runs: Subjects[DryRuns] | Absent | Missing
    """What EC2 answers to Karpenter's own calls as dry runs, by operator. Absent: `--live` was not given."""
    declared: Subjects[Declared] | Absent | Missing
    """What is declared, by `nix`, `host` and `manifests`. Absent: nobody gave us a declaration."""
