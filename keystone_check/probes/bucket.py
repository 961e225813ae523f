"""The issuer's bucket: what stands between its two documents and a stranger."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from keystone_check.iam.oidc import Discovery, read_discovery
from keystone_check.iam.s3 import Location, locate, object_key
from keystone_check.model.aws import Bucket, Caller, Encryption, Grant, PublicAccessBlock, StoredObject
from keystone_check.model.facts import Absent, Missing, Subjects
from keystone_check.model.web import Response
from keystone_check.probes import rights
from keystone_check.probes.answer import BODY_LIMIT, text
from keystone_check.probes.identity import tags
from keystone_check.probes.limits import detached, side_by_side
from keystone_check.probes.refusals import ReadError, header_beside
from keystone_check.probes.rights import AwsAsk

if TYPE_CHECKING:  # boto3 is loaded when a fact of AWS is asked for, not with this room
    from keystone_check.probes.aws import Aws

T = TypeVar("T")
PARTS = rights.parts("bucket")
REGION_HEADER = "x-amz-bucket-region"
DISCOVERY_PATH = ".well-known/openid-configuration"
KEY_SET_PATH = "openid/v1/jwks"
"""Where the API server has its key set; looked at when no discovery document names another object."""


def bucket(
    aws: Aws,
    issuer_url: str,
    discovery: Callable[[], Response | Missing],
    wanted: frozenset[str] = PARTS,
) -> Bucket | Absent | Missing:
    """All that decides who can read the issuer's two objects, each with its own gap.

    Of its settings only the wanted ones are asked for (`bucket.policy`).
    """
    located = locate(issuer_url)
    if located is None:
        return Absent("bucket", "the issuer is not an S3 address")
    name = located.bucket
    found = _found(aws, name, located.region)
    if isinstance(found, Absent | Missing):
        return found
    region, listed = found
    here = _Here(aws, name, region, wanted, listed)
    readers: dict[str, Callable[[], Any]] = {
        fact: partial(here.get, fact, *setting) for fact, setting in _SETTINGS.items()
    }
    readers["objects"] = partial(here.documents, located, discovery)
    found_here = side_by_side(lambda read: read(), readers.values())
    return Bucket(name=name, region=region, **dict(zip(readers, found_here, strict=True)))


def account_public_access(aws: Aws, caller: Caller) -> PublicAccessBlock | Absent | Missing:
    """The account's own public access block, which guards every bucket of it."""
    try:
        return aws.read(
            rights.ACCOUNT_PUBLIC_ACCESS, caller.account, "", _public_access, AccountId=caller.account
        )
    except ReadError as refusal:
        if refusal.code == "NoSuchPublicAccessBlockConfiguration":
            because = f"account {caller.account} has no public access block"
            return Absent("account_public_access", because)
        return refusal.missing("account_public_access")


def _public_access(answer: Mapping[str, Any]) -> PublicAccessBlock:
    """The four settings as AWS writes them; one that is left out is off."""
    settings = answer["PublicAccessBlockConfiguration"]
    return PublicAccessBlock(
        block_public_acls=settings.get("BlockPublicAcls", False),
        ignore_public_acls=settings.get("IgnorePublicAcls", False),
        block_public_policy=settings.get("BlockPublicPolicy", False),
        restrict_public_buckets=settings.get("RestrictPublicBuckets", False),
    )


def default_encryption(answer: Mapping[str, Any]) -> Encryption:
    """What GetBucketEncryption says."""
    rule = answer["ServerSideEncryptionConfiguration"]["Rules"][0]
    said = rule["ApplyServerSideEncryptionByDefault"]
    return Encryption(
        said["SSEAlgorithm"], said.get("KMSMasterKeyID", ""), bool(rule.get("BucketKeyEnabled", False))
    )


def _found(aws: Aws, name: str, by_address: str) -> tuple[str, bool] | Absent | Missing:
    """The bucket's own region, which S3 tells beside a refusal too, and whether we may list the bucket."""
    try:
        answer = aws.ask(rights.FIND_BUCKET, name, by_address, Bucket=name)
    except ReadError as refusal:
        if refusal.code == "404":
            return Absent("bucket", f"there is no bucket {name}")
        if refusal.code == "403":
            region = header_beside(refusal, REGION_HEADER) or by_address
            return (region, False) if region else refusal.missing("bucket")
        return refusal.missing("bucket")
    region = answer["ResponseMetadata"]["HTTPHeaders"].get(REGION_HEADER) or by_address
    return (region, True) if region else Missing("bucket", f"S3 does not tell the region of bucket {name}")


def grants_of(answer: Mapping[str, Any]) -> tuple[Grant, ...]:
    """The ACL's lines without those of the bucket's owner."""
    lines = ((_grantee(line["Grantee"]), line["Permission"]) for line in answer.get("Grants", ()))
    owner = answer["Owner"]["ID"]
    return tuple(Grant(grantee, permission) for grantee, permission in lines if grantee != owner)


