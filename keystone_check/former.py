"""Snapshots of former schemas, brought forward one schema at a time; none is ever forgotten.

What a former look did not read becomes Missing or Absent with that reason, so no check holds for it. Only
where the model itself has a word for "nobody says" (an empty owner, no label) does that stand.
`fixtures/snapshots/` holds files of each schema, as they were written.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from keystone_check.codec import TAG

OLDER = "the snapshot is older than this fact"
_MISSING_WORLD = (
    "addresses",
    "organization_public_access",
    "own_buckets",
    "provider_arns",
    "provider_buckets",
    "server_arguments",
    "servers",
    "clocks",
    "api_token",
    "discovery_access",
    "listed",
    "trusting_roles",
    "webhooks",
    "webhook_backends",
    "namespaces",
    "injections",
    "pods",
    "templates",
    "operators",
    "crds",
    "node_classes",
    "node_pools",
    "node_claims",
    "nodes",
    "ack_kinds",
    "role_map",
    "permissions",
    "node_roles",
    "instance_profiles",
    "queues",
    "spot_role",
    "selections",
    "instance_types",
    "keys",
    "denials",
)
_PLAIN: Mapping[str, Mapping[str, Any]] = {
    "Expected": {"session_seconds": 3600},
    "Response": {"milliseconds": 0},
    "ServiceAccount": {"annotated": 0, "marks": {}, "appliers": {}},
    "Chain": {"by": ""},
    "Event": {"seconds": 0, "provider_id": ""},
    "RunningPod": {"skipped": "", "host_network": False},
    "Container": {"user": None, "imports": []},
    "StoredObject": {"encryption": "", "encryption_key": ""},
    "Provider": {"tags": {}},
    "Role": {"boundary": "", "tags": {}},
}
"""What schema 1 gained on its way, and what of it says nothing."""
_UNSEEN: Mapping[str, tuple[str, ...]] = {
    "World": _MISSING_WORLD,
    "Bucket": ("policy_is_public", "default_encryption", "grants", "tags"),
    "Provider": ("created",),
}
_UNASKED: Mapping[str, tuple[str, ...]] = {
    "World": ("answers", "recorded", "opinions", "dry_runs", "declared")
}
"""What only an option asks for: Absent without it."""


def missing(fact: str) -> dict[str, str]:
    """Nobody looked."""
    return {TAG: "Missing", "fact": fact, "because": OLDER, "permission": ""}


def forward(held: Any, schema: int) -> Any:
    """The data of a snapshot of this schema in the form of the newest."""
    while schema in MIGRATIONS:
        held, schema = MIGRATIONS[schema](held), schema + 1
    return held


def _from_1(held: Any) -> Any:
    """Schema 1 never was raised while classes gained fields: a file may lack any of them."""
    if isinstance(held, list):
        return [_from_1(item) for item in held]
    if not isinstance(held, dict):
        return held
    kind = held.get(TAG)
    if kind == "Chain" and any(_is_bare(item) for item in _listed(held.get("certificates"))):
        # Without names and authorities a chain cannot be judged as it is now.
        return missing(str(held.get("host", "chain")))
    return {**dict(_gained(kind)), **{name: _from_1(item) for name, item in _told(held, kind)}}


def _told(held: Mapping[str, Any], kind: object) -> Iterator[tuple[str, Any]]:
    for name, item in held.items():
        if kind == "Response" and name == "seconds":
            if isinstance(item, int | float):
                yield "milliseconds", round(item * 1000)
        elif kind == "Bucket" and name == "default_encryption" and isinstance(item, str):
            yield name, {TAG: "Encryption", "algorithm": item, "key": "", "bucket_key": False}
        else:
            yield name, item


def _gained(kind: object) -> Iterator[tuple[str, Any]]:
    if not isinstance(kind, str):
        return
    yield from _PLAIN.get(kind, {}).items()
    for name in _UNSEEN.get(kind, ()):
        yield name, missing(name)
    for name in _UNASKED.get(kind, ()):
        yield name, {TAG: "Absent", "fact": name, "because": OLDER}


def _listed(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _is_bare(certificate: object) -> bool:
    return isinstance(certificate, dict) and "is_ca" not in certificate


MIGRATIONS: Mapping[int, Callable[[Any], Any]] = {1: _from_1}
"""By the schema that it starts from."""
