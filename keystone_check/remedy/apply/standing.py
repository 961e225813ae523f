"""What stands at a change's address now, in the change's own terms."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, TypeVar, assert_never
from urllib.parse import unquote

from keystone_check.model.access import Access
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
from keystone_check.model.workload import RestartWorkload
from keystone_check.probes import rights
from keystone_check.probes.answer import BODY_LIMIT, text
from keystone_check.probes.aws import Aws
from keystone_check.probes.kube import Kube
from keystone_check.probes.operator_rights import GET_ROLE_POLICY
from keystone_check.probes.refusals import ReadError
from keystone_check.remedy.apply.buckets import bucket_setting, bucket_there, in_region
from keystone_check.remedy.apply.registrations import selector_standing
from keystone_check.remedy.apply.workloads import restarted_since
from keystone_check.remedy.describe import SETTINGS

T = TypeVar("T")


class Hands:
    """Cluster and AWS, connected when first needed."""

    def __init__(self, access: Access) -> None:
        self.access = access

    @cached_property
    def aws(self) -> Aws:
        """The AWS account."""
        return Aws(self.access)

    @cached_property
    def kube(self) -> Kube:
        """The API server."""
        return Kube(self.access)


@dataclass(frozen=True, slots=True)
class Standing:
    """What is there. `value` compares with the change's `before`."""

    value: object
    done: bool
    """Whether it is what the change would write."""
    version: str = ""
    """ETag or resourceVersion, by which the service itself refuses to overwrite anything newer; where it has
    none, what tells apart what `value` does not."""


def standing(hands: Hands, change: Change) -> Standing:
    """Read what the change would overwrite. Raises ReadError."""
    match change:
        case CreateProvider():
            return _absent_provider(hands, change)
        case DeleteProvider():
            return _present_provider(hands, change)
        case SetClientIds():
            found = _provider(hands, change.provider_arn).get("ClientIDList", ())
            between = _half_made(found, change.before, change.after)
            seen = _as_set(change.before if between else found, change.before, change.after)
            return replace(seen, version=" ".join(sorted(found)))
        case SetThumbprints():
            found = _provider(hands, change.provider_arn).get("ThumbprintList", ())
            return _as_set(found, change.before, change.after)
        case PutDocument():
            return _object(hands, change)
        case SetBucketPublicAccess() | SetBucketPolicy() | SetAccountPublicAccess():
            setting = _setting(hands, change)
            return Standing(setting, setting == change.after)
        case SetOwnership() | SetAcl() | SetDefaultEncryption():
            setting = bucket_setting(hands.aws, change)
            return Standing(setting, setting == change.after)
        case CreateBucket() | DeleteBucket():
            there = bucket_there(hands.aws, change)
            wanted = in_region(change) if isinstance(change, CreateBucket) else None
            return Standing(there, there == wanted)
        case CreateRole() | DeleteRole():
            return _role_there(hands, change)
        case SetTrustPolicy():
            trust = trust_of(_role(hands, change.role_arn))
            return Standing(trust, trust == change.after)
        case SetSessionDuration():
            seconds = _role(hands, change.role_arn).get("MaxSessionDuration", 3600)
            return Standing(seconds, seconds == change.after)
        case SetRolePolicy():
            document = _or_none("NoSuchEntity", lambda: _role_policy(hands, change))
            return Standing(document, document == change.after)
        case SetAnnotation():
            return _annotation(hands, change)
        case SetNamespaceSelector():
            selector, version = selector_standing(hands.kube, change)
            return Standing(selector, selector == change.after, version)
        case RestartWorkload():
            return Standing(*restarted_since(hands.kube, change))
    assert_never(change)


def _absent_provider(hands: Hands, change: CreateProvider) -> Standing:
    found = _or_none("NoSuchEntity", lambda: _provider(hands, change.arn))
    if found is None:
        return Standing(None, False)
    ids, thumbprints = set(found.get("ClientIDList", ())), set(found.get("ThumbprintList", ()))
    pinned = set(change.thumbprints) or thumbprints
    same = (ids, thumbprints) == (set(change.client_ids), pinned)
    return Standing(provider_settings(ids, thumbprints), same)


def _present_provider(hands: Hands, change: DeleteProvider) -> Standing:
    found = _or_none("NoSuchEntity", lambda: _provider(hands, change.arn))
    if found is None:
        return Standing(None, True)
    thumbprints = found.get("ThumbprintList", ()) if change.thumbprints else ()
    return Standing(provider_settings(found.get("ClientIDList", ()), thumbprints), False)


def provider_settings(client_ids: Iterable[str], thumbprints: Iterable[str]) -> str:
    """What a provider accepts, in one line and in one order."""
    return f"client ids {sorted(client_ids)}, thumbprints {sorted(thumbprints)}"


def _provider(hands: Hands, arn: str) -> dict[str, Any]:
    return hands.aws.ask(rights.GET_PROVIDER, arn, OpenIDConnectProviderArn=arn)


