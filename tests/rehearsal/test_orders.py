"""Every order of the steps: what is predicted is what the sandbox then does to real tokens.

What the steps do is the same in any order (the first law), so an order leads through sets of steps; each set
is set up by hand in the sandbox, and asked with tokens minted before the first step and after the change.
"""

import itertools
import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import reduce

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from keystone_check.iam.s3 import document_policy
from keystone_check.model.aws import Bucket, Provider, Role
from keystone_check.model.facts import Subjects
from keystone_check.model.web import Response
from keystone_check.rehearsal import issuers, keys, leaving
from keystone_check.rehearsal.asked import RotateCertificate
from keystone_check.rehearsal.fates import fates, walk
from keystone_check.rehearsal.rehearsal import procedure
from keystone_check.rehearsal.stage import Stage, keys_of, unpublished
from keystone_check.rehearsal.step import Step
from keystone_check.sandbox import cellar
from keystone_check.sandbox.ground import REGION, Ground
from keystone_check.sandbox.serve import serve, wall_clock
from keystone_check.sandbox.worlds import DISCOVERY_KEY, KEY_SET_KEY, healthy
from tests.rehearsal.serving import NEXT, Answer, Sandbox, key_of, said, sandbox, subsets

HOST = f"{NEXT}.s3.{REGION}.amazonaws.com"
NEW = f"https://{HOST}"


@pytest.fixture(scope="module")
def served() -> Iterator[Sandbox]:
    with sandbox(HOST) as served:
        yield served


def after(stage: Stage, steps: Sequence[Step], done: frozenset[str]) -> Stage:
    return reduce(lambda at, step: step.does(at), (step for step in steps if step.id in done), stage)


@pytest.fixture(scope="module")
def private() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def rotation(served: Sandbox, private: rsa.RSAPrivateKey) -> tuple[Stage, tuple[Step, ...]]:
    signer = key_of(served.ground.signing_key)
    return Stage(served.world), keys.steps(served.world, keys.Pair(signer, key_of(private)))


def change(served: Sandbox) -> tuple[Stage, tuple[Step, ...], leaving.Change]:
    made = leaving.change_of(served.world, NEW)
    return Stage(served.world, unpublished(NEW)), issuers.steps(served.world, made), made


def assert_any_order_is_the_same(stage: Stage, steps: Sequence[Step]) -> None:
    """Whatever two steps come next, it is the same which of them is first: so it is for every order."""
    for done in subsets([step.id for step in steps]):
        at = after(stage, steps, done)
        left = [step for step in steps if step.id not in done]
        for one, other in itertools.combinations(left, 2):
            assert comparable(other.does(one.does(at))) == comparable(one.does(other.does(at)))


def comparable(stage: Stage) -> object:
    """All that decides; of lists that STS reads as sets, sorted."""
    world = stage.world
    assert isinstance(world.roles, Subjects)
    assert isinstance(world.cluster_keys, Response)
    assert isinstance(world.key_set, Response)
    trusts = [sorted(map(json.dumps, json.loads(role.trust)["Statement"])) for _, role in world.roles.seen()]
    published = sorted(key.kid for key in keys_of(world.key_set))
    own = sorted(key.kid for key in keys_of(world.cluster_keys))
    assert stage.token is not None
    token = stage.token.kid, stage.token.claims
    return stage.other, token, trusts, world.providers, published, own, world.server_arguments


def test_the_steps_of_a_key_rotation_do_the_same_in_any_order(
    served: Sandbox, private: rsa.RSAPrivateKey
) -> None:
    assert_any_order_is_the_same(*rotation(served, private))


def test_the_steps_of_a_change_of_issuer_do_the_same_in_any_order(served: Sandbox) -> None:
    assert_any_order_is_the_same(*change(served)[:2])


def test_every_order_of_a_key_rotation_is_predicted(served: Sandbox, private: rsa.RSAPrivateKey) -> None:
    stage, steps = rotation(served, private)
    former = key_of(served.ground.signing_key)
    new = key_of(private)
    before, later = served.minted(), served.minted(private)
    bucket = served.world.bucket
    assert isinstance(bucket, Bucket)
    answered: dict[frozenset[str], list[dict[str, Answer]]] = {}
    for done in subsets([step.id for step in steps]):
        old = [] if "unpublish" in done else [dict(former.members)]
        added = [dict(new.members)] if "publish" in done else []
        served.put(bucket.name, KEY_SET_KEY, {"keys": [*old, *added]})
        answered[done] = [served.answers(before), served.answers(later)]
    served.put(bucket.name, KEY_SET_KEY, {"keys": [dict(former.members)]})
    for order in itertools.permutations(steps):
        for number, (at, generations) in enumerate(walk(stage, order)):
            done = frozenset(step.id for step in order[:number])
            assert len(generations) == (2 if "sign" in done else 1)
            predicted = [said(fates(at, generation.tokens)) for generation in generations]
            assert predicted == answered[done][: len(generations)]
    assert {answer for each in answered.values() for told in each for answer in told.values()} > {("", "")}


