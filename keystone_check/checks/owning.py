"""What the checks of a bucket's access control list share: disabling it."""

from keystone_check.model.aws import Bucket
from keystone_check.model.change import SetAcl, SetOwnership
from keystone_check.model.facts import Missing
from keystone_check.model.finding import Repair, Safety

ENFORCED = "BucketOwnerEnforced"
TITLE = "disable ACLs"


def disable(bucket: Bucket) -> Repair | None:
    """Take the bucket's own grants to others away, which S3 asks for first, and let no ACL count.

    None where nobody could read what stands there.
    """
    owned, grants = bucket.ownership, bucket.grants
    if isinstance(owned, Missing) or isinstance(grants, Missing):
        return None
    before = owned if isinstance(owned, str) else None
    disabled = SetOwnership(bucket.name, bucket.region, before, ENFORCED)
    emptied = (SetAcl(bucket.name, bucket.region, grants, ()),) if grants else ()
    return Repair(
        TITLE,
        Safety.UNSAFE,
        "what the bucket's objects are open to by their ACLs alone is shut, and others' objects become ours",
        (*emptied, disabled),
    )