def _grantee(written: Mapping[str, Any]) -> str:
    return str(
        written.get("ID") or written.get("URI", "").rpartition("/")[2] or written.get("EmailAddress", "")
    )


_SETTINGS: Mapping[str, tuple[AwsAsk, str, str, Callable[[dict[str, Any]], Any]]] = {
    "public_access": (
        rights.BUCKET_PUBLIC_ACCESS,
        "NoSuchPublicAccessBlockConfiguration",
        "public access block",
        _public_access,
    ),
    "ownership": (
        rights.BUCKET_OWNERSHIP,
        "OwnershipControlsNotFoundError",
        "ownership controls",
        lambda answer: str(answer["OwnershipControls"]["Rules"][0]["ObjectOwnership"]),
    ),
    "policy": (
        rights.BUCKET_POLICY,
        "NoSuchBucketPolicy",
        "policy",
        lambda answer: str(answer["Policy"]),
    ),
    "policy_is_public": (
        rights.BUCKET_POLICY_STATUS,
        "NoSuchBucketPolicy",
        "policy",
        lambda answer: bool(answer["PolicyStatus"]["IsPublic"]),
    ),
    "default_encryption": (
        rights.BUCKET_ENCRYPTION,
        "ServerSideEncryptionConfigurationNotFoundError",
        "default encryption",
        default_encryption,
    ),
    "grants": (rights.BUCKET_ACL, "", "access control list", grants_of),
    "tags": (rights.BUCKET_TAGS, "NoSuchTagSet", "tags", lambda answer: tags(answer["TagSet"])),
}
"""By field of the bucket: what is asked, S3's code for not being set, its name, and what the answer says."""


class _Here:
    """One bucket's questions."""

    def __init__(self, aws: Aws, name: str, region: str, wanted: frozenset[str], listed: bool) -> None:
        self._aws, self._name, self._region, self._wanted = aws, name, region, wanted
        self._listed = listed

    def get(
        self, fact: str, ask: AwsAsk, code: str, thing: str, take: Callable[[dict[str, Any]], T]
    ) -> T | Absent | Missing:
        """One setting; `code` is S3's for not being set, and `thing` what it is called."""
        if f"bucket.{fact}" not in self._wanted:
            return Missing(fact, "no selected check needs it")
        try:
            return self._aws.read(ask, self._name, self._region, take, Bucket=self._name)
        except ReadError as refusal:
            if refusal.code == code:
                return Absent(fact, f"bucket {self._name} has no {thing}")
            return refusal.missing(fact)

    def documents(
        self, location: Location, discovery: Callable[[], Response | Missing]
    ) -> Subjects[StoredObject]:
        """The discovery document, and the key set that it names, as published or else as stored.

        Where nobody may read what it names there is no second entry: the usual key would be a guess.
        """
        stem = f"{location.prefix}/" if location.prefix else ""
        key = stem + DISCOVERY_PATH
        asked = detached(partial(self._object, key))
        answer = discovery()
        named = _named(location, answer.body if isinstance(answer, Response) else None)
        key_set = self._object(named) if named else None
        document = asked.result()
        if key_set is not None:
            return Subjects(((key, document), (named, key_set)))
        named = _named(location, document.body if isinstance(document, StoredObject) else None)
        if not named and isinstance(document, Missing):
            return Subjects(((key, document),))
        named = named or stem + KEY_SET_PATH
        return Subjects(((key, document), (named, self._object(named))))

    def _object(self, key: str) -> StoredObject | Absent | Missing:
        def take(answer: dict[str, Any]) -> StoredObject:
            body = answer["Body"].read(BODY_LIMIT + 1)
            answer["Body"].close()
            kind, encryption = answer.get("ContentType", ""), answer.get("ServerSideEncryption", "")
            kms = answer.get("SSEKMSKeyId", "")
            return StoredObject(text(body, f"the object {key}"), kind, encryption, kms)

        subject = f"{self._name}/{key}"
        try:
            return self._aws.read(rights.GET_OBJECT, subject, self._region, take, Bucket=self._name, Key=key)
        except ReadError as refusal:
            if refusal.code == "NoSuchKey":
                return Absent(key, f"there is no object {key} in bucket {self._name}")
            if refusal.permission and not self._listed:
                listing = rights.OBJECT_ABSENCE.action
                because = f"{refusal.message}; without {listing} S3 says so of an absent object, too"
                return Missing(key, because, listing)
            return refusal.missing(key)


def _named(location: Location, document: str | Missing | None) -> str:
    """The key of this bucket that a discovery document's jwks_uri names; empty when it names none."""
    read = read_discovery(document) if isinstance(document, str) else None
    return object_key(location, read.jwks_uri) if isinstance(read, Discovery) else ""
