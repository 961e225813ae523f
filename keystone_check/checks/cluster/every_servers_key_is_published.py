"""The published key set contains the keys of every API server.

## Why it matters
Which API server signs a pod's token is a matter of chance. A key that only one of them has (it was rebuilt,
or the rotation reached it first) signs some of the tokens, and for these STS answers `Couldn't retrieve
verification key from your identity provider` (InvalidIdentityToken) while all others work. Asked through a
load balancer, the cluster shows one server's keys and hides the gap.

## How to fix
Publish the keys of all servers beside those that are published, at once. Then find out why they differ.

## References
- https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_create_oidc.html
- https://repost.aws/knowledge-center/iam-sts-invalididentitytoken
- https://github.com/kubernetes/kubernetes/issues/110035
"""

import json
from collections.abc import Iterator
from dataclasses import replace

from keystone_check.checks import publishing, starting
from keystone_check.iam.oidc import Jwk, KeySet, Unreadable, read_key_set
from keystone_check.model.facts import Absent, Missing, Subjects
from keystone_check.model.finding import Evidence, Finding, Severity, broken, gap, holds, not_applicable
from keystone_check.model.servers import Server
from keystone_check.model.web import Response

severity = Severity.CRITICAL


def judge(
    servers: starting.ServerKeys,
    cluster_keys: Response,
    key_set: Response,
    bucket: publishing.StoredDocuments,
) -> Iterator[Finding]:
    """One finding an API server. Keys of the one that answers us are judged where its tokens are."""
    published = publishing.read_body(key_set, read_key_set)
    if isinstance(published, Unreadable):
        yield not_applicable(key_set.url, f"there is no published key set to search: {published.because}")
        return
    if (outside := starting.out_of_reach(servers)) is not None:
        yield outside
        return
    there = {key.thumbprint for key in published.keys}
    answering = _keys(cluster_keys)
    everyone = _everyone(servers, cluster_keys)
    repair = publishing.publish_keys(key_set.url, bucket, everyone)
    for name, server in servers:
        keys = answering if isinstance(server, Absent) else _keys_of(server)
        if isinstance(keys, Missing):
            yield gap(name, keys)
            continue
        lacking = [key for key in keys if key.thumbprint not in there]
        own = [key for key in lacking if isinstance(answering, Missing) or key not in answering]
        if own:
            yield _unpublished(name, own, key_set, published, repair)
        elif lacking:
            yield not_applicable(name, "it has the keys of the API server that answers, judged by themselves")
        else:
            yield holds(name)


def _unpublished(
    name: str, own: list[Jwk], key_set: Response, published: KeySet, repair: publishing.Offer
) -> Finding:
    kids = " and ".join(key.kid for key in own)
    seen = ", ".join(key.kid for key in published.keys) or "no key"
    return broken(
        name,
        f"the published key set lacks a key of this API server: kid {kids}",
        Evidence(f"kid of each key in {key_set.url}", kids, seen),
        repair,
    )


def _keys_of(server: Server | Missing) -> tuple[Jwk, ...] | Missing:
    return server if isinstance(server, Missing) else _keys(server.key_set)


def _keys(answer: Response | Missing) -> tuple[Jwk, ...] | Missing:
    if isinstance(answer, Missing):
        return answer
    read = publishing.read_body(answer, read_key_set)
    return Missing("key_set", f"its key set: {read.because}") if isinstance(read, Unreadable) else read.keys


def _everyone(servers: Subjects[Server], cluster_keys: Response) -> Response:
    """The keys of all servers as one answer, those of the one that answers first."""
    found: dict[str, Jwk] = {}
    for keys in (_keys(cluster_keys), *(_keys_of(server) for _, server in servers.seen())):
        if not isinstance(keys, Missing):
            found |= {key.thumbprint: key for key in keys if key.thumbprint not in found}
    body = json.dumps({"keys": [dict(key.members) for key in found.values()]}, separators=(",", ":"))
    return replace(cluster_keys, body=body, size=len(body)) if found else cluster_keys
