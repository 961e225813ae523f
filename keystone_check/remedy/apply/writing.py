"""apply(access, change): read, compare, write."""

from functools import partial
from typing import Any, assert_never
from urllib.parse import quote

from botocore import xform_name

from keystone_check.errors import ApplyError
from keystone_check.model.access import Access
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
from keystone_check.probes.aws import translated
from keystone_check.probes.refusals import ReadError
from keystone_check.probes.rights import AwsAsk
from keystone_check.remedy.apply import rights
from keystone_check.remedy.apply.buckets import write_bucket, write_setting
from keystone_check.remedy.apply.obstacles import changed, in_doubt, next_step
from keystone_check.remedy.apply.registrations import select
from keystone_check.remedy.apply.standing import Hands, Standing, before, role_name, role_path, standing
from keystone_check.remedy.apply.workloads import restart
from keystone_check.remedy.describe import settings, title


def apply(access: Access, change: Change) -> None:
    """Write the change, or raise ApplyError with the next step.

    1. Read what stands there. If it is what would be written, nothing is.
    2. If it is not what the plan was made for, refuse: somebody else has changed it.
    3. Write; where the service can, it is told which version it may overwrite.
    4. Where the writing failed, look once more: a request may take effect and its answer get lost.
    """
    hands = Hands(access)
    try:
        found = standing(hands, change)  # 1
    except ReadError as error:
        said = f"could not {title(change)}: {error.message}"
        raise ApplyError(said, next_step(error), unchanged=True) from error
    if found.done:
        return
    if found.value != before(change):  # 2
        raise ApplyError(
            changed(change, before(change), found),
            "look again and plan anew: repeat the command",
            unchanged=True,
        )
    try:
        _write(hands, change, found.version)  # 3
    except ReadError as error:
        after = _standing(hands, change)  # 4
        if after is None or not after.done:
            said = f"could not {title(change)}: {error.message}"
            unchanged = after == found and not in_doubt(error)
            raise ApplyError(said, next_step(error), unchanged=unchanged) from error


def _standing(hands: Hands, change: Change) -> Standing | None:
    try:
        return standing(hands, change)
    except ReadError:
        return None  # then the failure of the write is what is told


def _write(hands: Hands, change: Change, version: str) -> None:
    match change:
        case CreateProvider():
            _create_provider(hands, change)
        case DeleteProvider():
            _ask(hands, rights.DELETE_PROVIDER, change.arn, OpenIDConnectProviderArn=change.arn)
        case CreateRole() | DeleteRole():
            _write_role(hands, change)
        case CreateBucket() | DeleteBucket():
            write_bucket(partial(_ask, hands), change)
        case SetClientIds():
            _set_client_ids(hands, change)
        case SetThumbprints():
            _ask(
                hands,
                rights.UPDATE_THUMBPRINTS,
                change.provider_arn,
                OpenIDConnectProviderArn=change.provider_arn,
                ThumbprintList=list(change.after),
            )
        case PutDocument():
            _put_document(hands, change, version)
        case SetBucketPublicAccess() | SetAccountPublicAccess():
            _set_public_access(hands, change)
        case SetBucketPolicy():
            _set_bucket_policy(hands, change)
        case SetOwnership() | SetAcl() | SetDefaultEncryption():
            write_setting(hands.aws, partial(_ask, hands), change)
        case SetSessionDuration():
            name = role_name(change.role_arn)
            _ask(hands, rights.UPDATE_ROLE, name, RoleName=name, MaxSessionDuration=change.after)
        case SetTrustPolicy():
            name = role_name(change.role_arn)
            _ask(hands, rights.UPDATE_TRUST, name, RoleName=name, PolicyDocument=change.after)
        case SetRolePolicy():
            _grant(hands, change)
        case SetAnnotation():
            _annotate(hands, change, version)
        case SetNamespaceSelector():
            select(hands.kube, change, version)
        case RestartWorkload():
            restart(hands.kube, change, version)
        case _:
            assert_never(change)


def _ask(hands: Hands, ask: AwsAsk, subject: str, region: str = "", **parameters: object) -> None:
    with translated(f"{ask.name} {subject}", ask.action, hands.access):
        client: Any = hands.aws.client(ask.service, region)
        getattr(client, xform_name(ask.operation))(**parameters)


def _create_provider(hands: Hands, change: CreateProvider) -> None:
    # Without thumbprints IAM visits the issuer and takes the one that it finds there.
    parameters: dict[str, Any] = {"Url": change.url, "ClientIDList": list(change.client_ids)}
    if change.thumbprints:
        parameters["ThumbprintList"] = list(change.thumbprints)
    _ask(hands, rights.CREATE_PROVIDER, change.url, **parameters)


