"""What a change would open beyond what any finding of this chain needs. Pure.

Our own plans never do; a plan that comes from a file may have been edited by anyone.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any, assert_never

from keystone_check.iam.bucket_policy import of_other_issuers, opened_beyond
from keystone_check.iam.oidc import KeySet, read_key_set
from keystone_check.iam.s3 import locate
from keystone_check.iam.trust import Pin, subject_pin
from keystone_check.model.aws import Bucket, PublicAccessBlock
from keystone_check.model.change import (
    Change,
    PutDocument,
    SetAccountPublicAccess,
    SetAcl,
    SetAnnotation,
    SetBucketPolicy,
    SetBucketPublicAccess,
    SetClientIds,
    SetDefaultEncryption,
    SetOwnership,
    SetSessionDuration,
    SetThumbprints,
    SetTrustPolicy,
)
from keystone_check.model.creation import (
    CreateBucket,
    CreateProvider,
    CreateRole,
    DeleteBucket,
    DeleteProvider,
    DeleteRole,
)
from keystone_check.model.exchange import Event, Trail
from keystone_check.model.facts import Absent, Missing, Subjects
from keystone_check.model.grant import SetRolePolicy
from keystone_check.model.selector import SetNamespaceSelector
from keystone_check.model.web import Response
from keystone_check.model.workload import RestartWorkload
from keystone_check.model.world import World
from keystone_check.remedy.made import created
from keystone_check.remedy.overgranted import overgranted

_FOR_TOKENS = frozenset({"sts:AssumeRoleWithWebIdentity", "sts:TagSession"})


def excess(world: World, change: Change) -> str:
    """What would be open that need not be, in words; empty when nothing is."""
    match change:
        case CreateProvider():
            return _provider(world, change)
        case SetClientIds():
            return _audiences(world, set(change.after) - set(change.before))
        case PutDocument():
            return _keys(world, change)
        case SetBucketPublicAccess() | SetAccountPublicAccess():
            return _block(change.before, change.after)
        case SetBucketPolicy():
            return _bucket(world, change)
        case SetOwnership(after=str(after)) if after != "BucketOwnerEnforced":
            return f"access control lists need not count for a policy ({after})"
        case SetAcl():
            return _granted(change)
        case SetTrustPolicy():
            return _trust(world, change)
        case CreateRole(arn, trust):
            return _trust(world, SetTrustPolicy(arn, "", trust))
        case CreateBucket():
            return "" if _is_the_issuers(world, change) else f"{change.bucket} is not the issuer's bucket"
        case SetSessionDuration():
            return _longer(world, change)
        case SetRolePolicy():
            return overgranted(world, change)
        case DeleteProvider() | DeleteRole() | DeleteBucket() | SetThumbprints() | SetAnnotation():
            return ""
        case SetDefaultEncryption() | SetOwnership() | SetNamespaceSelector() | RestartWorkload():
            return ""
    assert_never(change)


def _provider(world: World, change: CreateProvider) -> str:
    if change.url.rstrip("/") != getattr(world.issuer, "url", "").rstrip("/"):
        return f"it trusts another issuer, {change.url}"
    return _audiences(world, set(change.client_ids))


def _audiences(world: World, added: set[str]) -> str:
    known = {world.expected.audience}
    if not isinstance(world.accounts, Missing):
        known |= {account.audience(world.expected.audience) for _, account in world.accounts.seen()}
    more = sorted(added - known)
    return f"no token carries the audience {', '.join(more)}" if more else ""


def _keys(world: World, change: PutDocument) -> str:
    """A key that the cluster does not sign with would let its owner in."""
    after = _thumbprints(change.after)
    known = _thumbprints(change.before) | _thumbprints(_body(world.cluster_keys))
    if isinstance(world.servers, Subjects):
        for _, server in world.servers.seen():
            known |= _thumbprints(_body(server.key_set))
    more = sorted(after - known)
    return f"the cluster does not sign with the key {', '.join(more)}" if more else ""


def _body(answer: Response | Missing) -> str | None:
    body = getattr(answer, "body", None)
    return body if isinstance(body, str) else None


def _thumbprints(document: str | None) -> frozenset[str]:
    read = read_key_set(document) if document else None
    return frozenset(key.thumbprint for key in read.keys) if isinstance(read, KeySet) else frozenset()


def _block(before: PublicAccessBlock | None, after: PublicAccessBlock | None) -> str:
    """A public policy needs neither of the two settings that shut access lists."""
    if before is None:
        return ""
    for name in ("block_public_acls", "ignore_public_acls"):
        if getattr(before, name) and not getattr(after, name, False):
            return f"{name} need not be off for a policy"
    return ""


def _granted(change: SetAcl) -> str:
    more = [grant for grant in change.after if grant not in change.before]
    return "; ".join(f"it grants {grant.permission} to {grant.grantee}" for grant in more)


def _is_the_issuers(world: World, change: CreateBucket) -> bool:
    place = locate(getattr(world.issuer, "url", ""))
    return place is not None and place.bucket == change.bucket


def _asked_for(world: World, role_arn: str) -> Iterator[int]:
    """The durations that CloudTrail's last refused requests for the role named."""
    if isinstance(world.recorded, Trail) and isinstance(world.accounts, Subjects):
        bound = {name for name, account in world.accounts.seen() if account.role_arn == role_arn}
        for name, exchanges in world.recorded.exchanges.seen():
            if name in bound and isinstance(exchanges.refused, Event):
                yield exchanges.refused.seconds


