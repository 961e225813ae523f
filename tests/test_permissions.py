"""What `--permissions` prints is what the checks need to see everything, and nothing more.

Proven on the sandbox, which refuses one right after another and keeps what it was asked for.
"""

import itertools
import json
import re
from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from functools import cache, partial

import pytest

from keystone_check import checks
from keystone_check.cli.commands import WHO_ASKS
from keystone_check.cli.permissions import permissions
from keystone_check.cli.scope import narrowing, scope
from keystone_check.diagnosis import diagnose
from keystone_check.iam.evaluate import Allowed, Denied, decide
from keystone_check.iam.language import PolicyKind
from keystone_check.iam.policy import read
from keystone_check.iam.request import AwsPrincipal, Request
from keystone_check.model.access import Access
from keystone_check.model.aws import Caller, StoredObject
from keystone_check.model.chain import OPTIONAL
from keystone_check.model.facts import Subjects
from keystone_check.model.finding import Finding, Safety, Status
from keystone_check.model.outcome import Check, Diagnosis, Outcome
from keystone_check.model.world import Binding, World
from keystone_check.probes import rights
from keystone_check.probes.gather import gather
from keystone_check.probes.gather import rights as needed
from keystone_check.reports import render
from keystone_check.reports.report import Report
from keystone_check.reports.screen import Screen
from keystone_check.sandbox import catalogue
from keystone_check.sandbox.faults import FAULTS
from keystone_check.sandbox.faults.editing import as_static_pods, bucket_of, with_bucket
from keystone_check.sandbox.ground import Ground
from keystone_check.sandbox.serve import Serving, serve
from keystone_check.sandbox.worlds import DISCOVERY_KEY, KEY_SET_KEY, healthy
from tests.worlds import NOW

ALL = [check for check in checks.load() if check.link != "declared"]
"""What is declared is read from files, and compared with what other checks read, too."""
FREE = {ask.permission for ask in rights.ASKS if isinstance(ask, rights.KubeAsk) and ask.given_by} | {
    "sts:GetCallerIdentity"
}
"""What a look asks for and nobody has to grant."""
GROUND = Ground.make()
NUMBERS = itertools.count(10_000)
"""Of accounts and buckets; other sandboxes of this process have lower ones."""
CHAIN = [check for check in ALL if check.link not in OPTIONAL]


def reads(chosen: Iterable[Check]) -> frozenset[str]:
    return frozenset().union(*(check.reads for check in chosen))


@contextmanager
def cluster(world: str = "operated", denied: Container[str] = ()) -> Iterator[Serving]:
    """A sandbox with this world, in an account of its own; keys and certificates are the same in all."""
    number = next(NUMBERS)
    ground = replace(GROUND, number=number, account=f"{222200000000 + number}")
    served = WORLDS[world](healthy(ground, NOW))
    with serve(served, ground, clock=lambda: NOW, denied=denied) as serving:
        yield serving


OPEN: dict[str, tuple[ExitStack, Serving, set[str]]] = {}
"""Sandboxes that run, by world, the one that was asked longest ago first; and what each refuses."""
AT_ONCE = 6


def served(world: str, denied: Iterable[str]) -> Serving:
    """The sandbox with this world, kept open for the next question; from now on it refuses these."""
    if world not in OPEN:
        if len(OPEN) == AT_ONCE:
            OPEN.pop(next(iter(OPEN)))[0].close()
        stack, refused = ExitStack(), set[str]()
        OPEN[world] = stack, stack.enter_context(cluster(world, refused)), refused
    stack, serving, refused = OPEN[world] = OPEN.pop(world)
    refused.clear()
    refused.update(denied)
    return serving


@pytest.fixture(scope="module", autouse=True)
def closing() -> Iterator[None]:
    """No sandbox outlives these tests."""
    yield
    while OPEN:
        OPEN.popitem()[1][0].close()


def look(access: Access, chosen: Iterable[Check] = ALL) -> Diagnosis:
    """What a run with these checks finds."""
    chosen = tuple(chosen)
    return diagnose(gather(access, reads(chosen) | WHO_ASKS, clock=lambda: NOW), chosen)


