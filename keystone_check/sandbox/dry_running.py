"""What EC2 answers to a Karpenter's dry runs in a world, and what of it no policy explains."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from keystone_check.model.aws import Caller
from keystone_check.model.cluster import ServiceAccount
from keystone_check.model.exchange import Answer
from keystone_check.model.facts import Absent, Missing, Subjects
from keystone_check.model.opinion import WOULD, WOULD_NOT, DryRun, DryRuns
from keystone_check.model.permissions import Permissions
from keystone_check.model.world import World
from keystone_check.operators.asking import surroundings
from keystone_check.operators.karpenter.dry_running import FIND_TEMPLATES, Call
from keystone_check.operators.karpenter.running import Around
from keystone_check.operators.simulated import Simulator
from keystone_check.probes.dry_runs import Launcher, launchers, no_session
from keystone_check.probes.exchanges import SESSION_NAME
from keystone_check.sandbox.aws.dry_running import Asked, Place, decided
from keystone_check.sandbox.aws.landscape import templates
from keystone_check.sandbox.opining import as_served, controls_unseen, opined


def asked_of_aws(world: World) -> World:
    """The world with what the simulator and EC2 answer in it about operators."""
    return dried(opined(world))


def dried(world: World) -> World:
    """The world with EC2's answers. A refusal that stands where policies allow stays."""
    if not isinstance(world.dry_runs, Subjects):
        return world
    around = surroundings(world)
    for fact in (world.accounts, world.operators, around, world.selections, world.permissions):
        if isinstance(fact, Missing):
            return replace(world, dry_runs=fact)
    refused = refusing(world)
    found = ((one.name, _of(world, one, refused)) for one in _launchers(world))
    return replace(world, dry_runs=Subjects(tuple(found)))


def _launchers(world: World) -> list[Launcher]:
    assert isinstance(world.operators, Subjects)
    assert isinstance(world.accounts, Subjects)
    assert isinstance(world.selections, Subjects)
    around = surroundings(world)
    assert isinstance(around, Around)
    return launchers(world.operators, world.accounts, around, world.selections)


def _of(world: World, one: Launcher, refused: Mapping[str, str]) -> DryRuns | Absent | Missing:
    subject = f"{one.account.namespace}/{one.account.name}"
    said = world.answers[subject] if isinstance(world.answers, Subjects) else Missing(subject, "not asked")
    if isinstance(said, Absent | Missing):
        return replace(said, fact=one.name)
    if not said.granted:
        return no_session(one.name, said.code)
    found = tuple(_runs(world, one, refused))
    return DryRuns(
        tuple(it for it in found if isinstance(it, DryRun)),
        tuple(it for it in found if not isinstance(it, DryRun)),
    )


def _runs(world: World, one: Launcher, refused: Mapping[str, str]) -> Iterator[DryRun | Absent | Missing]:
    law = _law(world, one.account)
    if law is None:
        return
    first = DryRun(FIND_TEMPLATES, "", {"tag": f"kubernetes.io/cluster/{one.cluster}"})
    answered = _answered(world, one, law, Call(FIND_TEMPLATES, ""), first)
    allowed = answered.code == WOULD
    yield first if allowed else answered
    found = templates(world) if allowed else ()
    tag = f"kubernetes.io/cluster/{one.cluster}"
    by_pool = {it.tags["karpenter.sh/nodepool"]: it.id for it in reversed(found) if tag in it.tags}
    for call in one.calls(by_pool):
        if not isinstance(call, Call):
            yield call
            continue
        run = _answered(world, one, law, call, DryRun(call.operation, call.node_class, call.told))
        no = refused.get(call.operation)
        yield replace(run, code=WOULD_NOT, message=no) if no and run.code == WOULD else run


def _law(world: World, account: ServiceAccount) -> Simulator | None:
    assert isinstance(world.permissions, Subjects)
    held = world.permissions[account.role_arn]
    return Simulator(as_served(held), controls_unseen(world)) if isinstance(held, Permissions) else None


def _answered(world: World, one: Launcher, law: Simulator, call: Call, asked: DryRun) -> DryRun:
    assert isinstance(world.caller, Caller)
    caller = world.caller
    place = Place(caller.partition, one.region, caller.account)
    name = one.account.role_arn.rpartition("/")[2]
    who = f"arn:{caller.partition}:sts::{caller.account}:assumed-role/{name}/{SESSION_NAME}"
    code, message = decided(law, _asked(world, call), place, who)
    return replace(asked, code=code, message=message)


def _asked(world: World, call: Call) -> Asked:
    """The call as EC2 gets it."""
    told: Mapping[str, Any] = call.parameters
    profiles = dict(world.instance_profiles.seen()) if isinstance(world.instance_profiles, Subjects) else {}
    profile = profiles.get(told.get("IamInstanceProfile", {}).get("Name", ""))
    known = {it.id: it.tags for it in templates(world)}
    configs = told.get("LaunchTemplateConfigs", ())
    used = [it["LaunchTemplateSpecification"]["LaunchTemplateId"] for it in configs]
    subnets = [told.get("SubnetId", ""), *(one["SubnetId"] for it in configs for one in it["Overrides"])]
    tags = {
        it["ResourceType"]: {tag["Key"]: tag["Value"] for tag in it["Tags"]}
        for it in told.get("TagSpecifications", ())
    }
    return Asked(
        action=call.operation.partition(":")[2],
        images=tuple(filter(None, (told.get("ImageId", ""),))),
        subnets=tuple(filter(None, subnets)),
        groups=tuple(told.get("SecurityGroupIds", ())),
        roles=profile.roles if profile else (),
        templates=tuple((id, known.get(id, {})) for id in used),
        tags=tags,
    )


def refusing(world: World) -> dict[str, str]:
    """By action, what EC2 says where all policies allow: something that is no policy here says no."""
    if not isinstance(world.dry_runs, Subjects) or isinstance(surroundings(world), Missing):
        return {}
    refused = {
        (name, it.operation): it.message
        for name, runs in world.dry_runs.seen()
        for it in runs.made
        if it.code == WOULD_NOT
    }
    found: dict[str, str] = {}
    for one in _launchers(world) if refused else ():
        for what in _allowed(world, one):
            if no := refused.get((one.name, what)):
                found[what] = no
    return found


def _allowed(world: World, one: Launcher) -> set[str]:
    """The actions that policies allow to a Karpenter that STS gives credentials to."""
    subject = f"{one.account.namespace}/{one.account.name}"
    answer = world.answers[subject] if isinstance(world.answers, Subjects) else None
    if not isinstance(answer, Answer) or not answer.granted:
        return set()
    runs = (it for it in _runs(world, one, {}) if isinstance(it, DryRun))
    return {it.operation for it in runs if it.code in (WOULD, "")}
