"""No step is written for what an earlier link mends already."""

from collections.abc import Iterator

from keystone_check.diagnosis import diagnose
from keystone_check.iam.s3 import document_policy
from keystone_check.model.change import PutDocument, SetBucketPolicy
from keystone_check.model.facts import Absent
from keystone_check.model.finding import Finding
from keystone_check.model.web import Response
from keystone_check.remedy.plan import plan
from keystone_check.remedy.spare import necessary
from tests.remedy.build import (
    BUCKET,
    DISCOVERY_KEY,
    KEY_SET,
    KEY_SET_KEY,
    POLICY,
    REGION,
    bucket,
    chain,
    check,
    objects,
    right,
    trust,
    trust_is,
    wrong,
)

GONE = Absent("policy", "there is none")
OPENS = SetBucketPolicy(BUCKET, REGION, None, POLICY)
UPLOADS = PutDocument(BUCKET, REGION, KEY_SET_KEY, KEY_SET, KEY_SET + "\n", "application/json")


def is_open(bucket: object) -> Iterator[Finding]:
    yield right("policy") if getattr(bucket, "policy", None) == POLICY else wrong("policy", OPENS)


def is_public(key_set: Response) -> Iterator[Finding]:
    yield right("keys") if key_set.status == 200 else wrong("keys", UPLOADS)


CHECKS = (
    check("is_open", is_open, "bucket", link="bucket"),
    check("is_public", is_public, "key_set", link="publication"),
    trust_is("new"),
)


def test_a_step_whose_finding_follows_from_an_earlier_link_is_spared() -> None:
    # The policy opens the discovery document alone, so that the key set looks as if it were not there.
    narrow = document_policy(None, "aws", BUCKET, (DISCOVERY_KEY,))
    before = diagnose(chain(bucket=bucket(policy=narrow)), CHECKS)
    steps = plan(before).steps
    assert [step.change for step in steps] == [OPENS, UPLOADS, trust("new")]
    assert [step.change for step in necessary(before, steps, CHECKS)] == [OPENS, trust("new")]


def test_what_the_earlier_links_do_not_mend_is_kept() -> None:
    before = diagnose(chain(bucket=bucket(objects=objects(key_set=GONE))), CHECKS)
    steps = plan(before).steps
    assert [step.change for step in steps] == [UPLOADS, trust("new")]
    assert necessary(before, steps, CHECKS) == steps


def test_no_steps_need_no_look() -> None:
    assert necessary(diagnose(chain(), CHECKS), (), CHECKS) == ()
