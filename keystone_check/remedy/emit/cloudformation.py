"""The plan as a CloudFormation template; what stands there already is imported into the stack."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, assert_never

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
from keystone_check.model.finding import Safety
from keystone_check.model.grant import SetRolePolicy
from keystone_check.model.selector import SetNamespaceSelector
from keystone_check.model.workload import RestartWorkload
from keystone_check.remedy import describe
from keystone_check.remedy.emit import shell
from keystone_check.remedy.plan import HeldBack, Step

_SHELL = "CloudFormation has no resource for it; these commands do it"


def render(steps: Sequence[Step], held_back: Sequence[HeldBack]) -> str:
    """A template in JSON. Its metadata says which resources are to be imported, and what is left to do."""
    resources: dict[str, dict[str, Any]] = {}
    for step in steps:
        for name, kind, properties in _resources(step.change):
            found = resources.setdefault(name, _resource(kind))
            found["Properties"].update(properties)
    imported = {name for step in steps for name in _imported(step.change)}
    made = {name for step in steps for name in _made(step.change)}
    template = {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Description": "What keystone-check --fix would write",
        "Metadata": {
            "Import": sorted(imported - made),
            "Elsewhere": [_elsewhere(step.change) for step in steps if beyond(step.change)],
            "ByHand": [_by_hand(item) for item in held_back],
        },
        "Resources": resources or {"Nothing": {"Type": "AWS::CloudFormation::WaitConditionHandle"}},
    }
    return json.dumps(template, indent=2) + "\n"


def beyond(change: Change) -> str:
    """Why a template does not say the change; empty when it does."""
    match change:
        case DeleteProvider() | DeleteRole() | DeleteBucket():
            return "delete it from the stack that has it"
        case PutDocument() | SetAccountPublicAccess() | SetAnnotation() | RestartWorkload():
            return _SHELL
        case SetNamespaceSelector():
            return _SHELL
        case SetAcl() | SetOwnership(after=None):
            return "a template only says what ACL a new bucket has; these commands do it"
        case SetSessionDuration():
            return "its resource needs the trust policy as well, which this change does not touch"
        case SetBucketPublicAccess(after=None) | SetBucketPolicy(after=None) | SetRolePolicy(after=None):
            return "delete it from the stack that has it"
        case _:
            return ""


def _resources(change: Change) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    """Logical id, type and properties of what the change would leave there."""
    match change:
        case CreateProvider(arn, url, client_ids, thumbprints):
            said = {"Url": url, "ClientIdList": list(client_ids)}
            pinned = {"ThumbprintList": list(thumbprints)} if thumbprints else {}
            yield _name("Provider", arn), "AWS::IAM::OIDCProvider", {**said, **pinned}
        case SetClientIds(arn, _, after):
            said = {"Url": _url(arn), "ClientIdList": list(after)}
            yield _name("Provider", arn), "AWS::IAM::OIDCProvider", said
        case SetThumbprints(arn, _, after):
            said = {"Url": _url(arn), "ThumbprintList": list(after)}
            yield _name("Provider", arn), "AWS::IAM::OIDCProvider", said
        case SetBucketPublicAccess(bucket=bucket) if change.after is not None:
            block = describe.settings(change.after)
            named = {"BucketName": bucket, "PublicAccessBlockConfiguration": block}
            yield _name("Bucket", bucket), "AWS::S3::Bucket", named
        case SetBucketPolicy(bucket=bucket, after=str(policy)):
            opened = {"Bucket": bucket, "PolicyDocument": _document(policy)}
            yield _name("Policy", bucket), "AWS::S3::BucketPolicy", opened
        case SetTrustPolicy(arn, _, after):
            path, _, name = arn.partition(":role")[2].rpartition("/")
            trusted = {"RoleName": name, "Path": f"{path}/", "AssumeRolePolicyDocument": _document(after)}
            yield _name("Role", name), "AWS::IAM::Role", trusted
        case CreateRole(arn, trust):
            path, _, name = arn.partition(":role")[2].rpartition("/")
            trusted = {"RoleName": name, "Path": f"{path}/", "AssumeRolePolicyDocument": _document(trust)}
            yield _name("Role", name), "AWS::IAM::Role", trusted
        case SetRolePolicy(after=str(document)):
            role = change.role_arn.rpartition("/")[2]
            granted = {"RoleName": role, "PolicyName": change.name, "PolicyDocument": _document(document)}
            yield _name("RolePolicy", f"{role}/{change.name}"), "AWS::IAM::RolePolicy", granted
        case CreateBucket(bucket=bucket):
            yield _name("Bucket", bucket), "AWS::S3::Bucket", {"BucketName": bucket, **_ownership(_ENFORCED)}
        case SetOwnership(bucket=bucket, after=str(after)):
            yield _name("Bucket", bucket), "AWS::S3::Bucket", {"BucketName": bucket, **_ownership(after)}
        case SetDefaultEncryption(bucket=bucket):
            rules = {"ServerSideEncryptionConfiguration": [_encryption(change.after)]}
            encrypted = {"BucketName": bucket, "BucketEncryption": rules}
            yield _name("Bucket", bucket), "AWS::S3::Bucket", encrypted
        case DeleteProvider() | PutDocument() | SetAccountPublicAccess() | SetAnnotation():
            return
        case RestartWorkload() | SetNamespaceSelector():
            return
        case DeleteRole() | DeleteBucket() | SetAcl() | SetOwnership() | SetSessionDuration():
            return
        case SetBucketPublicAccess() | SetBucketPolicy() | SetRolePolicy():
            return
        case _:
            assert_never(change)


_ENFORCED = "BucketOwnerEnforced"


def _ownership(after: str) -> dict[str, Any]:
    return {"OwnershipControls": {"Rules": [{"ObjectOwnership": after}]}}


def _encryption(after: Encryption) -> dict[str, Any]:
    """As S3 writes it, but for the name of one member."""
    rule = describe.encryption_rule(after)
    rule["ServerSideEncryptionByDefault"] = rule.pop("ApplyServerSideEncryptionByDefault")
    return rule


def _imported(change: Change) -> Iterator[str]:
    """What stands there before the stack does; a new policy and a new provider are the stack's to create."""
    new = isinstance(change, CreateProvider | CreateRole | CreateBucket) or (
        isinstance(change, SetBucketPolicy | SetRolePolicy) and change.before is None
    )
    yield from (name for name, _, _ in _resources(change) if not new)


