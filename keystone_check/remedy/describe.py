"""A change in words: one line, and a unified diff of what stands there and what would."""

import difflib
import json
from typing import Any, assert_never

from keystone_check.model.aws import Encryption, Grant, PublicAccessBlock
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
from keystone_check.model.grant import SetRolePolicy
from keystone_check.model.selector import SetNamespaceSelector
from keystone_check.model.workload import RESTARTED_AT, RestartWorkload


def title(change: Change) -> str:
    """One line: what is written, and where."""
    match change:
        case CreateProvider():
            return f"create the OIDC provider {change.arn}"
        case DeleteProvider():
            return f"delete the OIDC provider {change.arn}"
        case CreateRole():
            return f"create the role {change.arn}, without permissions"
        case DeleteRole():
            return f"delete the role {change.arn}"
        case CreateBucket():
            return f"create the bucket {change.bucket} in {change.region}"
        case DeleteBucket():
            return f"delete the bucket {change.bucket}"
        case SetClientIds():
            return f"{_difference(change.before, change.after, 'client id')} of {change.provider_arn}"
        case SetThumbprints():
            return f"{_difference(change.before, change.after, 'thumbprint')} of {change.provider_arn}"
        case PutDocument():
            verb = "upload" if change.before is None else "delete" if change.after is None else "replace"
            return f"{verb} s3://{change.bucket}/{change.key}"
        case SetBucketPublicAccess():
            return f"{_verb('set', change)} the public access block of bucket {change.bucket}"
        case SetAccountPublicAccess():
            return (
                f"{_verb('set', change)} the public access block of account {change.account}, "
                "which guards all its buckets"
            )
        case SetBucketPolicy():
            return f"{_verb('write', change)} the policy of bucket {change.bucket}"
        case SetOwnership():
            return f"{_verb('set', change)} the object ownership of bucket {change.bucket}"
        case SetAcl():
            return f"write the access control list of bucket {change.bucket}"
        case SetDefaultEncryption():
            return f"encrypt uploads to bucket {change.bucket} with {change.after} by default"
        case SetTrustPolicy():
            return f"write the trust policy of {change.role_arn}"
        case SetRolePolicy():
            return f"{_verb('write', change)} the inline policy {change.name} of {change.role_arn}"
        case SetSessionDuration():
            return f"allow sessions of {change.after} seconds to {change.role_arn}"
        case SetAnnotation():
            account = f"{change.namespace}/{change.name}"
            if change.after is None:
                return f"remove the annotation {change.annotation} of service account {account}"
            return f"annotate service account {account} with {change.annotation}"
        case SetNamespaceSelector():
            return f"set for which namespaces the webhook {change.webhook} of {change.configuration} is asked"
        case RestartWorkload():
            return f"restart {change.kind} {change.namespace}/{change.name}"
    assert_never(change)


def _verb(
    verb: str,
    change: SetBucketPublicAccess | SetAccountPublicAccess | SetBucketPolicy | SetOwnership | SetRolePolicy,
) -> str:
    return "delete" if change.after is None else verb


def diff(change: Change) -> tuple[str, ...]:
    """A unified diff, line by line without line ends; JSON is laid out, so that a line is a member."""
    before, after = _texts(change)
    shown = (_laid_out(before), _laid_out(after))
    if shown[0] == shown[1]:  # they differ in spaces or escapes alone, and then these are what matters
        shown = (before, after)
    old, new = (text.splitlines() for text in shown)
    return tuple(difflib.unified_diff(old, new, "now", "after", n=3, lineterm=""))


def _texts(change: Change) -> tuple[str, str]:
    match change:
        case CreateProvider():
            return "", _members(change)
        case DeleteProvider():
            return _members(change), ""
        case CreateRole():
            return "", change.trust
        case DeleteRole():
            return change.trust, ""
        case CreateBucket():
            return "", f"{change.bucket} in {change.region}"
        case DeleteBucket():
            return f"{change.bucket} in {change.region}", ""
        case SetClientIds() | SetThumbprints():
            return "\n".join(change.before), "\n".join(change.after)
        case SetOwnership():
            return change.before or "", change.after or ""
        case SetAcl():
            return _granted(change.before), _granted(change.after)
        case SetDefaultEncryption():
            return str(change.before), str(change.after)
        case SetSessionDuration():
            return f"{change.before} seconds", f"{change.after} seconds"
        case SetNamespaceSelector():
            return "\n".join(map(str, change.before)), "\n".join(map(str, change.after))
        case RestartWorkload():
            return "", f"{RESTARTED_AT}: {change.at}"
        case PutDocument() if change.before == change.after:
            return (
                _headers(change.content_type_before, change.encryption_before),
                _headers(change.content_type, change.encryption),
            )
        case SetBucketPublicAccess() | SetAccountPublicAccess():
            return _laid(change.before), _laid(change.after)
        case SetAnnotation():
            before, after = (
                "" if value is None else f"{change.annotation}: {value}"
                for value in (change.before, change.after)
            )
            return before, after
        case PutDocument() | SetBucketPolicy() | SetTrustPolicy() | SetRolePolicy():
            return change.before or "", change.after or ""
    assert_never(change)


def _granted(grants: tuple[Grant, ...]) -> str:
    return "\n".join(f"{grant.grantee}: {grant.permission}" for grant in grants) or "nothing to others"


def _headers(content_type: str, encryption: Encryption) -> str:
    return f"Content-Type: {content_type}\nencrypted with {encryption}"


def _members(provider: CreateProvider | DeleteProvider) -> str:
    return json.dumps(
        {
            "Url": provider.url,
            "ClientIDList": list(provider.client_ids),
            "ThumbprintList": list(provider.thumbprints),
        }
    )


SETTINGS = (
    ("block_public_acls", "BlockPublicAcls"),
    ("ignore_public_acls", "IgnorePublicAcls"),
    ("block_public_policy", "BlockPublicPolicy"),
    ("restrict_public_buckets", "RestrictPublicBuckets"),
)
"""A public access block's settings, in our words and in S3's."""


def settings(block: PublicAccessBlock) -> dict[str, bool]:
    """A public access block as S3 writes it."""
    return {theirs: getattr(block, ours) for ours, theirs in SETTINGS}


def encryption_rule(after: Encryption) -> dict[str, Any]:
    """A bucket's default encryption as S3 writes it."""
    key = {"KMSMasterKeyID": after.key} if after.key else {}
    said = {"SSEAlgorithm": after.algorithm, **key}
    bucket_key = {"BucketKeyEnabled": True} if after.bucket_key else {}
    return {"ApplyServerSideEncryptionByDefault": said, **bucket_key}


def _laid(block: PublicAccessBlock | None) -> str:
    return "" if block is None else json.dumps(settings(block))


def _laid_out(text: str) -> str:
    try:
        read = json.loads(text, object_pairs_hook=_once)
    except (ValueError, RecursionError):
        return text
    return json.dumps(read, indent=2, ensure_ascii=False) if isinstance(read, dict | list) else text


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """A member named twice would vanish from sight in a laid out document."""
    if len(dict(pairs)) != len(pairs):
        raise ValueError("a member is named twice")
    return dict(pairs)


def _difference(before: tuple[str, ...], after: tuple[str, ...], noun: str) -> str:
    added = [f"add {noun} {item!r}" for item in after if item not in before]
    removed = [f"remove {noun} {item!r}" for item in before if item not in after]
    return ", ".join((*added, *removed)) or f"reorder the {noun}s"