@cache
def found(world: str = "operated", *denied: str, chosen: tuple[str, ...] = ()) -> Diagnosis:
    """What all checks, or those chosen, find while these permissions are refused."""
    return look(served(world, denied).access, checks.load(chosen) if chosen else ALL)


def printed(access: Access, chosen: Iterable[Check] = ALL) -> dict[str, object]:
    """Role and policy, as `--permissions --format json` gives them."""
    needs = reads(chosen)
    known = gather(access, narrowing(needs))
    document: dict[str, object] = json.loads(
        permissions(*needed(needs, access, known.operators), scope(access, known), "json")
    )
    return document


def names(document: dict[str, object]) -> set[str]:
    """The permissions of a printed role and policy, one by one."""
    roles, policy = document["kubernetes"], document["iam"]
    assert isinstance(roles, dict)
    assert isinstance(policy, dict)
    rules = [rule for role in roles["items"] for rule in role["rules"]]
    kube = {
        f"{verb} {resource}{f'.{group}' if group else ''}"
        for rule in rules
        for verb in rule["verbs"]
        for group in rule.get("apiGroups", [""])
        for resource in (*rule.get("resources", ()), *rule.get("nonResourceURLs", ()))
    }
    return kube.union(*(statement["Action"] for statement in policy["Statement"]))


@cache
def needed_by(*ids: str) -> frozenset[str]:
    """What is printed for these checks alone."""
    access = Access("any", live=True, cloudtrail=True, second_opinion=True)
    asks, actions = needed(reads(checks.load(ids)), access)
    return frozenset({*(ask.permission for ask in asks), *actions})


EVERYTHING = sorted(needed_by(*(check.id for check in ALL)))
every_permission = pytest.mark.parametrize("permission", EVERYTHING)


def unread_key_set(world: World) -> World:
    """The bucket is shut, and only its discovery document tells that the key set has another name."""
    bucket = bucket_of(world)
    document, keys = (bucket.objects[key] for key in (DISCOVERY_KEY, KEY_SET_KEY))
    assert isinstance(document, StoredObject)
    assert isinstance(document.body, str)
    moved = StoredObject(document.body.replace(KEY_SET_KEY, "keys.json"), "application/json")
    objects = bucket.objects.put(DISCOVERY_KEY, moved).without(KEY_SET_KEY).put("keys.json", keys)
    return FAULTS["bucket-is-blocked"].apply(with_bucket(world, objects=objects))


def operated(world: World) -> World:
    """Karpenter and ACK run, under service control policies that deny nothing: every right has a use."""
    _, made = catalogue.OPERATED["karpenter+ack"]
    level = Subjects((("p-FullAWSAccess", EVERYTHING_IS_ALLOWED),))
    world = made(world)
    assert isinstance(world.permissions, Subjects)
    held = tuple((arn, replace(it, controls=(level, level))) for arn, it in world.permissions.seen())
    return replace(world, permissions=Subjects(held))