def test_every_order_of_a_change_of_issuer_is_predicted(served: Sandbox) -> None:
    stage, steps, made = change(served)
    before, later = served.minted(), served.minted(iss=NEW)
    tokens = {"before": stage.tokens, "after": after(stage, steps, frozenset({"sign"})).tokens}
    hands = Hands(served, made)
    differing = {}
    heard = set[Answer]()
    for done in subsets([step.id for step in steps]):
        hands.bring_about(done)
        at = after(stage, steps, done)
        for when, minted in (("before", before), *((("after", later),) if "sign" in done else ())):
            predicted, answers = said(fates(at, tokens[when])), served.answers(minted)
            heard |= set(answers.values())
            if predicted != answers:
                differing[(when, tuple(sorted(done)))] = (predicted, answers)
    hands.bring_about(frozenset())
    assert differing == {}
    assert {code for code, _ in heard} == {"", "InvalidIdentityToken", "AccessDenied"}


def test_every_order_of_a_rotation_of_certificates_is_predicted() -> None:
    heard = set[Answer]()
    for served in (frozenset[str](), frozenset({"serve"})):
        ground = Ground.make()
        world = healthy(ground, wall_clock())
        ((host, _),) = world.chains.seen()
        new = cellar.chain(host, cellar.Wanted((host,)))
        made = procedure(world, RotateCertificate(new.certificates[-1].sha1))
        renewed = replace(world, chains=world.chains.put(host, new))
        with serve(renewed if served else world, ground) as serving:
            cloud = Sandbox(serving.access, serving.world, ground=ground)
            minted = cloud.minted()
            for done in subsets(["pin", "unpin"]):
                at = after(made.stage, made.steps, done | served)
                pin(cloud, at)
                answers = cloud.answers(minted)
                assert said(fates(at, at.tokens)) == answers, done | served
                heard |= set(answers.values())
    assert {code for code, _ in heard} == {"", "InvalidIdentityToken"}


def pin(cloud: Sandbox, at: Stage) -> None:
    """List the thumbprints that providers have at this stage."""
    assert isinstance(at.world.providers, Subjects)
    for arn, provider in at.world.providers.seen():
        cloud.client("iam").update_open_id_connect_provider_thumbprint(
            OpenIDConnectProviderArn=arn, ThumbprintList=list(provider.thumbprints)
        )


class Hands:
    """Changes the account as somebody would by hand, from what the former set of steps left."""

    def __init__(self, served: Sandbox, made: leaving.Change) -> None:
        self.served, self.made = served, made
        world = served.world
        assert isinstance(world.providers, Subjects)
        provider = world.providers[made.old_arn]
        assert isinstance(provider, Provider)
        self.provider = provider
        self.stands: dict[str, object] = {"old": True, "new": False, "published": False}
        self._bucket()

    def _bucket(self) -> None:
        s3 = self.served.client("s3")
        s3.create_bucket(Bucket=NEXT, CreateBucketConfiguration={"LocationConstraint": REGION})
        block = {"BlockPublicAcls": True, "IgnorePublicAcls": True}
        shut = {"BlockPublicPolicy": False, "RestrictPublicBuckets": False}
        s3.put_public_access_block(Bucket=NEXT, PublicAccessBlockConfiguration={**block, **shut})
        policy = document_policy(None, "aws", NEXT, (DISCOVERY_KEY, KEY_SET_KEY))
        s3.put_bucket_policy(Bucket=NEXT, Policy=policy)

    def bring_about(self, done: frozenset[str]) -> None:
        self._publication("publish" in done)
        self._provider("new", self.made.new_arn, NEW, "register" in done)
        self._provider("old", self.made.old_arn, self.made.old, "deregister" not in done)
        self._trust(old="distrust" not in done, new=bool(done & {"trust", "distrust"}))

    def _publication(self, wanted: bool) -> None:
        if self.stands["published"] != wanted:
            s3, key_set = self.served.client("s3"), self.served.world.key_set
            assert isinstance(key_set, Response)
            assert isinstance(key_set.body, str)
            if wanted:
                self.served.put(NEXT, DISCOVERY_KEY, {"issuer": NEW, "jwks_uri": f"{NEW}/{KEY_SET_KEY}"})
                self.served.put(NEXT, KEY_SET_KEY, json.loads(key_set.body))
            else:
                for key in (DISCOVERY_KEY, KEY_SET_KEY):
                    s3.delete_object(Bucket=NEXT, Key=key)
        self.stands["published"] = wanted

    def _provider(self, which: str, arn: str, url: str, wanted: bool) -> None:
        iam = self.served.client("iam")
        if wanted and not self.stands[which]:
            iam.create_open_id_connect_provider(
                Url=url,
                ClientIDList=list(self.provider.client_ids),
                ThumbprintList=list(self.provider.thumbprints),
            )
        if self.stands[which] and not wanted:
            iam.delete_open_id_connect_provider(OpenIDConnectProviderArn=arn)
        self.stands[which] = wanted

    def _trust(self, *, old: bool, new: bool) -> None:
        if self.stands.get("trust") == (old, new):
            return
        roles = self.served.world.roles
        assert isinstance(roles, Subjects)
        for arn, role in roles.seen():
            name = arn.rpartition("/")[2]
            self.served.client("iam").update_assume_role_policy(
                RoleName=name, PolicyDocument=self._policy(role, old=old, new=new)
            )
        self.stands["trust"] = (old, new)

    def _policy(self, role: Role, *, old: bool, new: bool) -> str:
        (statement,) = json.loads(role.trust)["Statement"]
        text = json.dumps(statement).replace(self.made.old.removeprefix("https://"), HOST)
        wanted = [*([statement] if old else []), *([json.loads(text)] if new else [])]
        return json.dumps({"Version": "2012-10-17", "Statement": wanted})