def _half_made(found: Iterable[str], before: tuple[str, ...], after: tuple[str, ...]) -> bool:
    """Whether a part of the change was made: ids are added and removed one by one, and by others, too."""
    there, kept = set(found), set(before) & set(after)
    return kept <= there <= set(before) | set(after) and there != set(after)


def _as_set(found: Any, before: tuple[str, ...], after: tuple[str, ...]) -> Standing:
    """IAM gives its lists in no order that it promises."""
    value = before if sorted(found) == sorted(before) else tuple(found)
    return Standing(value, sorted(found) == sorted(after))


def _object(hands: Hands, change: PutDocument) -> Standing:
    def take(answer: dict[str, Any]) -> Standing:
        body = text(answer["Body"].read(BODY_LIMIT + 1), f"the object {change.key}")
        answer["Body"].close()
        same = body == change.after and answer.get("ContentType", "") == change.content_type
        how = Encryption(answer.get("ServerSideEncryption", ""), answer.get("SSEKMSKeyId", ""))
        return Standing(body, same and how == change.encryption, answer["ETag"])

    subject = f"{change.bucket}/{change.key}"
    found = _or_none(
        "NoSuchKey",
        lambda: hands.aws.read(
            rights.GET_OBJECT, subject, change.region, take, Bucket=change.bucket, Key=change.key
        ),
    )
    return found or Standing(None, change.after is None)


def _setting(
    hands: Hands, change: SetBucketPublicAccess | SetBucketPolicy | SetAccountPublicAccess
) -> object:
    ask, where = hands.aws.ask, change.region
    match change:
        case SetBucketPolicy(bucket=bucket):
            policy = _or_none(
                "NoSuchBucketPolicy", lambda: ask(rights.BUCKET_POLICY, bucket, where, Bucket=bucket)
            )
            return policy and policy["Policy"]
        case SetBucketPublicAccess(bucket=bucket):
            block = _or_none(
                _NO_BLOCK, lambda: ask(rights.BUCKET_PUBLIC_ACCESS, bucket, where, Bucket=bucket)
            )
        case SetAccountPublicAccess(account=account):
            block = _or_none(
                _NO_BLOCK, lambda: ask(rights.ACCOUNT_PUBLIC_ACCESS, account, where, AccountId=account)
            )
    return block and _block(block["PublicAccessBlockConfiguration"])


def _block(given: dict[str, bool]) -> PublicAccessBlock:
    """A setting that S3 leaves out is off."""
    return PublicAccessBlock(**{ours: given.get(theirs, False) for ours, theirs in SETTINGS})


_NO_BLOCK = "NoSuchPublicAccessBlockConfiguration"


def _role(hands: Hands, arn: str) -> dict[str, Any]:
    name = role_name(arn)
    role: dict[str, Any] = hands.aws.ask(rights.GET_ROLE, name, RoleName=name)["Role"]
    if role["Arn"] != arn:
        raise ReadError(f"iam:GetRole {name}: our account has {role['Arn']}, not {arn}")
    return role


def _role_policy(hands: Hands, change: SetRolePolicy) -> str:
    """IAM percent-encodes it as it does a trust policy."""
    role = role_name(change.role_arn)
    asked = {"RoleName": role, "PolicyName": change.name}
    answer = hands.aws.ask(GET_ROLE_POLICY, f"{role} {change.name}", **asked)
    return unquote(answer["PolicyDocument"])


def _role_there(hands: Hands, change: CreateRole | DeleteRole) -> Standing:
    found = _or_none("NoSuchEntity", lambda: trust_of(_role(hands, change.arn)))
    if isinstance(change, CreateRole):
        return Standing(found, found == change.trust)
    return Standing(found, found is None)


def trust_of(role: Mapping[str, Any]) -> str:
    """IAM percent-encodes the document by RFC 3986, in which a plus sign stands for itself."""
    return unquote(role["AssumeRolePolicyDocument"])


def role_name(arn: str) -> str:
    """The name by which IAM's actions take a role: without its path."""
    return arn.rpartition("/")[2]


def role_path(arn: str) -> str:
    """The path of a role, `/` or `/k8s/`."""
    return f"{arn.partition(':role')[2].rpartition('/')[0]}/"


def _annotation(hands: Hands, change: SetAnnotation) -> Standing:
    metadata = hands.kube.service_account(change.namespace, change.name)["metadata"]
    value = (metadata.get("annotations") or {}).get(change.annotation)
    return Standing(value, value == change.after, metadata.get("resourceVersion", ""))


def _or_none(code: str, read: Callable[[], T]) -> T | None:
    """What is read, or None where the service says by this code that there is none."""
    try:
        return read()
    except ReadError as error:
        if error.code == code:
            return None
        raise


def before(change: Change) -> object:
    """What the plan was made over, as `standing` gives it."""
    match change:
        case CreateProvider() | CreateRole() | CreateBucket() | RestartWorkload():
            return None
        case DeleteProvider():
            return provider_settings(change.client_ids, change.thumbprints)
        case DeleteRole():
            return change.trust
        case DeleteBucket():
            return in_region(change)
        case _:
            return change.before
