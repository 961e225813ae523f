"""How a cluster and its AWS account are reached, and within which limits."""

from dataclasses import dataclass, field

from keystone_check.model.secret import Secret
from keystone_check.model.world import Expected


@dataclass(frozen=True, slots=True, eq=False)
class StaticCredentials:
    """AWS credentials given by value; only the sandbox does that."""

    access_key_id: Secret
    secret_access_key: Secret


@dataclass(frozen=True, slots=True)
class Access:
    """All that a probe or the writer needs to connect. Empty strings mean: as the client's own rules say."""

    name: str
    """The cluster as the user named it."""
    kubeconfig: str = ""
    context: str = ""
    namespace: str = ""
    """Empty: all namespaces."""
    selector: str = ""
    """A label selector for service accounts."""
    profile: str = ""
    region: str = ""
    aws_endpoint: str = ""
    """One address that serves all of AWS: the sandbox, or an emulator of the user's."""
    aws_credentials: StaticCredentials | None = None
    connect_to: tuple[tuple[str, str], ...] = ()
    """`(host, "address:port")`: where to connect instead when a host on port 443 is asked for; with
    `host:port`, when that port is."""
    resolved: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """`(host, addresses)`: what a name resolves to, in place of asking DNS; only the sandbox says so."""
    proxy: str = ""
    """The proxy to the hosts, in place of HTTPS_PROXY; only the sandbox has one."""
    public_roots: str = ""
    """PEM of authorities that count as public beside certifi's; only the sandbox has any."""
    server_timing: bool = False
    """Take from the Server-Timing header how long a published document took: the sandbox says so, that the
    same world is read the same on every machine."""
    budget_seconds: float = 60.0
    """For the whole gathering."""
    request_seconds: float = 10.0
    """For each request."""
    state: str = ""
    """The folder that keeps the journal of repairs; empty: the user's state folder."""
    live: bool = False
    """Ask STS itself for each bound service account."""
    cloudtrail: bool = False
    """Read what CloudTrail recorded of the exchanges."""
    second_opinion: bool = False
    """Ask IAM's policy simulator about all that operators need."""
    snapshot: str = ""
    """A file of facts in place of a cluster: it is judged, and nothing can be reached."""
    nix: str = ""
    """`FLAKE#HOST`, or the file of an evaluated profile: what Nix declares."""
    host: str = ""
    """The root under which a server's own files of K3s lie: what they declare."""
    manifests: tuple[str, ...] = ()
    """Files of YAML that declare Karpenter and ACK."""
    without_cluster: bool = False
    """There is no cluster yet: what is declared is judged against AWS."""
    expected: Expected = field(default_factory=Expected)
