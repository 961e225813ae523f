"""The plan as AWS CLI and kubectl commands that run as they are pasted, in any POSIX shell."""

import json
from collections.abc import Iterator, Sequence
from shlex import join, quote
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
from keystone_check.remedy import describe
from keystone_check.remedy.emit import notes
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
            yield _aws(
                "iam", "delete-open-id-connect-provider", f"--open-id-connect-provider-arn={change.arn}"
            )
        case SetClientIds():
            yield from _client_ids(change)
        case SetThumbprints():
            yield _aws(
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
            yield from _file("policy.json", change.after)
            role = change.role_arn.rpartition("/")[2]
            yield _aws("iam", "update-assume-role-policy", f"--role-name={role}") + _from_file(
                "policy-document", "policy.json"
            )
        case SetAnnotation():
            yield annotate(change)
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


def _create(change: CreateProvider) -> str:
    thumbprints = ("--thumbprint-list", *change.thumbprints) if change.thumbprints else ()
    return _aws(
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
        yield _aws("iam", f"{verb}-open-id-connect-provider", "--cli-input-json", given)


def _document(change: PutDocument) -> Iterator[str]:
    where = (f"--region={change.region}", f"--bucket={change.bucket}", f"--key={change.key}")
    if change.after is None:
        yield _aws("s3api", "delete-object", *where)
        return
    yield from _file("document", change.after)
    new = ("--if-none-match=*",) if change.before is None else ()
    yield _aws("s3api", "put-object", *where, f"--content-type={change.content_type}", *new) + (
        ' --body "$work/document"'
    )


def _bucket_policy(change: SetBucketPolicy) -> Iterator[str]:
    where = (f"--region={change.region}", f"--bucket={change.bucket}")
    if change.after is None:
        yield _aws("s3api", "delete-bucket-policy", *where)
        return
    yield from _file("policy.json", change.after)
    yield _aws("s3api", "put-bucket-policy", *where) + _from_file("policy", "policy.json")


def _block(service: str, after: PublicAccessBlock | None, region: str, whose: str) -> str:
    if after is None:
        return _aws(service, "delete-public-access-block", f"--region={region}", whose)
    said = ",".join(f"{name}={str(on).lower()}" for name, on in describe.settings(after).items())
    return _aws(
        service,
        "put-public-access-block",
        f"--region={region}",
        whose,
        f"--public-access-block-configuration={said}",
    )


def _aws(service: str, operation: str, *arguments: str) -> str:
    return join(("aws", service, operation, *arguments))


def _from_file(option: str, name: str) -> str:
    return f' --{option} "file://$work/{name}"'


def _file(name: str, text: str) -> Iterator[str]:
    """The very bytes: a heredoc always ends with a line end, so a text without one is printed."""
    if not text.endswith("\n"):
        yield f'printf %s {quote(text)} > "$work/{name}"'
        return
    end = _end(text)
    yield f"cat > \"$work/{name}\" <<'{end}'"
    yield text.removesuffix("\n")
    yield end


def _end(text: str) -> str:
    """A line that the text does not have."""
    lines, end = set(text.splitlines()), "END"
    while end in lines:
        end += "_"
    return end
