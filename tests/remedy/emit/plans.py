"""The plan of every fault, and changes of every kind with texts that are hard to quote."""

from functools import cache

from keystone_check.checks import load
from keystone_check.model.aws import Encryption, Grant
from keystone_check.model.change import (
    SSE_S3,
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
from keystone_check.model.injection import Requirement
from keystone_check.model.selector import SetNamespaceSelector
from keystone_check.model.workload import RestartWorkload
from keystone_check.remedy.emit import emit
from keystone_check.remedy.mend import Mended, rehearsed
from keystone_check.sandbox.faults import FAULTS
from keystone_check.sandbox.ground import Ground
from keystone_check.sandbox.worlds import healthy
from tests.remedy.build import ACCOUNT, BUCKET, ISSUER, OPEN, PROVIDER, REGION, ROLE, SHUT, TRUST
from tests.worlds import NOW

WORLD = healthy(Ground.make(), NOW)
HARD = "a \"b\" \\ ${c} %{d} $e `f` 'g' ü\t\b\f\n"
CHANGES: tuple[Change, ...] = (
    CreateProvider(PROVIDER, ISSUER, ("sts.amazonaws.com",), ()),
    DeleteProvider(PROVIDER, ISSUER, ("sts.amazonaws.com",), ("ab" * 20,)),
    SetClientIds(PROVIDER, ("a",), ("a", HARD)),
    SetThumbprints(PROVIDER, ("ab" * 20,), ("cd" * 20,)),
    PutDocument(BUCKET, REGION, "openid/v1/jwks", "{}", HARD, "application/json"),
    PutDocument(BUCKET, REGION, "new", None, HARD, "application/json"),
    PutDocument(BUCKET, REGION, "old", HARD, None, "application/json"),
    SetBucketPublicAccess(BUCKET, REGION, SHUT, OPEN),
    SetBucketPublicAccess(BUCKET, REGION, SHUT, None),
    SetAccountPublicAccess(ACCOUNT, REGION, None, OPEN),
    SetAccountPublicAccess(ACCOUNT, REGION, OPEN, None),
    SetNamespaceSelector(
        "pod-identity-webhook", "a.b", (Requirement("x", "In", ("a",)),), (Requirement("x", "Exists"),)
    ),
    RestartWorkload("deployment", "app", "api", "2026-11-25T20:35:06Z"),
    CreateRole(ROLE, TRUST),
    DeleteRole(ROLE, TRUST),
    CreateBucket(BUCKET, REGION),
    CreateBucket(BUCKET, "us-east-1"),
    DeleteBucket(BUCKET, REGION),
    SetOwnership(BUCKET, REGION, "ObjectWriter", "BucketOwnerEnforced"),
    SetOwnership(BUCKET, REGION, "ObjectWriter", None),
    SetAcl(BUCKET, REGION, (Grant("AllUsers", "WRITE"),), ()),
    SetAcl(BUCKET, REGION, (), (Grant("AllUsers", "WRITE"), Grant("ab12", "READ"))),
    SetDefaultEncryption(BUCKET, REGION, Encryption("aws:kms", HARD, True), SSE_S3),
    SetDefaultEncryption(BUCKET, REGION, SSE_S3, Encryption("aws:kms", HARD, True)),
    SetSessionDuration(ROLE, 3600, 7200),
    SetBucketPolicy(BUCKET, REGION, None, TRUST),
    SetBucketPolicy(BUCKET, REGION, TRUST, None),
    SetTrustPolicy(ROLE, TRUST, TRUST.replace("[]", '[{"Sid": "${a}"}]')),
    SetRolePolicy(ROLE, "a-b.c", None, TRUST.replace("[]", '[{"Sid": "${a}"}]')),
    SetRolePolicy(ROLE, "a-b.c", TRUST, HARD),
    SetRolePolicy(ROLE, "a-b.c", TRUST, None),
    SetAnnotation("app", "api", "eks.amazonaws.com/role-arn", None, ROLE),
    SetAnnotation("app", "api", "eks.amazonaws.com/role-arn", ROLE, HARD),
    SetAnnotation("app", "api", "eks.amazonaws.com/audience", HARD, None),
)


@cache
def of_fault(name: str) -> Mended:
    """What mending this fault would write, and what it would hold back."""
    return rehearsed(FAULTS[name].apply(WORLD), load(), frozenset(Safety))


def emitted(form: str, name: str) -> str:
    """The plan of this fault in this form."""
    mended = of_fault(name)
    return emit(form, mended.applied, mended.held_back)