def _longer(world: World, change: SetSessionDuration) -> str:
    needed = max(change.before, world.expected.session_seconds, *_asked_for(world, change.role_arn))
    return f"nobody asks for sessions of more than {needed} seconds" if change.after > needed else ""


def _bucket(world: World, change: SetBucketPolicy) -> str:
    """Of a bucket that the same plan makes there is nothing yet but its name."""
    if isinstance(world.bucket, Absent):
        world = created(world, CreateBucket(change.bucket, change.region))
    bucket = world.bucket
    if change.after is None or not isinstance(bucket, Bucket) or bucket.name != change.bucket:
        return "" if change.after is None else f"{change.bucket} is not the issuer's bucket"
    shared = of_other_issuers(change.before, bucket) if change.before else ()
    before = set(opened_beyond(change.before, bucket, shared)) if change.before else set()
    more = sorted(set(opened_beyond(change.after, bucket, shared)) - before)
    return "; ".join(more)


def _trust(world: World, change: SetTrustPolicy) -> str:
    before = list(_statements(change.before))
    known = {pair for statement in before for pair in _principals(statement)}
    for statement in _statements(change.after):
        if statement in before or statement.get("Effect") != "Allow":
            continue
        if more := _stranger(world, set(_principals(statement)) - known):
            return more
        if more := _beyond(world, change, statement, before):
            return more
    return _let_in(world, change)


def _let_in(world: World, change: SetTrustPolicy) -> str:
    """Whatever the statements say, no other subjects than those that are bound may come in anew.

    Asked of the law with each subject changed: a condition that names a subject may keep only that one out.
    """
    ours = {
        name for one in _statements(change.after) for kind, name in _principals(one) if kind == "Federated"
    }
    for provider in sorted(ours):
        for subject in sorted(_bound(world, change.role_arn)):
            more = _others(world, change.after, provider, subject)
            if more := more - _others(world, change.before, provider, subject):
                return f"it admits the subject {', '.join(sorted(more))}"
    return ""


def _others(world: World, trust: str, provider: str, subject: str) -> set[str]:
    """Subjects like this one, and not it, that the policy lets in."""
    pin = subject_pin(trust, provider, getattr(world.issuer, "url", ""), subject)
    return set(pin.others) if isinstance(pin, Pin) else set()


def _stranger(world: World, principals: set[tuple[str, str]]) -> str:
    issuer = getattr(world.issuer, "url", "").removeprefix("https://").rstrip("/").lower()
    for kind, name in sorted(principals):
        if kind != "Federated" or name.lower().partition(":oidc-provider/")[2].rstrip("/") != issuer:
            return f"it admits {kind} {name}"
    return ""


def _beyond(
    world: World, change: SetTrustPolicy, statement: dict[str, Any], before: list[dict[str, Any]]
) -> str:
    if "NotPrincipal" in statement or "NotAction" in statement:
        return "it admits everyone but those it names"
    actions = set(_texts(statement.get("Action"))) - {
        item for old in before for item in _texts(old.get("Action"))
    }
    if actions - _FOR_TOKENS:
        return f"it allows {', '.join(sorted(actions - _FOR_TOKENS))}"
    if not any(kind == "Federated" for kind, _ in _principals(statement)):
        return ""
    subjects = set(_subjects(statement))
    known = _bound(world, change.role_arn) | {item for old in before for item in _subjects(old)}
    if not subjects and all(set(_subjects(old)) for old in before):
        return "it names no subject"
    return f"it admits the subject {', '.join(sorted(subjects - known))}" if subjects - known else ""


def _bound(world: World, role_arn: str) -> set[str]:
    """The subjects that are bound to the role, or are expected to be."""
    bound = {
        f"system:serviceaccount:{one.namespace}:{one.name}"
        for one in world.expected.bindings
        if one.role_arn == role_arn
    }
    if not isinstance(world.accounts, Missing):
        bound |= {one.subject for _, one in world.accounts.seen() if one.role_arn == role_arn}
    return bound


def _subjects(statement: Mapping[str, Any]) -> Iterator[str]:
    condition = statement.get("Condition")
    for operator in condition.values() if isinstance(condition, dict) else ():
        for key, value in operator.items() if isinstance(operator, dict) else ():
            if key.lower().endswith(":sub"):
                yield from _texts(value)


def _principals(statement: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    principal = statement.get("Principal")
    if isinstance(principal, dict):
        yield from ((kind, name) for kind, names in principal.items() for name in _texts(names))
    elif principal is not None:
        yield ("everyone", str(principal))


def _texts(value: object) -> tuple[str, ...]:
    return tuple(map(str, value)) if isinstance(value, list) else () if value is None else (str(value),)


def _statements(policy: str) -> Iterator[dict[str, Any]]:
    try:
        document = json.loads(policy)
    except (ValueError, RecursionError):
        return
    found = document.get("Statement") if isinstance(document, dict) else None
    yield from (item for item in (found if isinstance(found, list) else [found]) if isinstance(item, dict))
