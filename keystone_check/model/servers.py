"""What is read of the API servers themselves: each by its own address, how they were started, their time."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from keystone_check.model.facts import Missing
from keystone_check.model.web import Response

ISSUER = "service-account-issuer"
JWKS_URI = "service-account-jwks-uri"
API_AUDIENCES = "api-audiences"
MAX_EXPIRATION = "service-account-max-token-expiration"
EXTEND_EXPIRATION = "service-account-extend-token-expiration"
OIDC_ISSUER = "oidc-issuer-url"
AUTHENTICATION_CONFIG = "authentication-config"
ANONYMOUS_AUTH = "anonymous-auth"
KEPT = frozenset(
    {
        ISSUER,
        JWKS_URI,
        API_AUDIENCES,
        MAX_EXPIRATION,
        EXTEND_EXPIRATION,
        OIDC_ISSUER,
        AUTHENTICATION_CONFIG,
        ANONYMOUS_AUTH,
    }
)
"""The arguments of an API server that concern the chain. No other is kept: some hold credentials."""

K3S_LIKE = ("k3s", "rke2")


@dataclass(frozen=True, slots=True)
class Server:
    """One API server, asked by its own address."""

    discovery: Response | Missing
    key_set: Response | Missing


@dataclass(frozen=True, slots=True)
class ServerArguments:
    """What one API server was started with, as far as it concerns the chain."""

    program: str
    """`k3s`, `rke2` or `kube-apiserver`: by whose rules the arguments are merged."""
    source: str
    """Where it was read: `annotation k3s.io/node-args` or `static pod`."""
    written: tuple[str, ...]
    """In the order given, without hyphens: `service-account-issuer+=https://…`."""
    cluster_domain: str = "cluster.local"

    @property
    def default_issuer(self) -> str:
        """The issuer that the program gives by itself; empty where it gives none."""
        return f"https://kubernetes.default.svc.{self.cluster_domain}" if self.program in K3S_LIKE else ""

    @property
    def issuers(self) -> tuple[str, ...]:
        """The accepted issuers; the first one signs."""
        return self.values(ISSUER)

    @property
    def api_audiences(self) -> tuple[str, ...]:
        """The audiences for which a token opens the API; the issuers where none are given."""
        listed = (item for value in self.values(API_AUDIENCES) for item in value.split(","))
        return tuple(listed) or self.issuers

    def value(self, argument: str) -> str:
        """The last value given, or an empty string."""
        return (self.values(argument) or ("",))[-1]

    def values(self, argument: str) -> tuple[str, ...]:
        """The values that take effect, in their order.

        K3s (util/args.go, GetArgs) joins what it gives by itself with what is written:
        1. `name=value` drops K3s's own value and comes after what is written already.
        2. `name+=value` comes last, after K3s's own value where that still stands.
        3. `name-=value` comes first, before K3s's own value where that still stands.
        kube-apiserver itself knows only the plain form.
        """
        found: tuple[str, ...] = ()
        own: tuple[str, ...] = self._own.get(argument, ())
        for operator, value in self._written(argument):
            match operator:
                case "+":  # 2
                    found = (*own, *found, value)
                case "-":  # 3
                    found = (value, *own, *found)
                case _:  # 1
                    found = (*found, value)
            own = ()
        return (*own, *found)

    @property
    def _own(self) -> Mapping[str, tuple[str, ...]]:
        if self.program not in K3S_LIKE:
            return {}
        return {
            ISSUER: (self.default_issuer,),
            API_AUDIENCES: (f"{self.default_issuer},{self.program}",),
            ANONYMOUS_AUTH: ("false",),
        }

    def _written(self, argument: str) -> Iterator[tuple[str, str]]:
        for item in self.written:
            name, _, value = item.partition("=")
            if name.rstrip("+-") == argument:
                yield name[len(argument) :][-1:] if self.program in K3S_LIKE else "", value


@dataclass(frozen=True, slots=True)
class Clocks:
    """By how many seconds other clocks are ahead of ours; negative: behind. 0 within the second."""

    cluster: int | Missing
    """The API server's."""
    aws: int | Missing
    """STS's, or S3's where only the issuer's bucket answered."""


@dataclass(frozen=True, slots=True)
class ApiToken:
    """What a token says for which no audience was asked."""

    audiences: tuple[str, ...]
    """Its `aud`: the audiences for which the API server takes tokens."""
