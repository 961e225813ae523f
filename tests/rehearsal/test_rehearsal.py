"""Which step is next, what must be true before it, and what each step costs out of order."""

from dataclasses import replace

import pytest

from keystone_check import checks
from keystone_check.diagnosis import diagnose
from keystone_check.errors import KeystoneError, UsageError
from keystone_check.model.cluster import TOKEN_EXPIRATION, ServiceAccount
from keystone_check.model.facts import Missing, Subjects
from keystone_check.model.finding import Status
from keystone_check.model.servers import MAX_EXPIRATION
from keystone_check.model.world import World
from keystone_check.rehearsal import keys
from keystone_check.rehearsal.asked import (
    Asked,
    ChangeIssuer,
    MoveBucket,
    RotateCertificate,
    RotateKey,
    read,
)
from keystone_check.rehearsal.fates import FRESH, HELD, UNAUTHORIZED, walk
from keystone_check.rehearsal.lifetimes import longest_token, seconds, spoken
from keystone_check.rehearsal.rehearsal import Rehearsal, State, procedure, rehearse
from keystone_check.rehearsal.stage import Documents
from keystone_check.sandbox.faults.editing import with_arguments
from keystone_check.sandbox.variants import VARIANTS
from tests.sandbox.worlds import ground, healthy_world, world_with

NEW = "https://s3.eu-central-1.amazonaws.com/keystone-next/prod"
EVERY: tuple[Asked, ...] = (RotateKey(), ChangeIssuer(NEW), MoveBucket("keystone-next"), RotateCertificate())
NO_KEY = "Couldn't retrieve verification key from your identity provider"


def on(world: World, asked: Asked, **more: object) -> Rehearsal:
    return rehearse("here", world, asked, **more)  # type: ignore[arg-type]


def stages(asked: Asked) -> list[World]:
    made = procedure(healthy_world(), asked)
    return [stage.world for stage, _ in walk(made.stage, made.steps)]


@pytest.mark.parametrize("asked", EVERY, ids=lambda asked: type(asked).__name__)
def test_on_the_healthy_world_the_first_step_can_go_and_nobody_is_refused_in_turn(asked: Asked) -> None:
    found = on(healthy_world(), asked)
    assert found.exit_code == 0
    assert found.next is found.steps[0]
    assert all(each.in_turn == () for each in found.steps)


def test_every_stage_of_a_key_rotation_breaks_no_check() -> None:
    every = checks.load()
    for world in stages(RotateKey()):
        broken = diagnose(world, every).having(Status.BROKEN)
        assert [outcome.check.id for outcome in broken] == []


def test_signing_before_publishing_refuses_new_tokens_of_every_account() -> None:
    (toll,) = on(healthy_world(), RotateKey()).steps[1].early
    assert (toll.whose, toll.code) == (FRESH, "InvalidIdentityToken")
    assert toll.message.startswith(NO_KEY)
    assert toll.accounts == ("ack-system/ack-s3-controller", "app/api", "karpenter/karpenter")


def test_not_waiting_for_the_last_token_refuses_those_that_pods_hold() -> None:
    tolls = on(healthy_world(), ChangeIssuer(NEW)).steps[-1].hasty
    assert {(toll.whose, toll.code) for toll in tolls} == {
        (HELD, "InvalidIdentityToken"),
        (HELD, "401 Unauthorized"),
    }
    assert {toll.message for toll in tolls if not toll.accounts} == {UNAUTHORIZED}


def test_where_somebody_is_refused_already_it_cannot_go() -> None:
    found = on(world_with("trust-names-another-namespace"), RotateKey())
    assert found.exit_code == 1


def test_what_could_not_be_seen_cannot_be_judged() -> None:
    unseen = replace(healthy_world(), roles=Missing("roles", "iam:GetRole: AccessDenied"))
    assert on(unseen, RotateKey()).exit_code == 3


def test_a_rotation_is_found_where_it_is_and_waits_since_when_facts_of_before_show_it() -> None:
    pair = keys.pair_of(healthy_world(), RotateKey(), resume=False)
    _, published, signing, forgotten, _ = (
        replace(world, bucket=Missing("bucket", "not looked at")) for world in stages(RotateKey())
    )
    asked = RotateKey(pair.new.kid)
    at = [on(world, asked, resume=True).next for world in (published, signing, forgotten)]
    assert [each and each.step.id for each in at] == ["sign", "forget", "unpublish"]
    assert on(signing, asked, resume=True).exit_code == 3
    tomorrow = replace(signing, now=signing.now + 86400)
    early = replace(signing, now=signing.now + 3600)
    waited = [rehearsal_waits(it, signing, asked) for it in (early, tomorrow)]
    assert waited == ["not met", "met"]


def rehearsal_waits(world: World, earlier: World, asked: Asked) -> str:
    step = on(world, asked, resume=True, earlier=earlier).next
    assert step is not None
    return step.conditions[-1].standing.value


def test_a_rotation_that_is_over_says_so() -> None:
    pair = keys.pair_of(healthy_world(), RotateKey(), resume=False)
    done = stages(RotateKey())[-1]
    with pytest.raises(UsageError, match="the rotation to it is over"):
        on(done, RotateKey(pair.new.kid), resume=True)


def test_a_key_that_is_published_alone_may_be_new_or_former_and_has_to_be_named() -> None:
    name = "former-key-still-published"
    with pytest.raises(KeystoneError, match="the new key before it signs, or a former one") as told:
        on(VARIANTS[name].world(ground(), 1_800_000_000), RotateKey(), resume=True)
    assert told.value.hint == "say which is the new key: --rehearse rotate-key=KID --resume"


