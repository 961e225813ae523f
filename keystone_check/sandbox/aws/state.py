"""What stands in moto now, as model values: the sandbox's own reading, apart from the probes'."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from moto.backends import get_backend
from moto.iam.models import AWSManagedPolicy, ManagedPolicy

from keystone_check.model.aws import Bucket, Grant, Provider, PublicAccessBlock, Role, StoredObject
from keystone_check.model.facts import Absent, Missing, Subjects
from keystone_check.model.permissions import Permissions


def bucket(account: str, name: str, key: str = "") -> Bucket | Absent:
    """A bucket with everything that decides about anonymous reads of an object, the object included."""
    held = _backend("s3", account).buckets.get(name)
    if held is None:
        return Absent("bucket", f"there is no bucket {name}")
    return Bucket(
        name=name,
        region=held.region_name,
        public_access=_block(held.public_access_block, f"bucket {name}"),
        ownership=_ownership(held.ownership_rule),
        policy=held.policy.decode() if held.policy else Absent("policy", f"{name} has no policy"),
        objects=Subjects(((key, _object(key, held.keys.get(key))),)) if key else Subjects(),
        grants=_grants(held.acl),
    )


def bucket_names(account: str) -> tuple[str, ...]:
    """Every bucket that this sandbox holds for the account, those that stand for others' included."""
    return tuple(sorted(_backend("s3", account).buckets))


def make_bucket(account: str, name: str, region: str, ownership: str) -> None:
    """A bucket as S3 makes new ones: shut to strangers, encrypted by its own key."""
    held = _backend("s3", account).create_bucket(name, region)
    held.ownership_rule = ownership
    default = {"SSEAlgorithm": "AES256"}
    held.encryption = {"Rule": {"ApplyServerSideEncryptionByDefault": default, "BucketKeyEnabled": "false"}}
    shut = settings(PublicAccessBlock(True, True, True, True))
    _backend("s3", account).put_public_access_block(name, shut)


def open_partition(account: str, partition: str) -> None:
    """Let what the account has lie in its own partition; to be called before anything else is."""
    for service in ("iam", "s3", "s3control"):
        get_backend(service)[account][partition]  # moto makes what it is asked for


def account_public_access(account: str) -> PublicAccessBlock | Absent:
    """The account's own public access block."""
    return _block(_backend("s3control", account).public_access_block, f"account {account}")


def providers(account: str) -> Subjects[Provider]:
    """Every OIDC provider of the account."""
    return Subjects(
        tuple(
            (arn, Provider(arn, held.url, tuple(held.client_id_list), tuple(held.thumbprint_list)))
            for arn, held in _backend("iam", account).open_id_providers.items()
        )
    )


def role(account: str, arn: str) -> Role | Absent:
    """The role of that ARN."""
    for held in _backend("iam", account).roles.values():
        if held.arn == arn:
            return Role(arn, held.assume_role_policy_document, int(held.max_session_duration or 3600))
    return Absent(arn, f"there is no role {arn}")


def role_arn(account: str, name: str) -> str:
    """The ARN of the role of that name, path and all; empty where there is none."""
    return next((str(it.arn) for it in _backend("iam", account).roles.values() if it.name == name), "")


def profile_roles(account: str, name: str) -> tuple[str, ...]:
    """The roles of an instance profile, by ARN."""
    held = _backend("iam", account).instance_profiles.values()
    return tuple(str(role.arn) for it in held if it.name == name for role in it.roles)


def permissions(account: str, arn: str) -> Permissions | Absent:
    """What stands in a role's policies now; of service control policies moto knows nothing."""
    backend = _backend("iam", account)
    held = next((it for it in backend.roles.values() if it.arn == arn), None)
    if held is None:
        return Absent(arn, f"there is no role {arn}")
    attached = tuple((policy, _document(it)) for policy, it in held.managed_policies.items())
    bound = backend.managed_policies.get(held.permissions_boundary_arn)
    nothing = Absent(arn, f"{arn} has no permissions boundary")
    return Permissions(
        inline=Subjects(tuple(held.policies.items())),
        attached=Subjects(attached),
        boundary=_document(bound) if bound else nothing,
    )


def _document(policy: Any) -> str:
    return str(next(it.document for it in policy.versions if it.version_id == policy.default_version_id))


def put_inline(account: str, role: str, name: str, document: str) -> None:
    """Write an inline policy as it stands: IAM's own checks are for what clients write."""
    _role_named(account, role).policies[name] = document


def attach(account: str, role: str, arn: str, document: str) -> None:
    """Attach a managed policy, which is made where it is not there yet."""
    put_managed(account, arn, document)
    _backend("iam", account).managed_policies[arn].attach_to(_role_named(account, role))