def _made(change: Change) -> Iterator[str]:
    """What the stack creates, so that nothing of it is imported."""
    if isinstance(change, CreateProvider | CreateRole | CreateBucket):
        yield from (name for name, _, _ in _resources(change))


def _resource(kind: str) -> dict[str, Any]:
    """Retained, as an import asks for: deleting the stack takes nothing away."""
    return {"Type": kind, "DeletionPolicy": "Retain", "UpdateReplacePolicy": "Retain", "Properties": {}}


def _elsewhere(change: Change) -> dict[str, Any]:
    return {
        "Change": describe.title(change),
        "Because": beyond(change),
        "Commands": list(shell.commands(change)),
    }


def _by_hand(item: HeldBack) -> dict[str, Any]:
    steps = item.repair.steps if item.repair.safety is Safety.MANUAL else (item.release,)
    return {"Repair": item.repair.title, "Class": item.repair.safety.value, "Steps": list(steps)}


def _document(policy: str) -> Any:
    """The policy as an object. What is no JSON stays a text, for CloudFormation to refuse."""
    try:
        return json.loads(policy)
    except ValueError:
        return policy


def _url(arn: str) -> str:
    return f"https://{arn.partition(':oidc-provider/')[2]}"


def _name(what: str, text: str) -> str:
    """A logical id: letters and digits alone."""
    words = re.split(r"[^A-Za-z0-9]+", text.rpartition(":oidc-provider/")[2] or text)
    return what + "".join(word[:1].upper() + word[1:] for word in words)
