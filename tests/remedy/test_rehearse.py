"""The rehearsal: what a look would find after the changes, no more and no less."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keystone_check.model.aws import Bucket, Provider, Role, StoredObject
from keystone_check.model.change import (
    Change,
    PutDocument,
    SetAccountPublicAccess,
    SetAnnotation,
    SetBucketPolicy,
    SetBucketPublicAccess,
    SetClientIds,
    SetThumbprints,
)
from keystone_check.model.cluster import AUDIENCE, ROLE_ARN
from keystone_check.model.creation import CreateProvider
from keystone_check.model.facts import Absent, Missing, Subjects
from keystone_check.model.web import Response
from keystone_check.model.world import Binding, Expected, World
from keystone_check.remedy.rehearse import client_ids_after, rehearse
from tests.remedy.build import (
    ACCOUNT,
    BUCKET,
    DISCOVERY_KEY,
    HOST,
    ISSUER,
    KEY_SET,
    KEY_SET_KEY,
    OPEN,
    POLICY,
    PROVIDER,
    REGION,
    ROLE,
    SHUT,
    TRUST,
    account,
    bucket,
    chain,
    discovery,
    objects,
    token,
    trust,
)
from tests.worlds import NOW, world

GONE = Absent("object", "there is none")
OTHER_KEYS = "other/jwks"


def put(key: str, text: str, before: str | None = None) -> PutDocument:
    return PutDocument(BUCKET, REGION, key, before, text, "application/json")


def statuses(made: World) -> list[object]:
    """How the two published documents are answered, or why they are not."""
    answers = (made.discovery, made.key_set)
    return [answer.status if isinstance(answer, Response) else answer.because for answer in answers]


UNLIKE = account(**{AUDIENCE: "mine"})
MENDED: dict[str, tuple[World, Change]] = {
    "bucket blocked": (
        chain(bucket=bucket(public_access=SHUT)),
        SetBucketPublicAccess(BUCKET, REGION, SHUT, OPEN),
    ),
    "account blocked": (
        chain(account_public_access=SHUT),
        SetAccountPublicAccess(ACCOUNT, REGION, SHUT, OPEN),
    ),
    "no policy": (chain(bucket=bucket(policy=GONE)), SetBucketPolicy(BUCKET, REGION, None, POLICY)),
    "no document": (chain(bucket=bucket(objects=objects(GONE))), put(DISCOVERY_KEY, discovery())),
    "no key set": (chain(bucket=bucket(objects=objects(key_set=GONE))), put(KEY_SET_KEY, KEY_SET)),
    "private jwks_uri": (
        chain(bucket=bucket(objects=objects(discovery("https://10.0.0.5:6443/openid/v1/jwks")))),
        put(DISCOVERY_KEY, discovery()),
    ),
    "other trust": (chain(roles=Subjects(((ROLE, Role(ROLE, "{}")),))), trust(TRUST, "{}")),
    "no provider": (
        chain(providers=Subjects()),
        CreateProvider(PROVIDER, ISSUER, ("sts.amazonaws.com",), ("ab" * 20,)),
    ),
    "other audience": (
        chain(
            accounts=Subjects((("app/api", UNLIKE),)),
            tokens=Subjects((("app/api", replace(token("mine"), size=682)),)),
        ),
        SetAnnotation("app", "api", AUDIENCE, "mine", "sts.amazonaws.com"),
    ),
}


@pytest.mark.parametrize("name", MENDED)
def test_a_mended_world_is_the_world_in_which_all_holds(name: str) -> None:
    broken, change = MENDED[name]
    after = rehearse(broken, [change])
    whole = chain(account_public_access=after.account_public_access, accounts=after.accounts)
    assert after == whole
    assert broken != whole


def test_rehearsing_nothing_changes_nothing() -> None:
    assert rehearse(chain(), ()) == chain()


def test_a_client_id_is_added_behind_those_that_stay() -> None:
    after = rehearse(chain(), [SetClientIds(PROVIDER, ("sts.amazonaws.com",), ("new", "sts.amazonaws.com"))])
    assert isinstance(after.providers, Subjects)
    assert after.providers[PROVIDER] == Provider(
        PROVIDER, HOST, ("sts.amazonaws.com", "new"), ("ab" * 20,), NOW
    )


def test_thumbprints_are_replaced_whole() -> None:
    after = rehearse(chain(), [SetThumbprints(PROVIDER, ("ab" * 20,), ("cd" * 20,))])
    assert isinstance(after.providers, Subjects)
    assert after.providers[PROVIDER] == Provider(PROVIDER, HOST, ("sts.amazonaws.com",), ("cd" * 20,), NOW)


def test_what_the_discovery_document_newly_names_is_what_a_look_reads() -> None:
    changes = [put(OTHER_KEYS, KEY_SET), put(DISCOVERY_KEY, discovery(f"{ISSUER}/{OTHER_KEYS}"), discovery())]
    after = rehearse(chain(), changes)
    assert isinstance(after.bucket, Bucket)
    assert [key for key, _ in after.bucket.objects] == [DISCOVERY_KEY, OTHER_KEYS]
    assert after.bucket.objects[OTHER_KEYS] == StoredObject(KEY_SET, "application/json", "AES256")
    assert statuses(after) == [200, 403]  # the policy opens the former key


def test_a_key_set_that_nobody_looked_at_is_missing_and_not_guessed() -> None:
    after = rehearse(chain(), [put(DISCOVERY_KEY, discovery(f"{ISSUER}/{OTHER_KEYS}"), discovery())])
    assert isinstance(after.bucket, Bucket)
    assert isinstance(after.bucket.objects[OTHER_KEYS], Missing)


def test_a_broken_discovery_document_takes_the_key_set_along() -> None:
    after = rehearse(chain(), [put(DISCOVERY_KEY, "no JSON", discovery())])
    assert isinstance(after.key_set, Missing)
    assert after.key_set.because.startswith("the discovery document cannot be read: ")


def test_a_key_host_of_its_own_is_among_the_chains_and_unseen() -> None:
    after = rehearse(chain(), [put(DISCOVERY_KEY, discovery("https://keys.example.com/jwks"), discovery())])
    assert [host for host, _ in after.chains] == [HOST, "keys.example.com"]
    assert isinstance(after.chains["keys.example.com"], Missing)
    assert isinstance(after.key_set, Missing)


def test_what_stands_before_the_bucket_stays_there_whatever_the_bucket_says() -> None:
    proxied = Response(f"{ISSUER}/{DISCOVERY_KEY}", 503, (), "busy", 4)
    before = chain(discovery=proxied, bucket=bucket(public_access=SHUT))
    assert rehearse(before, [SetBucketPublicAccess(BUCKET, REGION, SHUT, OPEN)]).discovery == proxied


def test_time_and_tries_of_an_answer_are_no_reason_to_distrust_the_rehearsal() -> None:
    before = chain(bucket=bucket(public_access=SHUT))
    assert isinstance(before.discovery, Response)
    slow = replace(before, discovery=replace(before.discovery, milliseconds=3000, attempts=2))
    assert statuses(rehearse(slow, [SetBucketPublicAccess(BUCKET, REGION, SHUT, OPEN)])) == [200, 200]


def test_an_account_block_that_nobody_may_read_leaves_a_shut_bucket_undecided() -> None:
    hidden = Missing("account_public_access", "s3:GetAccountPublicAccessBlock: AccessDenied")
    before = chain(bucket=bucket(policy=GONE), account_public_access=hidden)
    after = rehearse(before, [SetBucketPolicy(BUCKET, REGION, None, POLICY)])
    assert isinstance(after.discovery, Missing)
    assert "AccessDenied" in after.discovery.because


def test_an_account_block_that_nobody_may_read_lets_through_what_came_through() -> None:
    hidden = Missing("account_public_access", "s3:GetAccountPublicAccessBlock: AccessDenied")
    before = replace(chain(), account_public_access=hidden)
    after = rehearse(before, [put(KEY_SET_KEY, '{"keys": []}', KEY_SET)])
    assert statuses(after) == [200, 200]
    assert isinstance(after.key_set, Response)
    assert after.key_set.body == '{"keys": []}'


def test_a_role_that_is_newly_named_is_unseen_and_one_that_is_named_no_more_is_gone() -> None:
    other = f"{ROLE}-other"
    after = rehearse(chain(), [SetAnnotation("app", "api", ROLE_ARN, ROLE, other)])
    assert isinstance(after.roles, Subjects)
    assert [arn for arn, _ in after.roles] == [other]
    assert isinstance(after.roles[other], Missing)


def test_a_role_that_the_configuration_expects_is_known_when_the_annotation_comes_to_name_it() -> None:
    bent = ROLE.replace("role/", "role:")
    before = chain(
        expected=Expected(bindings=(Binding("app", "api", ROLE),)),
        accounts=Subjects((("app/api", replace(account(), annotations={ROLE_ARN: bent})),)),
        roles=Subjects(((ROLE, Role(ROLE, "{}")), (bent, Absent(bent, "no ARN")))),
    )
    after = rehearse(before, [SetAnnotation("app", "api", ROLE_ARN, bent, ROLE)])
    assert after.roles == Subjects(((ROLE, Role(ROLE, "{}")),))


def test_another_audience_makes_tokens_for_it_of_the_size_that_it_takes() -> None:
    after = rehearse(chain(), [SetAnnotation("app", "api", AUDIENCE, None, "sts.amazonaws.com.cn")])
    assert isinstance(after.tokens, Subjects)
    minted = after.tokens["app/api"]
    assert not isinstance(minted, Absent | Missing)
    assert minted.audiences == ("sts.amazonaws.com.cn",)
    assert minted.size - 700 == 4  # three bytes more are four characters more


ALL_CHANGES: tuple[Change, ...] = (
    SetAccountPublicAccess(ACCOUNT, REGION, None, SHUT),
    SetBucketPublicAccess(BUCKET, REGION, OPEN, SHUT),
    SetBucketPolicy(BUCKET, REGION, POLICY, "{}"),
    put(KEY_SET_KEY, "{}", KEY_SET),
    put(DISCOVERY_KEY, discovery("https://keys.example.com/jwks"), discovery()),
    put(DISCOVERY_KEY, discovery(f"{ISSUER}/{OTHER_KEYS}"), discovery()),
    CreateProvider(f"{PROVIDER}/a", f"{ISSUER}/a", ("x",), ()),
    SetThumbprints(PROVIDER, ("ab" * 20,), ("cd" * 20,)),
    SetClientIds(PROVIDER, ("sts.amazonaws.com",), ("x", "y")),
    trust("{}"),
    SetAnnotation("app", "api", ROLE_ARN, ROLE, f"{ROLE}-other"),
    SetAnnotation("app", "api", AUDIENCE, None, "mine"),
)
some_changes = st.lists(st.sampled_from(ALL_CHANGES), max_size=5)


@given(some_changes)
def test_rehearsing_twice_is_rehearsing_once(changes: list[Change]) -> None:
    once = rehearse(chain(), changes)
    assert rehearse(chain(), [*changes, *changes]) == once


@given(some_changes)
def test_a_world_of_which_nothing_is_known_stays_unknown(changes: list[Change]) -> None:
    nothing = world(
        bucket=Missing("bucket", "refused"),
        providers=Missing("providers", "refused"),
        roles=Missing("roles", "refused"),
    )
    after = rehearse(nothing, changes)
    assert replace(after, account_public_access=nothing.account_public_access) == replace(
        nothing, key_set=after.key_set
    )
    assert isinstance(after.key_set, Missing)


@given(st.lists(st.sampled_from("abcd"), unique=True), st.lists(st.sampled_from("abcd"), unique=True))
def test_client_ids_end_as_the_wanted_ones_with_the_kept_ones_first(
    before: list[str], after: list[str]
) -> None:
    ended = client_ids_after(before, after)
    assert sorted(ended) == sorted(after)
    kept = [item for item in before if item in after]
    assert list(ended[: len(kept)]) == kept
