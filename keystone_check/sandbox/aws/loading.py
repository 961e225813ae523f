"""Put a world's AWS side into an account, through the same door that every client uses."""

from typing import Any

from botocore.config import Config

from keystone_check.model.access import Access
from keystone_check.model.aws import Bucket, Provider, PublicAccessBlock, Role, StoredObject
from keystone_check.model.facts import Absent, Missing, Subjects
from keystone_check.model.world import World
from keystone_check.probes.aws import session
from keystone_check.probes.discretion import discreet
from keystone_check.sandbox.aws import state
from keystone_check.sandbox.aws.account import Account


def load(world: World, url: str, account: Account) -> None:
    """Create bucket, providers and roles as the world has them; what is Missing or Absent is left out."""
    with discreet("botocore"):
        _load(world, url, account)


def _load(world: World, url: str, account: Account) -> None:
    if isinstance(world.bucket, Bucket):
        _load_bucket(_client("s3", url, account), world.bucket)
    if isinstance(world.account_public_access, PublicAccessBlock):
        state.set_account_public_access(account.id, world.account_public_access)
    iam = _client("iam", url, account)
    for provider in _seen(world.providers):
        _load_provider(iam, provider)
    for role in _seen(world.roles):
        _load_role(iam, role)


def _client(service: str, url: str, account: Account) -> Any:
    access = Access("sandbox", region=account.region, aws_credentials=account.credentials)
    return session(access).client(service, endpoint_url=url, config=Config(retries={"total_max_attempts": 1}))


def _load_bucket(s3: Any, bucket: Bucket) -> None:
    s3.create_bucket(
        Bucket=bucket.name,
        CreateBucketConfiguration={"LocationConstraint": bucket.region},
        **({"ObjectOwnership": bucket.ownership} if isinstance(bucket.ownership, str) else {}),
    )
    for key, stored in bucket.objects.seen():
        if isinstance(stored, StoredObject) and isinstance(stored.body, str):
            body = stored.body.encode()
            s3.put_object(Bucket=bucket.name, Key=key, Body=body, ContentType=stored.content_type)
    if isinstance(bucket.policy, str):
        s3.put_bucket_policy(Bucket=bucket.name, Policy=bucket.policy)
    # Last, as in life: a policy that was written before the block stands, and is without effect.
    if isinstance(bucket.public_access, PublicAccessBlock):
        s3.put_public_access_block(
            Bucket=bucket.name, PublicAccessBlockConfiguration=state.settings(bucket.public_access)
        )


def _load_provider(iam: Any, provider: Provider) -> None:
    iam.create_open_id_connect_provider(
        Url=f"https://{provider.url}",
        ClientIDList=list(provider.client_ids),
        ThumbprintList=list(provider.thumbprints),
    )


def _load_role(iam: Any, role: Role) -> None:
    path, _, name = role.arn.partition(":role")[2].rpartition("/")
    iam.create_role(
        Path=f"{path}/",
        RoleName=name,
        AssumeRolePolicyDocument=role.trust,
        MaxSessionDuration=role.max_session_seconds,
    )


def _seen(facts: "Subjects[Any] | Missing") -> list[Any]:
    return [] if isinstance(facts, Missing | Absent) else [fact for _, fact in facts.seen()]
