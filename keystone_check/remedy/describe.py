"""A change in words: one line, and a unified diff of what stands there and what would."""

import difflib
import json
from typing import assert_never

from keystone_check.model.aws import PublicAccessBlock
from keystone_check.model.change import (
    Change,
    CreateProvider,
    DeleteProvider,
    PutDocument,
    SetAccountPublicAccess,
    SetAnnotation,
    SetBucketPolicy,
    SetBucketPublicAccess,
    SetClientIds,
    SetThumbprints,
    SetTrustPolicy,
)


def title(change: Change) -> str:
    """One line: what is written, and where."""
    match change:
        case CreateProvider():
            return f"create the OIDC provider {change.arn}"
        case DeleteProvider():
            return f"delete the OIDC provider {change.arn}"
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
        case SetTrustPolicy():
            return f"write the trust policy of {change.role_arn}"
        case SetAnnotation():
            account = f"{change.namespace}/{change.name}"
            if change.after is None:
                return f"remove the annotation {change.annotation} of service account {account}"
            return f"annotate service account {account} with {change.annotation}"
    assert_never(change)


def _verb(
    verb: str, change: SetBucketPublicAccess | SetAccountPublicAccess | SetBucketPolicy | SetAnnotation
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
        case SetClientIds() | SetThumbprints():
            return "\n".join(change.before), "\n".join(change.after)
        case SetBucketPublicAccess() | SetAccountPublicAccess():
            return _laid(change.before), _laid(change.after)
        case SetAnnotation():
            before, after = (
                "" if value is None else f"{change.annotation}: {value}"
                for value in (change.before, change.after)
            )
            return before, after
        case PutDocument() | SetBucketPolicy() | SetTrustPolicy():
            return change.before or "", change.after or ""
    assert_never(change)


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
