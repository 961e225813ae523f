"""The cluster's facts: who answers, which service accounts are bound, what their tokens say."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from keystone_check import jose
from keystone_check.iam.oidc import Jwk, KeySet, Malformed, read_key_set
from keystone_check.model.access import Access
from keystone_check.model.cluster import ROLE_ARN, Cluster, ServiceAccount, Token
from keystone_check.model.facts import Absent, Missing, Subjects
from keystone_check.model.owner import MARKS
from keystone_check.model.secret import Secret
from keystone_check.model.web import Response
from keystone_check.model.world import Binding
from keystone_check.probes.limits import side_by_side
from keystone_check.probes.refusals import ReadError

if TYPE_CHECKING:  # the client is loaded when a fact of the cluster is asked for, not with this room
    from keystone_check.probes.kube import Kube

PREFIX = "eks.amazonaws.com/"


def cluster(kube: Kube) -> Cluster:
    """The API server that answers, and as whom it knows us."""
    return Cluster(kube.server, kube.version(), kube.whoami())


def accounts(kube: Kube, access: Access) -> Subjects[ServiceAccount]:
    """The annotated service accounts and the expected ones, sorted by `namespace/name`."""
    listed = {_key(item): item for item in kube.service_accounts(access.namespace, access.selector)}
    expected = {f"{binding.namespace}/{binding.name}": binding for binding in access.expected.bindings}
    found: dict[str, ServiceAccount | Absent | Missing] = {
        key: _account(item) for key, item in listed.items() if key in expected or _is_bound(item)
    }
    unlisted = [binding for key, binding in expected.items() if key not in found]
    found.update(side_by_side(lambda binding: _expected(kube, binding), unlisted))
    return Subjects(tuple(sorted(found.items(), key=lambda entry: entry[0])))


def _expected(kube: Kube, binding: Binding) -> tuple[str, ServiceAccount | Absent | Missing]:
    key = f"{binding.namespace}/{binding.name}"
    try:
        return key, _account(kube.service_account(binding.namespace, binding.name))
    except ReadError as refusal:
        if refusal.code == "404":
            return key, Absent(key, f"there is no service account {key}")
        return key, refusal.missing(key)


def _key(item: Mapping[str, Any]) -> str:
    return f"{item['metadata']['namespace']}/{item['metadata']['name']}"


def _is_bound(item: Mapping[str, Any]) -> bool:
    return ROLE_ARN in (item["metadata"].get("annotations") or {})


def _account(item: Mapping[str, Any]) -> ServiceAccount:
    metadata = item["metadata"]
    annotations = metadata.get("annotations") or {}
    return ServiceAccount(
        namespace=metadata["namespace"],
        name=metadata["name"],
        uid=metadata.get("uid", ""),
        annotations={name: annotations[name] for name in sorted(annotations) if name.startswith(PREFIX)},
        annotated=annotated(metadata),
        marks=marks(metadata),
        appliers=appliers(metadata),
    )


def marks(metadata: Mapping[str, Any]) -> dict[str, str]:
    """The labels and annotations that tell what manages an object."""
    found = {**(metadata.get("labels") or {}), **(metadata.get("annotations") or {})}
    return {key: found[key] for key in sorted(found) if key in MARKS}


def appliers(metadata: Mapping[str, Any]) -> dict[str, str]:
    """By annotation, who owns it by server-side apply."""
    owned = (
        (field.removeprefix("f:"), str(entry.get("manager", "")))
        for entry in metadata.get("managedFields") or ()
        if entry.get("operation") == "Apply"
        for field in (entry.get("fieldsV1") or {}).get("f:metadata", {}).get("f:annotations", {})
    )
    return {name: manager for name, manager in sorted(owned) if name.startswith(PREFIX)}


def annotated(metadata: Mapping[str, Any]) -> int:
    """When somebody last wrote the role's annotation, beside whatever else he wrote then; 0: nobody knows."""
    written = (
        entry.get("time", "")
        for entry in metadata.get("managedFields") or ()
        if f"f:{ROLE_ARN}" in (entry.get("fieldsV1") or {}).get("f:metadata", {}).get("f:annotations", {})
    )
    last = max(written, default="")
    return int(datetime.datetime.fromisoformat(last).timestamp()) if last else 0


def tokens(
    kube: Kube,
    audience: str,
    bound: Subjects[ServiceAccount],
    keys: Callable[[], tuple[Jwk, ...]],
) -> Subjects[Token]:
    """What a fresh token of each account says, and which known keys verify it. An absent account has none.

    All are asked for before the keys are.
    """
    there = [(key, account) for key, account in bound if not isinstance(account, Absent)]

    def mint(entry: tuple[str, ServiceAccount | Missing]) -> tuple[str, Secret | Missing]:
        key, account = entry
        return key, account if isinstance(account, Missing) else _mint(kube, key, account, audience)

    minted = side_by_side(mint, there)
    known = keys()
    return Subjects(tuple((key, _token(key, secret, known)) for key, secret in minted))


def _mint(kube: Kube, key: str, account: ServiceAccount, audience: str) -> Secret | Missing:
    try:
        return kube.mint(account.namespace, account.name, account.audience(audience))
    except ReadError as refusal:
        return refusal.missing(key)


def _token(key: str, secret: Secret | Missing, keys: tuple[Jwk, ...]) -> Token | Missing:
    if isinstance(secret, Missing):
        return secret
    token = jose.decode(secret.reveal(), keys, any_algorithm=True)
    if isinstance(token, Malformed):
        return Missing(key, f"the API server's token for {key} is no JWT: {token.reason}")
    return token


def known_keys(key_sets: Iterable[Response | Missing]) -> tuple[Jwk, ...]:
    """The keys of all key sets that could be read, each once."""
    keys: dict[str, Jwk] = {}
    for answer in key_sets:
        body = answer.body if isinstance(answer, Response) else None
        read = read_key_set(body) if isinstance(body, str) else None
        if isinstance(read, KeySet):
            keys.update({key.thumbprint: key for key in read.keys})
    return tuple(keys.values())
