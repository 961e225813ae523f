"""The plan as Terraform resources, with import blocks for what stands there already."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import assert_never

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

Value = str | bool | tuple[str, ...] | Mapping[str, str]

_ROLE_REST = (
    "description",
    "force_detach_policies",
    "max_session_duration",
    "permissions_boundary",
    "tags",
    "tags_all",
)


@dataclass(frozen=True, slots=True)
class Resource:
    """One resource block; `imported` is the id of what stands there, empty for what is new."""

    kind: str
    name: str
    arguments: Mapping[str, Value]
    imported: str = ""
    ignored: tuple[str, ...] = ()
    """Arguments that the plan says nothing about, so that they stay as they are."""
    blocks: Mapping[str, Mapping[str, Value]] = field(default_factory=dict)


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
        case DeleteProvider():
            return "to delete it, remove its resource from your configuration, or use --emit shell"
        case PutDocument(after=None) | SetBucketPolicy(after=None) | SetAnnotation(after=None):
            return "to delete it, remove its resource from your configuration, or use --emit shell"
        case SetBucketPublicAccess(after=None) | SetAccountPublicAccess(after=None):
            return "to delete it, remove its resource from your configuration, or use --emit shell"
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
        case SetTrustPolicy(arn, _, after):
            yield _role(arn, after)
        case SetAnnotation(after=str(value)):
            yield _annotation(change, value)
        case DeleteProvider() | PutDocument() | SetBucketPublicAccess() | SetAccountPublicAccess():
            return
        case SetBucketPolicy() | SetAnnotation():
            return
        case _:
            assert_never(change)


def _provider(arn: str, said: Mapping[str, Value], ignored: tuple[str, ...]) -> Resource:
    url = f"https://{arn.partition(':oidc-provider/')[2]}"
    return Resource("aws_iam_openid_connect_provider", _name(arn), {"url": url, **said}, arn, ignored)


def _role(arn: str, trust: str) -> Resource:
    path, _, name = arn.partition(":role")[2].rpartition("/")
    said = {"name": name, "path": f"{path}/", "assume_role_policy": trust}
    return Resource("aws_iam_role", _name(name), said, name, _ROLE_REST)


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
    return Resource(one.kind, one.name, {**kept, **said}, one.imported, ignored, one.blocks)


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
        yield f"  {name} {{"
        yield from _arguments(held, "    ")
        yield "  }"
    if resource.ignored:
        yield "  lifecycle {"
        yield f"    ignore_changes = [{', '.join(resource.ignored)}]"
        yield "  }"
    yield "}"


def _arguments(said: Mapping[str, Value], indent: str) -> Iterator[str]:
    """In the layout of `terraform fmt`: equal signs of lines that follow one another stand in a column."""
    width = max(map(len, said), default=0)
    for name, value in said.items():
        yield f"{indent}{name:<{width}} = {_value(value)}"


def _value(value: Value) -> str:
    match value:
        case bool():
            return str(value).lower()
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