def test_a_change_of_issuer_is_found_where_it_is_once_tokens_name_the_new_one() -> None:
    """From the switch on the facts are about the new issuer, and the old one has to be looked at."""
    made = procedure(healthy_world(), ChangeIssuer(NEW))
    every = [stage for stage, _ in walk(made.stage, made.steps)]
    found = {}
    for step, stage in zip(made.steps, every[1:], strict=True):
        assert stage.other is not None
        assert not isinstance(stage.world.issuer, Missing)
        old = Documents(stage.world.issuer.url, stage.world.discovery, stage.world.key_set)
        if stage.token is not None and stage.token.issuer == NEW:
            issuer = replace(stage.world.issuer, url=NEW)
            world = replace(
                stage.world, issuer=issuer, discovery=stage.other.discovery, key_set=stage.other.key_set
            )
            looked = {old.issuer: old}
        else:
            world, looked = stage.world, {NEW: stage.other}
        rehearsal = rehearse(
            "here", world, ChangeIssuer(NEW), resume=True, earlier=healthy_world(), look=looked.get
        )
        found[step.id] = rehearsal.next and rehearsal.next.step.id
    assert found == {
        "publish": "register",
        "register": "trust",
        "trust": "sign",
        "sign": "forget",
        "forget": "distrust",
        "distrust": "deregister",
        "deregister": None,
    }


def test_a_snapshot_does_not_tell_what_lies_at_another_issuer() -> None:
    found = on(healthy_world(), ChangeIssuer(NEW), resume=True)
    assert (found.exit_code, found.next and found.next.state) == (3, State.NEXT)


def test_the_longest_token_is_that_of_an_annotation_shortened_by_the_servers_limit() -> None:
    world = healthy_world()
    assert isinstance(world.accounts, Subjects)
    account = world.accounts["app/api"]
    assert isinstance(account, ServiceAccount)
    longer = replace(account, annotations={**account.annotations, TOKEN_EXPIRATION: "172800"})
    world = replace(world, accounts=world.accounts.put("app/api", longer))
    life = longest_token(world)
    assert (life.seconds, life.whose) == (172800, f"annotation {TOKEN_EXPIRATION} of app/api")
    shortened = longest_token(with_arguments(world, f"{MAX_EXPIRATION}=12h0m0s"))
    assert (shortened.seconds, shortened.whose) == (43200, f"{life.whose}, shortened by --{MAX_EXPIRATION}")


@pytest.mark.parametrize(("text", "number"), [("24h0m0s", 86400), ("1.5h", 5400), ("90", 0), ("", 0)])
def test_durations_are_read_as_go_writes_them(text: str, number: int) -> None:
    assert seconds(text) == number


def test_lengths_of_time_are_spoken() -> None:
    assert [spoken(number) for number in (0, 45, 91800)] == ["0 s", "45 s", "25 h 30 min"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("rotate", "there is no rehearsal 'rotate'"),
        ("change-issuer", "'' is no issuer that AWS takes: it is empty"),
        ("change-issuer=http://a.example.com", "is no issuer that AWS takes: it is not an https URL"),
        ("change-issuer=https://a.example.com?b", "it has a query, and IAM takes none"),
        ("change-issuer=https://10.0.0.1", "is an IP address, not a name"),
        ("move-bucket=", "'' is no name of a bucket"),
        ("move-bucket=Upper_Case", "'Upper_Case' is no name of a bucket"),
        ("move-bucket=192.168.0.1", "'192.168.0.1' is no name of a bucket"),
        ("move-bucket=fine,frankfurt", "'frankfurt' is no region"),
        ("rotate-certificate=12:34", "'12:34' is no thumbprint"),
    ],
)
def test_what_names_no_rehearsal_is_told_in_one_sentence(text: str, message: str) -> None:
    with pytest.raises(UsageError) as told:
        read(text)
    assert message in told.value.message
    assert told.value.hint


@pytest.mark.parametrize("asked", EVERY[1:], ids=lambda asked: type(asked).__name__)
def test_a_cluster_without_issuer_is_told_in_one_sentence(asked: Asked) -> None:
    unseen = replace(healthy_world(), issuer=Missing("issuer", "the discovery document has no issuer"))
    with pytest.raises(KeystoneError, match="the cluster has no issuer"):
        on(unseen, asked)


def test_an_issuer_that_tokens_name_already_leaves_nothing_to_change() -> None:
    world = healthy_world()
    assert not isinstance(world.issuer, Missing)
    with pytest.raises(UsageError, match="neither API servers nor roles name a former issuer"):
        on(world, ChangeIssuer(world.issuer.url))


def test_a_bucket_behind_a_front_moves_without_the_issuer() -> None:
    world = VARIANTS["cloudfront"].world(ground(), 1_800_000_000)
    with pytest.raises(KeystoneError, match="is no address of S3") as told:
        on(world, MoveBucket("keystone-next"))
    assert "let the front ask there" in told.value.hint


def test_publicly_trusted_certificates_need_no_steps() -> None:
    found = on(VARIANTS["cloudfront"].world(ground(), 1_800_000_000), RotateCertificate())
    assert (found.steps, found.exit_code) == ((), 0)
    assert "no thumbprint counts" in found.notes[0]


def test_a_key_that_nobody_has_is_told_with_those_that_there_are() -> None:
    with pytest.raises(UsageError, match="no key nobody is published or known"):
        on(healthy_world(), RotateKey("nobody"))
