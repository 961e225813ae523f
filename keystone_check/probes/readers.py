"""Which reader reads which fact, from where, and what it follows from."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeVar

from keystone_check.iam.oidc import Unreadable, discovery_url, key_set_address, read_discovery
from keystone_check.model.access import Access
from keystone_check.model.aws import Bucket, Caller, Provider, PublicAccessBlock, Role
from keystone_check.model.cluster import Cluster, Issuer, Listing, ServiceAccount, Token
from keystone_check.model.declared import Declared
from keystone_check.model.exchange import Answer, Trail
from keystone_check.model.facts import Absent, Missing, Subjects
from keystone_check.model.injection import Backend, DryRun, Namespace, Refused, RunningPod, Template, Webhook
from keystone_check.model.servers import ApiToken, Clocks, Server, ServerArguments
from keystone_check.model.web import Addresses, Chain, Response
from keystone_check.probes import arguments as arguments_room
from keystone_check.probes import backends, declaring, identity, injection, operator_readers, ownership
from keystone_check.probes import bucket as bucket_room
from keystone_check.probes import cluster as cluster_room
from keystone_check.probes import pods as pod_room
from keystone_check.probes import servers as servers_room
from keystone_check.probes import webhooks as webhook_room
from keystone_check.probes.limits import side_by_side
from keystone_check.probes.sources import Sources
from keystone_check.probes.strangers import host_key

T = TypeVar("T")
Later = Callable[[], T | Missing]
"""A fact that is waited for only when the reader calls for it: his first requests do not depend on it."""


@dataclass(frozen=True)
class Reader:
    """How one field of the World is read. `read` takes the sources, then the facts that it follows from."""

    source: str
    what: str
    read: Callable[..., Any]

    @cached_property
    def after(self) -> tuple[str, ...]:
        """The fields that it follows from."""
        return tuple(inspect.signature(self.read).parameters)[1:]

    @cached_property
    def despite(self) -> frozenset[str]:
        """Those of them that may be missing: their type says so."""
        return self.later.union(self._typed("Missing"))

    @cached_property
    def later(self) -> frozenset[str]:
        """Those of them that he calls for himself, when he needs them."""
        return self._typed("Later")

    def _typed(self, word: str) -> frozenset[str]:
        parameters = inspect.signature(self.read).parameters
        return frozenset(name for name in self.after if word in parameters[name].annotation)


def _cluster(sources: Sources) -> Cluster:
    return cluster_room.cluster(sources.kube())


def _caller(sources: Sources) -> Caller:
    return sources.aws().caller()


def _configured_issuer(sources: Sources) -> Issuer:
    return Issuer(sources.access.expected.issuer, "configuration")


def _discovered_issuer(_: Sources, cluster_discovery: Response) -> Issuer | Missing:
    if isinstance(cluster_discovery.body, Missing):
        return Missing("issuer", cluster_discovery.body.because)
    read = read_discovery(cluster_discovery.body)
    if isinstance(read, Unreadable):
        return Missing("issuer", f"the discovery document of the API server: {read.because}")
    return Issuer(read.issuer, "discovery document of the API server")


def _cluster_discovery(sources: Sources) -> Response:
    return sources.kube().discovery()


def _cluster_keys(sources: Sources) -> Response:
    return sources.kube().key_set()


def _accounts(sources: Sources) -> Subjects[ServiceAccount]:
    return cluster_room.accounts(sources.kube(), sources.access)


def _tokens(
    sources: Sources,
    accounts: Subjects[ServiceAccount],
    cluster_keys: Later[Response],
    key_set: Later[Response],
) -> Subjects[Token]:
    audience = sources.access.expected.audience
    return cluster_room.tokens(
        sources.kube(), audience, accounts, lambda: cluster_room.known_keys((cluster_keys(), key_set()))
    )


def _discovery(sources: Sources, issuer: Issuer) -> Response | Missing:
    from keystone_check.probes.web import fetch

    return _named(
        "discovery", fetch(discovery_url(issuer.url), sources.access, sources.limits, sources.heard)
    )


def _key_set(sources: Sources, discovery: Response) -> Response | Missing:
    from keystone_check.probes.web import fetch

    url = key_set_address(discovery)
    return url if isinstance(url, Missing) else _named("key_set", fetch(url, sources.access, sources.limits))


def _named(fact: str, answer: Response | Missing) -> Response | Missing:
    return Missing(fact, answer.because, answer.permission) if isinstance(answer, Missing) else answer


def _chains(sources: Sources, issuer: Issuer, discovery: Response | Missing) -> Subjects[Chain]:
    from keystone_check.probes.tls import chain

    hosts = _hosts(issuer, discovery)
    found = side_by_side(lambda host: chain(host, sources.access, sources.limits), hosts)
    return Subjects(tuple(zip(hosts, found, strict=True)))


def _addresses(sources: Sources, issuer: Issuer, discovery: Response | Missing) -> Subjects[Addresses]:
    from keystone_check.probes.addresses import addresses

    hosts = _hosts(issuer, discovery)
    found = side_by_side(lambda host: addresses(host, sources.access), hosts)
    return Subjects(tuple(zip(hosts, found, strict=True)))


def _hosts(issuer: Issuer, discovery: Response | Missing) -> list[str]:
    """The issuer's, then the key set's where it is another."""
    urls = [issuer.url]
    jwks_uri = key_set_address(discovery)
    if isinstance(jwks_uri, str):
        urls.append(jwks_uri)
    return [host for host in dict.fromkeys(host_key(url) for url in urls) if host]


def _bucket(
    sources: Sources, caller: Caller, issuer: Issuer, discovery: Later[Response]
) -> Bucket | Absent | Missing:
    return bucket_room.bucket(sources.aws(), issuer.url, discovery, sources.parts)


def _account_public_access(sources: Sources, caller: Caller) -> PublicAccessBlock | Absent | Missing:
    return bucket_room.account_public_access(sources.aws(), caller)


def _organization_public_access(sources: Sources, caller: Caller) -> str | Absent | Missing:
    return ownership.organization_public_access(sources.aws(), caller)


def _own_buckets(sources: Sources, caller: Caller) -> tuple[str, ...]:
    return ownership.own_buckets(sources.aws())


def _provider_arns(sources: Sources, caller: Caller) -> tuple[str, ...]:
    return identity.provider_arns(sources.aws())


def _provider_buckets(
    sources: Sources, provider_arns: tuple[str, ...], own_buckets: tuple[str, ...]
) -> Subjects[str]:
    return ownership.provider_buckets(sources.aws(), provider_arns, own_buckets)


def _providers(sources: Sources, provider_arns: tuple[str, ...], issuer: Issuer) -> Subjects[Provider]:
    return identity.providers(sources.aws(), provider_arns, issuer.url)


def _roles(
    sources: Sources, caller: Caller, accounts: Subjects[ServiceAccount] | Missing
) -> Subjects[Role] | Missing:
    expected = [binding.role_arn for binding in sources.access.expected.bindings]
    if isinstance(accounts, Missing):
        if not expected:
            return accounts
        annotated = []
    else:
        annotated = [account.role_arn for _, account in accounts.seen()]
    return identity.roles(sources.aws(), caller, filter(None, (*annotated, *expected)))


def _server_arguments(sources: Sources) -> Subjects[ServerArguments] | Absent | Missing:
    return arguments_room.server_arguments(sources.kube())


def _servers(sources: Sources) -> Subjects[Server] | Absent:
    return servers_room.servers(sources.kube(), sources.parts)


def _clocks(
    sources: Sources, cluster: Cluster | Missing, caller: Caller | Missing, discovery: Response | Missing
) -> Clocks:
    """What was heard while these three were read."""
    return sources.heard.clocks(cluster, caller)


def _api_token(sources: Sources, accounts: Subjects[ServiceAccount]) -> ApiToken | Absent | Missing:
    return servers_room.api_token(sources.kube(), accounts)


def _discovery_access(sources: Sources) -> Subjects[bool]:
    return servers_room.discovery_access(sources.kube())


def _listed(sources: Sources) -> Listing:
    return Listing(sources.access.namespace, sources.access.selector)


def _trusting_roles(sources: Sources, caller: Caller, issuer: Issuer) -> Subjects[Role]:
    return identity.trusting_roles(sources.aws(), issuer.url)


def _answers(sources: Sources, accounts: Subjects[ServiceAccount]) -> Subjects[Answer]:
    from keystone_check.probes import exchanges

    return exchanges.answers(sources.kube(), sources.aws(), sources.access.expected, accounts)


def _recorded(sources: Sources, caller: Caller, accounts: Subjects[ServiceAccount]) -> Trail:
    from keystone_check.probes import trail

    place = (caller.account, sources.access.aws_endpoint)
    history = sources.history or trail.History()
    now = int(sources.clock())
    now = sources.shared.begun(now) if sources.shared else now
    return trail.recorded(sources.aws(), sources.limits, now, accounts, history, place)


def _webhooks(sources: Sources) -> Subjects[Webhook]:
    return webhook_room.webhooks(sources.kube())


def _webhook_backends(sources: Sources, webhooks: Subjects[Webhook]) -> Subjects[Backend]:
    return backends.backends(sources.kube(), webhooks)


def _namespaces(sources: Sources, accounts: Subjects[ServiceAccount]) -> Subjects[Namespace]:
    return backends.namespaces(sources.kube(), accounts)


def _injections(sources: Sources, accounts: Subjects[ServiceAccount]) -> Subjects[DryRun | Refused]:
    return injection.injections(sources.kube(), accounts)


def _pods(sources: Sources, accounts: Subjects[ServiceAccount]) -> Subjects[RunningPod]:
    return pod_room.pods(sources.kube(), sources.access.namespace, accounts)


def _templates(sources: Sources, accounts: Subjects[ServiceAccount]) -> Subjects[Template]:
    return pod_room.templates(sources.kube(), sources.access.namespace, accounts)


def _declared(sources: Sources) -> Subjects[Declared]:
    return declaring.declared(sources.access, sources.limits)


def _declared_issuer(_: Sources, declared: Subjects[Declared] | Absent) -> Issuer | Missing:
    return declaring.declared_issuer(declared)


def _declared_accounts(
    _: Sources, declared: Subjects[Declared] | Absent
) -> Subjects[ServiceAccount] | Missing:
    return declaring.declared_accounts(declared)


READERS = {
    "cluster": Reader("cluster", "version and user", _cluster),
    "caller": Reader("AWS", "who asks", _caller),
    "issuer": Reader("cluster", "issuer", _discovered_issuer),
    "cluster_discovery": Reader("cluster", "discovery document", _cluster_discovery),
    "cluster_keys": Reader("cluster", "key set", _cluster_keys),
    "accounts": Reader("cluster", "service accounts", _accounts),
    "tokens": Reader("cluster", "fresh tokens", _tokens),
    "discovery": Reader("web", "published discovery document", _discovery),
    "key_set": Reader("web", "published key set", _key_set),
    "chains": Reader("web", "certificates as served", _chains),
    "addresses": Reader("web", "addresses of the hosts", _addresses),
    "bucket": Reader("AWS", "the issuer's bucket", _bucket),
    "account_public_access": Reader("AWS", "the account's public access block", _account_public_access),
    "organization_public_access": Reader(
        "AWS", "the organization's public access block", _organization_public_access
    ),
    "own_buckets": Reader("AWS", "the account's buckets", _own_buckets),
    "provider_arns": Reader("AWS", "the list of OIDC providers", _provider_arns),
    "provider_buckets": Reader("AWS", "the buckets of OIDC providers", _provider_buckets),
    "providers": Reader("AWS", "OIDC providers", _providers),
    "roles": Reader("AWS", "roles", _roles),
    "server_arguments": Reader("cluster", "arguments of the API servers", _server_arguments),
    "servers": Reader("cluster", "each API server", _servers),
    "clocks": Reader("cluster", "clocks", _clocks),
    "api_token": Reader("cluster", "a token without an audience", _api_token),
    "discovery_access": Reader("cluster", "who may read the discovery document", _discovery_access),
    "listed": Reader("cluster", "which service accounts", _listed),
    "trusting_roles": Reader("AWS", "roles that trust the issuer", _trusting_roles),
    "answers": Reader("AWS", "what STS answers", _answers),
    "recorded": Reader("AWS", "what CloudTrail recorded", _recorded),
    "webhooks": Reader("cluster", "pod identity webhooks", _webhooks),
    "webhook_backends": Reader("cluster", "what answers behind the webhooks", _webhook_backends),
    "namespaces": Reader("cluster", "namespaces", _namespaces),
    "injections": Reader("cluster", "dry runs of new pods", _injections),
    "pods": Reader("cluster", "running pods", _pods),
    "templates": Reader("cluster", "templates of CronJobs", _templates),
    **{name: Reader(*read) for name, read in operator_readers.READ.items()},
    "declared": Reader("files", "what is declared", _declared),
}
"""By field of the World, in its order."""

_CONFIGURED = Reader("cluster", "issuer", _configured_issuer)


def _without(fact: str, option: str) -> Reader:
    return Reader("AWS", "nothing", lambda sources: Absent(fact, f"{option} was not given"))


_UNASKED = {
    "answers": _without("answers", "--live"),
    "recorded": _without("recorded", "--cloudtrail"),
    "opinions": _without("opinions", "--second-opinion"),
    "dry_runs": _without("dry_runs", "--live"),
    "declared": Reader("files", "nothing", lambda sources: Absent("declared", declaring.NOT_GIVEN)),
}
_DECLARED = {
    "issuer": Reader("files", "declared issuer", _declared_issuer),
    "accounts": Reader("files", "declared service accounts", _declared_accounts),
}
"""Where there is no cluster, what is declared stands for these."""


NOWHERE = "nothing of a cluster"


def _nowhere(fact: str) -> Reader:
    return Reader("files", NOWHERE, lambda sources: Missing(fact, declaring.NO_CLUSTER))


def reader_of(name: str, access: Access) -> Reader:
    """The field's reader; a configured issuer asks nobody."""
    if name in unasked(access):
        return _UNASKED[name]
    if access.without_cluster and READERS[name].source == "cluster":
        return _DECLARED.get(name) or _nowhere(name)
    return _CONFIGURED if name == "issuer" and access.expected.issuer else READERS[name]


def unasked(access: Access) -> frozenset[str]:
    """The fields that are read only when an option asks for them, and none did."""
    given = {
        "answers": access.live,
        "recorded": access.cloudtrail,
        "opinions": access.second_opinion,
        "dry_runs": access.live,
        "declared": declaring.given(access),
    }
    return frozenset(name for name, wanted in given.items() if not wanted)