def _write_role(hands: Hands, change: CreateRole | DeleteRole) -> None:
    """Without permissions; IAM deletes no role that has got some."""
    name = role_name(change.arn)
    match change:
        case CreateRole():
            _ask(
                hands,
                rights.CREATE_ROLE,
                name,
                RoleName=name,
                Path=role_path(change.arn),
                AssumeRolePolicyDocument=change.trust,
            )
        case DeleteRole():
            _ask(hands, rights.DELETE_ROLE, name, RoleName=name)
        case _:
            assert_never(change)


def _grant(hands: Hands, change: SetRolePolicy) -> None:
    name = role_name(change.role_arn)
    which = {"RoleName": name, "PolicyName": change.name}
    if change.after is None:
        _ask(hands, rights.DELETE_ROLE_POLICY, f"{name} {change.name}", **which)
    else:
        _ask(hands, rights.PUT_ROLE_POLICY, f"{name} {change.name}", **which, PolicyDocument=change.after)


def _set_client_ids(hands: Hands, change: SetClientIds) -> None:
    """Add before removing, so that no token that is accepted before and after is refused in between."""
    steps = [
        *((rights.ADD_CLIENT_ID, item) for item in change.after if item not in change.before),
        *((rights.REMOVE_CLIENT_ID, item) for item in change.before if item not in change.after),
    ]
    for ask, client_id in steps:
        arn = change.provider_arn
        _ask(hands, ask, arn, OpenIDConnectProviderArn=arn, ClientID=client_id)


def _set_bucket_policy(hands: Hands, change: SetBucketPolicy) -> None:
    bucket, region = change.bucket, change.region
    if change.after is None:
        _ask(hands, rights.DELETE_BUCKET_POLICY, bucket, region, Bucket=bucket)
    else:
        _ask(hands, rights.PUT_BUCKET_POLICY, bucket, region, Bucket=bucket, Policy=change.after)


def _put_document(hands: Hands, change: PutDocument, version: str) -> None:
    """Never with an ACL: buckets made since April 2023 refuse every request that carries one."""
    if change.after is None:
        _delete_document(hands, change, version)
        return
    condition = {"IfMatch": version} if version else {"IfNoneMatch": "*"}
    _ask(
        hands,
        rights.PUT_OBJECT,
        f"{change.bucket}/{change.key}",
        change.region,
        Bucket=change.bucket,
        Key=change.key,
        Body=change.after.encode(),
        ContentType=change.content_type,
        **_encrypted(change.encryption),
        **condition,
    )


def _encrypted(how: Encryption) -> dict[str, str]:
    """As S3 takes it with an upload; an object that it said nothing of is left to the bucket's default."""
    said = {"ServerSideEncryption": how.algorithm, "SSEKMSKeyId": how.key}
    return {name: value for name, value in said.items() if value}


def _delete_document(hands: Hands, change: PutDocument, version: str) -> None:
    _ask(
        hands,
        rights.DELETE_OBJECT,
        f"{change.bucket}/{change.key}",
        change.region,
        Bucket=change.bucket,
        Key=change.key,
        **({"IfMatch": version} if version else {}),
    )


def _set_public_access(hands: Hands, change: SetBucketPublicAccess | SetAccountPublicAccess) -> None:
    if change.after is None:
        _delete_public_access(hands, change)
        return
    block = settings(change.after)
    match change:
        case SetBucketPublicAccess():
            _ask(
                hands,
                rights.PUT_BUCKET_PUBLIC_ACCESS,
                change.bucket,
                change.region,
                Bucket=change.bucket,
                PublicAccessBlockConfiguration=block,
            )
        case SetAccountPublicAccess():
            _ask(
                hands,
                rights.PUT_ACCOUNT_PUBLIC_ACCESS,
                change.account,
                change.region,
                AccountId=change.account,
                PublicAccessBlockConfiguration=block,
            )
        case _:
            assert_never(change)


def _delete_public_access(hands: Hands, change: SetBucketPublicAccess | SetAccountPublicAccess) -> None:
    match change:
        case SetBucketPublicAccess(bucket=bucket):
            _ask(hands, rights.DELETE_BUCKET_PUBLIC_ACCESS, bucket, change.region, Bucket=bucket)
        case SetAccountPublicAccess(account=account):
            _ask(hands, rights.DELETE_ACCOUNT_PUBLIC_ACCESS, account, change.region, AccountId=account)
        case _:
            assert_never(change)


def _annotate(hands: Hands, change: SetAnnotation, version: str) -> None:
    """A merge patch with a resourceVersion: the API server answers 409 if anyone wrote in between."""
    patch = {"metadata": {"resourceVersion": version, "annotations": {change.annotation: change.after}}}
    hands.kube.request(
        "PATCH",
        f"/api/v1/namespaces/{quote(change.namespace)}/serviceaccounts/{quote(change.name)}",
        patch,
        content_type="application/merge-patch+json",
        ask=rights.PATCH_ACCOUNT,
        what=f"{rights.PATCH_ACCOUNT.permission} {change.namespace}/{change.name}",
    )
