"""The plan as Terraform resources, with import blocks for what stands there already."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import assert_never

from keystone_check.model.aws import Encryption
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
from keystone_check.remedy.plan import HeldBack, Step

Value = str | bool | int | tuple[str, ...] | Mapping[str, str]

_ROLE_REST = (
    "assume_role_policy",
    "description",
    "force_detach_policies",
    "max_session_duration",
    "permissions_boundary",
    "tags",
    "tags_all",
)


@dataclass(frozen=True, slots=True)
class Inner:
    """A block within a block."""

    said: Mapping[str, Value]


Block = Mapping[str, Value | Inner]


@dataclass(frozen=True, slots=True)
class Resource:
    """One resource block; `imported` is the id of what stands there, empty for what is new."""

    kind: str
    name: str
    arguments: Mapping[str, Value]
    imported: str = ""
    ignored: tuple[str, ...] = ()
    """Arguments that the plan says nothing about, so that they stay as they are."""
    blocks: Mapping[str, Block] = field(default_factory=dict)


def render(steps: Sequence[Step], held_back: Sequence[HeldBack]) -> str:
    """Resources for the providers hashicorp/aws and hashicorp/kubernetes; Terraform 1.5 or later imports."""
    return notes.text(_lines(steps, held_back))


def _lines(steps: Sequence[Step], held_back: Sequence[HeldBack]) -> Iterator[str]:
    yield "# For Terraform 1.5 or later, or OpenTofu; read what `plan` says before `apply`"
    yield "# An object that your state has already needs no import block: change its resource instead"
    made: dict[tuple[str, str], Resource] = {}
    for step in steps:
        yield ""
        yield from notes.about(step, describe.title(step.change))
        if why := beyond(step.change):
            yield f"# {why}"
            continue
        for resource in resources(step.change):
            key = (resource.kind, resource.name)
            made[key] = _joined(made[key], resource) if key in made else resource
    for resource in made.values():
        yield ""
        yield from _block(resource)
    yield from notes.left(held_back)


def beyond(change: Change) -> str:
    """Why Terraform does not say the change; empty when it does."""
    match change:
        case DeleteProvider() | DeleteRole() | DeleteBucket() | SetOwnership(after=None):
            return "to delete it, remove its resource from your configuration, or use --emit shell"
        case PutDocument(after=None) | SetBucketPolicy(after=None) | SetAnnotation(after=None):
            return "to delete it, remove its resource from your configuration, or use --emit shell"
        case SetAcl(after=after) if after:
            return "grants to others are no repair: --emit shell has the command"
        case (
            SetBucketPublicAccess(after=None) | SetAccountPublicAccess(after=None) | SetRolePolicy(after=None)
        ):
            return "to delete it, remove its resource from your configuration, or use --emit shell"
        case SetNamespaceSelector():
            return "a resource would take the whole registration over: --emit shell has the command"
        case RestartWorkload():
            return "what is done once is no resource: --emit shell has the command"
        case _:
            return ""


def resources(change: Change) -> Iterator[Resource]:
    """The resources that say what the change would leave there."""
    match change:
        case CreateProvider(arn, url, client_ids, thumbprints):
            said: dict[str, Value] = {"url": url, "client_id_list": client_ids}
            if thumbprints:
                said["thumbprint_list"] = thumbprints
            yield Resource("aws_iam_openid_connect_provider", _name(arn), said)
        case SetClientIds(arn, _, after):
            yield _provider(arn, {"client_id_list": after}, ("thumbprint_list",))
        case SetThumbprints(arn, _, after):
            # client_id_list is required; what it says is ignored.
            yield _provider(arn, {"client_id_list": (), "thumbprint_list": after}, ("client_id_list",))
        case PutDocument(after=str(content)):
            said = {
                "bucket": change.bucket,
                "key": change.key,
                "content": content,
                "content_type": change.content_type,
                **_encrypted(change.encryption),
            }
            imported = "" if change.before is None else f"{change.bucket}/{change.key}"
            yield Resource("aws_s3_object", _name(f"{change.bucket}/{change.key}"), said, imported)
        case SetBucketPublicAccess(bucket=bucket) if change.after is not None:
            imported = "" if change.before is None else bucket
            said = {"bucket": bucket, **_settings(change)}
            yield Resource("aws_s3_bucket_public_access_block", _name(bucket), said, imported)
        case SetAccountPublicAccess(account=account) if change.after is not None:
            imported = "" if change.before is None else account
            said = {"account_id": account, **_settings(change)}
            yield Resource("aws_s3_account_public_access_block", _name(account), said, imported)
        case SetBucketPolicy(bucket=bucket, after=str(policy)):
            imported = "" if change.before is None else bucket
            yield Resource(
                "aws_s3_bucket_policy", _name(bucket), {"bucket": bucket, "policy": policy}, imported
            )
        case CreateBucket() | SetOwnership() | SetAcl() | SetDefaultEncryption():
            yield from _of_bucket(change)
        case CreateRole(arn, trust):
            path, _, name = arn.partition(":role")[2].rpartition("/")
            said = {"name": name, "path": f"{path}/", "assume_role_policy": trust}
            yield Resource("aws_iam_role", _name(name), said)
        case SetSessionDuration(arn, _, seconds):
            yield _role(arn, max_session_duration=seconds)
        case SetTrustPolicy(arn, _, after):
            yield _role(arn, assume_role_policy=after)
        case SetRolePolicy(after=str(document)):
            yield _granted(change, document)
        case SetAnnotation(after=str(value)):
            yield _annotation(change, value)
        case DeleteProvider() | PutDocument() | SetBucketPublicAccess() | SetAccountPublicAccess():
            return
        case SetBucketPolicy() | SetAnnotation() | DeleteRole() | DeleteBucket() | RestartWorkload():
            return
        case SetNamespaceSelector() | SetRolePolicy():
            return
        case _:
            assert_never(change)


def _provider(arn: str, said: Mapping[str, Value], ignored: tuple[str, ...]) -> Resource:
    url = f"https://{arn.partition(':oidc-provider/')[2]}"
    return Resource("aws_iam_openid_connect_provider", _name(arn), {"url": url, **said}, arn, ignored)


def _role(arn: str, **said: Value) -> Resource:
    """Its trust policy is required; where the plan does not write it, what stands here is ignored."""
    path, _, name = arn.partition(":role")[2].rpartition("/")
    wanted: dict[str, Value] = {"name": name, "path": f"{path}/", "assume_role_policy": "{}", **said}
    ignored = tuple(rest for rest in _ROLE_REST if rest not in said)
    return Resource("aws_iam_role", _name(name), wanted, name, ignored)


def _granted(change: SetRolePolicy, document: str) -> Resource:
    role = change.role_arn.rpartition("/")[2]
    said: dict[str, Value] = {"role": role, "name": change.name, "policy": document}
    imported = "" if change.before is None else f"{role}:{change.name}"
    return Resource("aws_iam_role_policy", _name(f"{role}/{change.name}"), said, imported)


def _of_bucket(change: CreateBucket | SetOwnership | SetAcl | SetDefaultEncryption) -> Iterator[Resource]:
    """The bucket and what hashicorp/aws has as resources of its own."""
    name = change.bucket
    match change:
        case CreateBucket():
            yield Resource("aws_s3_bucket", _name(name), {"bucket": name})
            yield _ownership(name, "BucketOwnerEnforced", "")
        case SetOwnership(after=str(after)):
            yield _ownership(name, after, "" if change.before is None else name)
        case SetAcl(after=()):
            yield Resource("aws_s3_bucket_acl", _name(name), {"bucket": name, "acl": "private"}, name)
        case SetDefaultEncryption():
            yield _encryption(name, change.after)
        case SetOwnership() | SetAcl():
            return
        case _:
            assert_never(change)


def _ownership(bucket: str, after: str, imported: str) -> Resource:
    kind = "aws_s3_bucket_ownership_controls"
    said: dict[str, Block] = {"rule": {"object_ownership": after}}
    return Resource(kind, _name(bucket), {"bucket": bucket}, imported, blocks=said)


def _encryption(bucket: str, after: Encryption) -> Resource:
    key: dict[str, Value] = {"kms_master_key_id": after.key} if after.key else {}
    said: dict[str, Value] = {"sse_algorithm": after.algorithm, **key}
    kind = "aws_s3_bucket_server_side_encryption_configuration"
    once: dict[str, Value] = {"bucket_key_enabled": True} if after.bucket_key else {}
    rule: Block = {**once, "apply_server_side_encryption_by_default": Inner(said)}
    return Resource(kind, _name(bucket), {"bucket": bucket}, bucket, blocks={"rule": rule})


def _encrypted(how: Encryption) -> dict[str, Value]:
    """How an object is: without it, as the bucket encrypts by default."""
    said: dict[str, Value] = {"server_side_encryption": how.algorithm} if how.algorithm else {}
    if how.key:
        said["kms_key_id"] = how.key
    if how.bucket_key:
        said["bucket_key_enabled"] = True
    return said


def _annotation(change: SetAnnotation, value: str) -> Resource:
    said: dict[str, Value] = {
        "api_version": "v1",
        "kind": "ServiceAccount",
        "annotations": {change.annotation: value},
        "force": True,
    }
    where: dict[str, Value] = {"name": change.name, "namespace": change.namespace}
    name = _name(f"{change.namespace}/{change.name}/{change.annotation}")
    return Resource("kubernetes_annotations", name, said, blocks={"metadata": where})


def _settings(change: SetBucketPublicAccess | SetAccountPublicAccess) -> dict[str, Value]:
    return {ours: getattr(change.after, ours) for ours, _ in describe.SETTINGS}


def _joined(one: Resource, other: Resource) -> Resource:
    """One resource for two changes of the same thing: what either of them says is no longer ignored."""
    said = {**{k: v for k, v in other.arguments.items() if k not in other.ignored}}
    kept = {k: v for k, v in one.arguments.items() if k not in one.ignored or k not in said}
    ignored = tuple(name for name in one.ignored if name in other.ignored)
    blocks = {**one.blocks, **other.blocks}
    return Resource(one.kind, one.name, {**kept, **said}, one.imported, ignored, blocks)


def _block(resource: Resource) -> Iterator[str]:
    if resource.imported:
        yield "import {"
        yield f"  to = {resource.kind}.{resource.name}"
        yield f"  id = {_string(resource.imported)}"
        yield "}"
        yield ""
    yield f'resource "{resource.kind}" "{resource.name}" {{'
    yield from _arguments(resource.arguments, "  ")
    for name, held in resource.blocks.items():
        yield from _nested(name, held, "  ")
    if resource.ignored:
        yield "  lifecycle {"
        yield f"    ignore_changes = [{', '.join(resource.ignored)}]"
        yield "  }"
    yield "}"


def _nested(name: str, held: Block, indent: str) -> Iterator[str]:
    """A block with its arguments, then the blocks in it."""
    yield f"{indent}{name} {{"
    plain = {inner: value for inner, value in held.items() if not isinstance(value, Inner)}
    yield from _arguments(plain, f"{indent}  ")
    for inner, value in held.items():
        if isinstance(value, Inner):
            yield from _nested(inner, value.said, f"{indent}  ")
    yield f"{indent}}}"


def _arguments(said: Mapping[str, Value], indent: str) -> Iterator[str]:
    """In the layout of `terraform fmt`: equal signs of lines that follow one another stand in a column."""
    width = max(map(len, said), default=0)
    for name, value in said.items():
        yield f"{indent}{name:<{width}} = {_value(value)}"


def _value(value: Value) -> str:
    match value:
        case bool():
            return str(value).lower()
        case int():
            return str(value)
        case str():
            return _string(value)
        case tuple():
            return f"[{', '.join(map(_string, value))}]"
        case _:
            return "{ " + ", ".join(f"{_string(key)} = {_string(item)}" for key, item in value.items()) + " }"


def _string(text: str) -> str:
    """A quoted string of HCL: JSON's, without the escapes that HCL lacks, and without templates."""
    quoted = json.dumps(text, ensure_ascii=False).replace("\\b", "\\u0008").replace("\\f", "\\u000c")
    return quoted.replace("${", "$${").replace("%{", "%%{")


def _name(text: str) -> str:
    """A name for what has this address: a letter or underscore first, and the same each time."""
    return "keystone_" + re.sub(r"[^A-Za-z0-9_]+", "_", text.rpartition(":oidc-provider/")[2] or text).strip(
        "_"
    )
