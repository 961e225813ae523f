"""The plan as AWS CLI and kubectl commands that run as they are pasted, in any POSIX shell."""

import json
from collections.abc import Iterator, Sequence
from shlex import join
from typing import assert_never

from keystone_check.model.aws import Encryption, PublicAccessBlock
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
from keystone_check.remedy import describe
from keystone_check.remedy.emit import aws_made, notes
from keystone_check.remedy.emit.command import aws, file, from_file
from keystone_check.remedy.plan import HeldBack, Step


def render(steps: Sequence[Step], held_back: Sequence[HeldBack]) -> str:
    """One subshell, which stops at the first command that fails and leaves the terminal open."""
    return notes.text(_lines(steps, held_back))


def _lines(steps: Sequence[Step], held_back: Sequence[HeldBack]) -> Iterator[str]:
    yield "# AWS CLI and kubectl, with the profile and the context that are set; paste it or run it with sh"
    if steps:
        yield "("
        yield "set -eu"
        yield "umask 077"
        yield "work=$(mktemp -d)"
        yield "trap 'rm -rf \"$work\"' EXIT"
        for step in steps:
            yield ""
            yield from notes.about(step, describe.title(step.change))
            yield from commands(step.change)
        yield ")"
    yield from notes.left(held_back)


def commands(change: Change) -> Iterator[str]:
    """The commands of one change; files lie in `$work`."""
    match change:
        case CreateProvider():
            yield _create(change)
        case DeleteProvider():
            yield aws(
                "iam", "delete-open-id-connect-provider", f"--open-id-connect-provider-arn={change.arn}"
            )
        case CreateRole() | DeleteRole():
            yield from aws_made.role(change)
        case CreateBucket() | DeleteBucket():
            yield from aws_made.bucket(change)
        case SetOwnership() | SetAcl() | SetDefaultEncryption():
            yield from aws_made.setting(change)
        case SetSessionDuration():
            role, seconds = change.role_arn.rpartition("/")[2], change.after
            yield aws("iam", "update-role", f"--role-name={role}", f"--max-session-duration={seconds}")
        case SetClientIds():
            yield from _client_ids(change)
        case SetThumbprints():
            yield aws(
                "iam",
                "update-open-id-connect-provider-thumbprint",
                f"--open-id-connect-provider-arn={change.provider_arn}",
                "--thumbprint-list",
                *change.after,
            )
        case PutDocument():
            yield from _document(change)
        case SetBucketPublicAccess(bucket=bucket):
            yield _block("s3api", change.after, change.region, f"--bucket={bucket}")
        case SetAccountPublicAccess(account=account):
            yield _block("s3control", change.after, change.region, f"--account-id={account}")
        case SetBucketPolicy():
            yield from _bucket_policy(change)
        case SetTrustPolicy():
            yield from file("policy.json", change.after)
            role = change.role_arn.rpartition("/")[2]
            yield aws("iam", "update-assume-role-policy", f"--role-name={role}") + from_file(
                "policy-document", "policy.json"
            )
        case SetRolePolicy():
            yield from aws_made.granted(change)
        case SetAnnotation():
            yield annotate(change)
        case SetNamespaceSelector():
            yield select(change)
        case RestartWorkload():
            yield restart(change)
        case _:
            assert_never(change)


def annotate(change: SetAnnotation) -> str:
    """A patch that the API server refuses where the annotation is not what it was planned over."""
    where = ("kubectl", "patch", "serviceaccount", change.name, f"--namespace={change.namespace}")
    if change.before is None:
        patch: object = {"metadata": {"annotations": {change.annotation: change.after}}}
        return join((*where, "--type=merge", f"--patch={json.dumps(patch)}"))
    path = "/metadata/annotations/" + change.annotation.replace("~", "~0").replace("/", "~1")
    test = {"op": "test", "path": path, "value": change.before}
    write = {"op": "remove", "path": path}
    if change.after is not None:
        write = {"op": "replace", "path": path, "value": change.after}
    return join((*where, "--type=json", f"--patch={json.dumps([test, write])}"))


def select(change: SetNamespaceSelector) -> str:
    """The webhook's selector alone; its neighbours in the registration stay as they are."""
    where = ("kubectl", "patch", "mutatingwebhookconfiguration", change.configuration)
    return join((*where, "--type=strategic", f"--patch={json.dumps(change.patch())}"))


def restart(change: RestartWorkload) -> str:
    """What `kubectl rollout restart` does, with the moment of the plan."""
    annotated = {"metadata": {"annotations": {RESTARTED_AT: change.at}}}
    patch = {"spec": {"template": annotated}}
    where = ("kubectl", "patch", change.kind, change.name, f"--namespace={change.namespace}")
    return join((*where, "--type=merge", f"--patch={json.dumps(patch)}"))


def _create(change: CreateProvider) -> str:
    thumbprints = ("--thumbprint-list", *change.thumbprints) if change.thumbprints else ()
    return aws(
        "iam",
        "create-open-id-connect-provider",
        f"--url={change.url}",
        "--client-id-list",
        *change.client_ids,
        *thumbprints,
    )


def _client_ids(change: SetClientIds) -> Iterator[str]:
    """Add before removing, so that no token is refused in between.

    As JSON, since the AWS CLI takes an option's value that begins with https:// for an address to fetch.
    """
    added = (("add-client-id-to", item) for item in change.after if item not in change.before)
    removed = (("remove-client-id-from", item) for item in change.before if item not in change.after)
    for verb, item in (*added, *removed):
        given = json.dumps({"OpenIDConnectProviderArn": change.provider_arn, "ClientID": item})
        yield aws("iam", f"{verb}-open-id-connect-provider", "--cli-input-json", given)


def _document(change: PutDocument) -> Iterator[str]:
    where = (f"--region={change.region}", f"--bucket={change.bucket}", f"--key={change.key}")
    if change.after is None:
        yield aws("s3api", "delete-object", *where)
        return
    yield from file("document", change.after)
    new = ("--if-none-match=*",) if change.before is None else ()
    how = (f"--content-type={change.content_type}", *_encrypted(change.encryption))
    yield aws("s3api", "put-object", *where, *how, *new) + ' --body "$work/document"'


def _encrypted(how: Encryption) -> tuple[str, ...]:
    said = (f"--server-side-encryption={how.algorithm}",) if how.algorithm else ()
    return (*said, f"--ssekms-key-id={how.key}") if how.key else said


def _bucket_policy(change: SetBucketPolicy) -> Iterator[str]:
    where = (f"--region={change.region}", f"--bucket={change.bucket}")
    if change.after is None:
        yield aws("s3api", "delete-bucket-policy", *where)
        return
    yield from file("policy.json", change.after)
    yield aws("s3api", "put-bucket-policy", *where) + from_file("policy", "policy.json")


def _block(service: str, after: PublicAccessBlock | None, region: str, whose: str) -> str:
    if after is None:
        return aws(service, "delete-public-access-block", f"--region={region}", whose)
    said = ",".join(f"{name}={str(on).lower()}" for name, on in describe.settings(after).items())
    return aws(
        service,
        "put-public-access-block",
        f"--region={region}",
        whose,
        f"--public-access-block-configuration={said}",
    )