EVERYTHING_IS_ALLOWED = json.dumps(
    {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
)
WORLDS: dict[str, Callable[[World], World]] = {
    "healthy": lambda world: world,
    "operated": operated,
    **{name: fault.apply for name, fault in FAULTS.items()},
    "shut-with-the-key-set-elsewhere": unread_key_set,
    "shut-and-empty": lambda world: FAULTS["bucket-is-blocked"].apply(
        FAULTS["discovery-document-is-missing"].apply(world)
    ),
    "former-provider-and-static-pods": lambda world: as_static_pods(
        FAULTS["former-provider-was-left"].apply(world)
    ),
}


def _gathered() -> tuple[Mapping[str, str], ...]:
    """The checks of operators with a fault each, in as few worlds as show all of them broken at once."""
    groups: list[dict[str, str]] = []
    for check in (check for check in ALL if check.link in OPTIONAL):
        fault = next(name for name, fault in FAULTS.items() if check.id in fault.breaks)
        for group in groups:
            if _come_together({**group, check.id: fault}):
                group[check.id] = fault
                break
        else:
            groups.append({check.id: fault})
    return tuple(groups)


def _come_together(group: Mapping[str, str]) -> bool:
    try:
        world = _with_all(group.values(), healthy(GROUND, NOW))
    except (AssertionError, AttributeError, KeyError, StopIteration, TypeError, ValueError):
        return False  # one takes the ground from another
    broken = diagnose(world, checks.load(group)).having(Status.BROKEN)
    return {it.check.id for it in broken} == group.keys()


def _with_all(faults: Iterable[str], world: World) -> World:
    chosen = [FAULTS[name] for name in dict.fromkeys(faults)]
    for ground in dict.fromkeys(fault.on for fault in chosen):
        world = ground(world)
    for fault in chosen:
        world = fault.bend(world)
    return world


GROUPS = _gathered()
WORLDS |= {
    f"operators broken {number}": partial(_with_all, tuple(group.values()))
    for number, group in enumerate(GROUPS)
}
BUCKETS = (
    "bucket-is-blocked",
    "shut-with-the-key-set-elsewhere",
    "discovery-document-is-missing",
    "shut-and-empty",
)

MORE = {"providers_are_in_use": ("former-provider-and-static-pods",)}


def revealing(check: Check) -> tuple[str, ...]:
    """Worlds in which a right that the check has no use for elsewhere may matter."""
    breaking = (name for name, fault in FAULTS.items() if check.id in fault.breaks)
    more = MORE.get(check.id, BUCKETS if check.link == "bucket" else ())
    usual = "operated" if check.link in OPTIONAL else "healthy"
    return tuple(dict.fromkeys((usual, *breaking, *more)))


def of(diagnosis: Diagnosis, check: Check) -> tuple[Finding, ...]:
    return tuple(it.finding for it in diagnosis.outcomes if it.check.id == check.id)


def subject(outcome: Outcome) -> tuple[str, str]:
    """Check and subject, without what differs from one sandbox to the next."""
    return outcome.check.id, _alike(outcome.finding.subject)


def _alike(text: str) -> str:
    return re.sub(r"keystone-oidc-\d+", "BUCKET", re.sub(r"\d{12}", "ACCOUNT", text))


def subjects(outcomes: Iterable[Outcome]) -> set[tuple[str, str]]:
    return {subject(outcome) for outcome in outcomes}


def lost(diagnosis: Diagnosis, less: Diagnosis, check: Check, permission: str) -> bool:
    """Whether the check sees less: it is blocked, tells less, or a repair is not offered or held back."""
    with_all, without = of(diagnosis, check), of(less, check)
    blocked = any(it.status is Status.BLOCKED and it.permission == permission for it in without)
    return blocked or _told(without) != _told(with_all) or _offered(without) < _offered(with_all)


def _told(found: Iterable[Finding]) -> list[str]:
    """What is said of what is broken, without what differs from one sandbox to the next."""
    return [_alike(it.message) for it in found if it.status is Status.BROKEN]


def _offered(found: Iterable[Finding]) -> int:
    """How much of the repairs is ready to be made: at once, or once somebody has released it."""
    return sum(WORTH[it.repair.safety] for it in found if it.repair)


WORTH = {Safety.SAFE: 2, Safety.UNSAFE: 1, Safety.RESTART: 1, Safety.MANUAL: 0}


def test_with_every_right_nothing_is_blocked() -> None:
    assert {it.status for it in found().outcomes} == {Status.HOLDS}


def test_what_is_printed_is_what_a_look_asks_for() -> None:
    with cluster() as serving:
        look(serving.access)
        asked = serving.asked() - FREE
        assert names(printed(serving.access)) == asked


def test_a_configured_binding_is_asked_for_by_its_name_and_printed() -> None:
    with cluster() as serving:
        binding = Binding("app", "new", f"arn:aws:iam::{_account(serving)}:role/api")
        access = _expecting(serving.access, binding)
        look(access)
        assert names(printed(access)) == serving.asked() - FREE
        assert "get serviceaccounts" in serving.asked()


UNWEIGHED = {
    "organizations:DescribeOrganization",
    "organizations:ListParents",
    "organizations:ListPoliciesForTarget",
}
"""Few accounts may read service control policies: the rest is judged, and that they are not is said."""


@every_permission
def test_without_a_right_the_rest_is_judged_and_what_needs_it_names_it(permission: str) -> None:
    less = found("operated", permission)
    seen = subjects(found().outcomes)
    assert {it.check.id for it in less.outcomes} == {check.id for check in ALL}
    for outcome in less.outcomes:
        if outcome.status is Status.HOLDS:
            assert subject(outcome) in seen
        elif permission in UNWEIGHED:
            assert outcome.finding.subject.endswith(" service control policies")
            assert "not weighed" in outcome.finding.message
        else:
            assert outcome.status is Status.BLOCKED, outcome
            assert outcome.finding.permission == permission, outcome
            assert permission in needed_by(outcome.check.id)


@pytest.mark.parametrize("permission", sorted(set(EVERYTHING) - {"get /openid/v1/jwks"} - UNWEIGHED))
def test_a_report_of_a_missing_right_names_it_and_points_to_what_prints_all(permission: str) -> None:
    less = found(_telling(permission), permission)
    report = Report("sandbox", less, "keystone-check --cluster sandbox")
    text = render(report, "text", Screen(width=10_000))
    blocked = less.having(Status.BLOCKED)
    assert any(it.finding.permission == permission for it in blocked), blocked
    assert permission in text
    assert "keystone-check --cluster sandbox --permissions" in text


def _telling(permission: str) -> str:
    """A world in which the right decides whether something can be judged at all."""
    return {
        "s3:GetBucketAcl": "acl-lets-everyone-write",
        "s3:GetObject": "bucket-is-blocked",
        "s3:ListBucket": "discovery-document-is-missing",
        "list cronjobs.batch": "webhook-is-not-registered-and-nothing-runs",
        "list pods": "static-pod-trusts-itself",
        "iam:GetInstanceProfile": "instance-profile-is-missing",
    }.get(permission, "operated")


@pytest.mark.parametrize("kind", ["all", "Kubernetes", "AWS"])
def test_with_many_rights_missing_nothing_crashes_and_each_gap_names_one_of_them(kind: str) -> None:
    denied = [it for it in EVERYTHING if kind == "all" or (":" in it) == (kind == "AWS")]
    less = found("operated", *denied)
    assert less.having(Status.CRASHED) == ()
    assert less.having(Status.BROKEN) == ()
    for outcome in less.having(Status.BLOCKED):
        assert outcome.finding.permission in denied, outcome
    for outcome in less.having(Status.HOLDS):
        tolerated = TOLERATED | TOLERATED_OF.get(outcome.check.id, set())
        assert not needed_by(outcome.check.id) & set(denied) - tolerated, outcome


TOLERATED = {"get /openid/v1/jwks", "s3:GetObject", "s3:ListBucket"}
"""Needed where something is broken: for the repair, or to tell refused from absent."""
OF_AWS = {right for right in EVERYTHING if ":" in right}
TOLERATED_OF = {
    # only a second provider raises the question whether an API server accepts its issuer
    "providers_are_in_use": {"list nodes", "list pods"},
    # a Karpenter that makes its profile needs none that is there
    "instance_profile_is_there_or_can_be_made": {"iam:GetInstanceProfile"},
    "karpenter_policy_is_no_wider_than_needed": {"iam:GetInstanceProfile"},
    # what a role grants matters where a resource is stuck, a refusal is reported, or another role is named
    "ack_may_assume_the_mapped_roles": OF_AWS,
    "ack_may_pass_the_roles_it_names": OF_AWS,
    "no_ack_resource_is_stuck": OF_AWS,
    "no_denial_is_reported_by_ack": OF_AWS,
    "no_denial_is_reported_by_karpenter": OF_AWS,
}


def never_holding(world: str, permission: str, *chosen: str) -> None:
    """What these checks find broken in this world is, without this right, broken or cannot be told."""
    broken = subjects(found(world, chosen=chosen).having(Status.BROKEN))
    assert broken, world
    for outcome in found(world, permission, chosen=chosen).outcomes:
        if subject(outcome) in broken:
            assert outcome.status in (Status.BROKEN, Status.BLOCKED), (permission, outcome)
        assert outcome.status is not Status.CRASHED, (permission, outcome)


@pytest.mark.parametrize("check", CHAIN, ids=[check.id for check in CHAIN])
def test_what_is_broken_never_holds_because_a_right_is_missing(check: Check) -> None:
    fault = next(name for name, fault in FAULTS.items() if check.id in fault.breaks)
    for permission in sorted(needed_by(check.id) - BLOCKING):
        never_holding(fault, permission, check.id)


@pytest.mark.parametrize("group", range(len(GROUPS)))
def test_what_is_broken_with_an_operator_never_holds_because_a_right_is_missing(group: int) -> None:
    world = f"operators broken {group}"
    for permission in sorted(needed_by(*GROUPS[group]) - BLOCKING - UNWEIGHED):
        never_holding(world, permission, *GROUPS[group])


BLOCKING = {"list serviceaccounts", "get /.well-known/openid-configuration", "iam:ListOpenIDConnectProviders"}
"""Without these a whole fact is missing, and no judge is asked that needs it."""


@pytest.mark.parametrize("check", CHAIN, ids=[check.id for check in CHAIN])
def test_a_check_alone_has_no_use_for_less(check: Check) -> None:
    alone = partial(found, chosen=(check.id,))
    for permission in needed_by(check.id):
        assert any(
            lost(alone(world), alone(world, permission), check, permission) for world in revealing(check)
        ), f"{check.id} does as well without {permission}"


# What operators' checks read is read as a whole: that each right is of use to one of them is shown above.


ALIKE = {needed_by(check.id): check for check in reversed(ALL)}
"""For each set of rights that is printed for a check alone, the first check that needs it."""


@pytest.mark.parametrize("check", ALIKE.values(), ids=[check.id for check in ALIKE.values()])
def test_a_check_alone_has_no_use_for_more(check: Check) -> None:
    others = set(EVERYTHING) - needed_by(check.id)
    for world in revealing(check)[:2]:
        alone = of(found(world, *others, chosen=(check.id,)), check)
        told = of(found(world, chosen=(check.id,)), check)
        assert [it.status for it in alone] == [it.status for it in told]
        assert _offered(alone) == _offered(told)


def _account(serving: Serving) -> str:
    assert isinstance(serving.world.caller, Caller)
    return serving.world.caller.account


def _expecting(access: Access, *bindings: Binding) -> Access:
    return replace(access, expected=replace(access.expected, bindings=bindings))


OF_ANY = {
    "iam:GetOpenIDConnectProvider",
    "iam:GetRole",
    "iam:GetRolePolicy",
    "iam:ListRolePolicies",
    "iam:ListAttachedRolePolicies",
}
"""Which provider it is is not known before; with a Karpenter the roles of nodes are looked at, too."""


def test_the_policy_allows_what_is_asked_and_nothing_of_the_neighbours() -> None:
    with cluster() as serving:
        look(serving.access)
        document = printed(serving.access)
        reading = read(json.dumps(document["iam"]), PolicyKind.IDENTITY)
        caller = AwsPrincipal(f"arn:aws:iam::{_account(serving)}:user/engineer")
        asked = {(action, arn) for action, arn in serving.asked_of() if action not in FREE}
        assert asked
        for action, arn in asked:
            assert isinstance(decide((reading,), Request(action, arn, caller)), Allowed), (action, arn)
            if arn != "*" and action not in OF_ANY:
                neighbour = Request(action, f"{arn}-of-another", caller)
                assert isinstance(decide((reading,), neighbour), Denied), (action, arn)
