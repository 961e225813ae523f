"""The plan's changes of Kubernetes objects as patches; what lies in AWS is left to another form."""

from collections.abc import Iterator, Sequence
from typing import assert_never

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
from keystone_check.model.workload import RestartWorkload
from keystone_check.remedy import describe
from keystone_check.remedy.emit import notes
from keystone_check.remedy.emit.shell import annotate, restart, select
from keystone_check.remedy.plan import HeldBack, Step


def render(steps: Sequence[Step], held_back: Sequence[HeldBack]) -> str:
    """One kubectl command a change; each is refused where somebody has changed the object since."""
    return notes.text(_lines(steps, held_back))


def _lines(steps: Sequence[Step], held_back: Sequence[HeldBack]) -> Iterator[str]:
    yield "# kubectl, with the context that is set"
    for step in steps:
        yield from notes.about(step, describe.title(step.change))
        if why := beyond(step.change):
            yield f"# {why}"
        else:
            yield from _patch(step.change)
    yield from notes.left(held_back)


def beyond(change: Change) -> str:
    """Why this form does not say the change; empty when it does."""
    match change:
        case SetAnnotation() | SetNamespaceSelector() | RestartWorkload():
            return ""
        case CreateProvider() | DeleteProvider() | SetClientIds() | SetThumbprints() | SetTrustPolicy():
            return "it lies in IAM: --emit shell has the command"
        case CreateRole() | DeleteRole() | SetSessionDuration() | SetRolePolicy():
            return "it lies in IAM: --emit shell has the command"
        case PutDocument() | SetBucketPublicAccess() | SetAccountPublicAccess() | SetBucketPolicy():
            return "it lies in S3: --emit shell has the command"
        case SetOwnership() | SetAcl() | SetDefaultEncryption() | CreateBucket() | DeleteBucket():
            return "it lies in S3: --emit shell has the command"
    assert_never(change)


def _patch(change: Change) -> Iterator[str]:
    if isinstance(change, SetAnnotation):
        yield annotate(change)
    elif isinstance(change, SetNamespaceSelector):
        yield select(change)
    elif isinstance(change, RestartWorkload):
        yield restart(change)
