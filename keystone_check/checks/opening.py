"""What the checks of the bucket policy share: offering the policy that opens the two documents."""

from keystone_check.iam.bucket_network import given_way
from keystone_check.iam.s3 import document_policy, of_other_issuers, opened_beyond, opens
from keystone_check.model.aws import Bucket, Caller
from keystone_check.model.change import SetBucketPolicy
from keystone_check.model.finding import Repair, Safety

TITLE = "open exactly the two documents"


def repair(bucket: Bucket, caller: Caller, policy: str | None) -> Repair:
    """The policy that opens the bucket's documents to everyone and takes as little else away as it can."""
    keys = tuple(key for key, _ in bucket.objects)
    after = document_policy(policy, caller.partition, bucket.name, keys)
    if not all(opens(after, bucket, key) for key in keys):
        return _by_hand(bucket, policy or after)
    change = SetBucketPolicy(bucket.name, bucket.region, policy, after)
    return Repair(TITLE, *_class(bucket, policy, keys), (change,))


def _class(bucket: Bucket, policy: str | None, keys: tuple[str, ...]) -> tuple[Safety, str]:
    if policy is not None and opened_beyond(policy, bucket, of_other_issuers(policy, bucket)):
        return Safety.UNSAFE, "it also takes away what the policy opens beyond the two documents"
    if policy is not None and (gone := given_way(policy, bucket, keys)):
        return Safety.UNSAFE, f"it also drops {', '.join(gone)}, which denies more than these documents"
    return Safety.SAFE, "it opens the two documents, which are public by design, and nothing else"


def _by_hand(bucket: Bucket, policy: str) -> Repair:
    return Repair(
        TITLE,
        Safety.MANUAL,
        "a statement of the policy denies them under a condition that cannot be decided here",
        steps=(
            "exempt the two documents from the statements that deny (NotResource), save it as policy.json:",
            *policy.splitlines(),
            f"aws s3api put-bucket-policy --bucket {bucket.name} --policy file://policy.json",
        ),
    )