def put_managed(account: str, arn: str, document: str) -> None:
    """Make a managed policy, ours or AWS's, unless it is there."""
    held = _backend("iam", account).managed_policies
    if arn in held:
        return
    path, _, name = arn.partition(":policy")[2].rpartition("/")
    kind: Any = AWSManagedPolicy if arn.split(":")[4] == "aws" else ManagedPolicy
    region = _REGIONS[arn.split(":")[1]]
    held[arn] = kind(name, account_id=account, region=region, document=document, path=f"{path}/")


_REGIONS = {"aws": "us-east-1", "aws-cn": "cn-north-1", "aws-us-gov": "us-gov-west-1"}
"""One of each partition: moto tells a partition by its regions."""


def _role_named(account: str, name: str) -> Any:
    return next(held for held in _backend("iam", account).roles.values() if held.name == name)


def set_client_ids(account: str, arn: str, client_ids: tuple[str, ...]) -> None:
    """Replace a provider's client ids (moto has no Add and no Remove)."""
    _backend("iam", account).open_id_providers[arn].client_id_list = list(client_ids)


def set_created(account: str, arn: str, created: int) -> None:
    """Date a provider back (moto takes its own clock)."""
    held = _backend("iam", account).open_id_providers.get(arn)
    if held is not None:
        held.create_date = datetime.fromtimestamp(created, UTC)


def set_tags(account: str, name: str, tags: Mapping[str, str]) -> None:
    """Tag a role or provider (by ARN) or a bucket; moto refuses `aws:` tags, which AWS alone puts."""
    listed = [{"Key": key, "Value": value} for key, value in tags.items()]
    iam, s3 = _backend("iam", account), _backend("s3", account)
    if name in s3.buckets:
        s3.tagger.tag_resource(s3.buckets[name].arn, listed)
    elif name in iam.open_id_providers:
        iam.open_id_providers[name].tags = {tag["Key"]: tag for tag in listed}
    else:
        (role,) = (held for held in iam.roles.values() if held.arn == name)
        role.tags = listed


def set_account_public_access(account: str, block: PublicAccessBlock) -> None:
    """Set the account's block (the S3 Control API puts the account into its host name, which no port has)."""
    _backend("s3control", account).put_public_access_block(account, settings(block))


def settings(block: PublicAccessBlock) -> dict[str, bool]:
    """A public access block under the names of the S3 API."""
    return {
        "BlockPublicAcls": block.block_public_acls,
        "IgnorePublicAcls": block.ignore_public_acls,
        "BlockPublicPolicy": block.block_public_policy,
        "RestrictPublicBuckets": block.restrict_public_buckets,
    }


def _backend(service: Any, account: str) -> Any:
    partitions = get_backend(service)[account]
    return partitions[next(iter(dict.keys(partitions)), "aws")]


def _block(held: Any, where: str) -> PublicAccessBlock | Absent:
    if held is None:
        return Absent("public_access", f"{where} has no public access block")
    return PublicAccessBlock(
        block_public_acls=_true(held.block_public_acls),
        ignore_public_acls=_true(held.ignore_public_acls),
        block_public_policy=_true(held.block_public_policy),
        restrict_public_buckets=_true(held.restrict_public_buckets),
    )


def _true(value: object) -> bool:
    return str(value).lower() == "true"


def _grants(acl: Any) -> tuple[Grant, ...]:
    lines = [(grantee, grant) for grant in acl.grants for grantee in grant.grantees] if acl else []
    return tuple(
        Grant(grantee.uri.rpartition("/")[2], permission)
        for grantee, grant in lines
        for permission in grant.permissions
        if grantee.uri
    )


def _ownership(rule: str | Mapping[str, Any] | None) -> str | Absent:
    # moto keeps what CreateBucket was given as a string and what PutBucketOwnershipControls was as a mapping.
    if not rule:
        return Absent("ownership", "the bucket has no ownership controls")
    if isinstance(rule, str):
        return rule
    rules = rule["Rule"]
    return str((rules[0] if isinstance(rules, list) else rules)["ObjectOwnership"])


def _object(key: str, item: Any) -> StoredObject | Absent:
    if item is None:
        return Absent(key, f"there is no object {key}")
    try:
        body: str | Missing = item.value.decode()
    except UnicodeDecodeError as error:
        body = Missing("body", f"not UTF-8 at byte {error.start}")
    kind = item.metadata.get("content-type", "binary/octet-stream")
    return StoredObject(body, kind, item.encryption or "", item.kms_key_id or "")
