"""AWS's own answers beside ours: where they differ, and what says nothing about the other."""

from collections.abc import Callable
from dataclasses import replace

from keystone_check.checks import load
from keystone_check.diagnosis import diagnose
from keystone_check.model.facts import Absent, Missing, Subjects
from keystone_check.model.finding import Finding, Status
from keystone_check.model.opinion import SCP, DryRun, DryRuns, Opinion, Opinions
from keystone_check.model.world import World
from keystone_check.sandbox.dry_running import asked_of_aws
from keystone_check.sandbox.faults import FAULTS
from keystone_check.sandbox.faults.operating import with_class, without_action
from keystone_check.sandbox.operators import with_karpenter
from keystone_check.sandbox.staffing import seen
from tests.sandbox.worlds import healthy_world, world_with

NAME = "karpenter/karpenter"
WORLD = with_karpenter(healthy_world())


def found(world: World, check: str) -> list[Finding]:
    return [outcome.finding for outcome in diagnose(world, load((check,))).outcomes]


def simulated(world: World) -> list[Finding]:
    return found(world, "simulator_agrees_about_karpenter")


def called(world: World) -> list[Finding]:
    return found(world, "dry_runs_agree_about_karpenter")


def saying(edit: Callable[[Opinion], Opinion], world: World = WORLD, **more: tuple[Missing, ...]) -> World:
    said = seen(world.opinions)[NAME]
    assert isinstance(said, Opinions)
    told = replace(said, given=tuple(map(edit, said.given)), **more)
    return replace(world, opinions=Subjects(((NAME, told),)))


def answering(edit: Callable[[DryRun], DryRun], world: World = WORLD) -> World:
    said = seen(world.dry_runs)[NAME]
    assert isinstance(said, DryRuns)
    return replace(world, dry_runs=Subjects(((NAME, replace(said, made=tuple(map(edit, said.made)))),)))


def test_where_both_agree_it_is_said_about_how_many_requests() -> None:
    (finding,) = simulated(WORLD)
    assert finding.status is Status.HOLDS
    assert finding.message == "IAM's simulator agrees on every request (59)"


def test_a_refusal_that_nothing_readable_explains_is_told_with_its_layer_and_both_answers() -> None:
    world = world_with("karpenter-is-denied-by-an-scp-that-nobody-here-may-read")
    findings = simulated(world)
    assert {it.subject for it in findings} == {f"{NAME} sqs:ReceiveMessage", f"{NAME} sqs:DeleteMessage"}
    evidence = findings[0].evidence
    assert evidence is not None
    assert evidence.seen == f"explicitDeny by a {SCP}"
    assert "allowed by Statement[0]" in evidence.expected


def test_what_it_allows_and_the_policies_refuse_is_told_too() -> None:
    lacking = asked_of_aws(without_action(WORLD, "pricing:GetProducts"))
    assert [it.status for it in simulated(lacking)] == [Status.HOLDS]
    (finding,) = simulated(saying(lambda it: replace(it, decision="allowed"), lacking))
    assert finding.subject == f"{NAME} pricing:GetProducts"
    assert "is allowed there, and refused (identity policies)" in finding.message


def test_a_refusal_for_a_key_that_nobody_knows_is_not_compared_and_the_rest_holds() -> None:
    def lacks(said: Opinion) -> Opinion:
        if said.action != "sqs:GetQueueUrl":
            return said
        return replace(said, decision="implicitDeny", lacking=("aws:SourceVpce",))

    held, left = simulated(saying(lacks))
    assert (held.status, left.status) == (Status.HOLDS, Status.NOT_APPLICABLE)
    assert held.message == "IAM's simulator agrees on 58 of 59 requests"
    assert "aws:SourceVpce, which nobody could tell the simulator" in left.message


def test_a_refusal_for_a_key_that_the_request_is_known_to_lack_counts() -> None:
    def lacks(said: Opinion) -> Opinion:
        return replace(said, decision="implicitDeny", lacking=("aws:RequestTag/owner",))

    assert {it.status for it in simulated(saying(lacks))} == {Status.BROKEN}


def test_what_it_did_not_judge_blocks_and_nothing_is_called_agreed() -> None:
    late = Missing("sqs:DeleteMessage", "iam:SimulatePrincipalPolicy: Throttling: Rate exceeded")
    (finding,) = simulated(saying(lambda it: it, gaps=(late,)))
    assert finding.status is Status.BLOCKED
    assert "did not judge sqs:DeleteMessage: iam:SimulatePrincipalPolicy: Throttling" in finding.message


def test_without_the_options_nothing_is_judged() -> None:
    unasked = replace(
        WORLD,
        opinions=Absent("opinions", "--second-opinion was not given"),
        dry_runs=Absent("dry_runs", "--live was not given"),
    )
    (of_iam,), (of_ec2,) = simulated(unasked), called(unasked)
    assert (of_iam.status, of_iam.message) == (Status.NOT_APPLICABLE, "--second-opinion was not given")
    assert (of_ec2.status, of_ec2.message) == (Status.NOT_APPLICABLE, "--live was not given")


def test_the_calls_that_were_made_are_listed_with_what_they_were_told_and_what_came_back() -> None:
    (finding,) = called(WORLD)
    assert finding.status is Status.HOLDS
    assert "ec2:RunInstances (default, type m6i.large, image ami-" in finding.message
    assert "ec2:DescribeSubnets DryRunOperation" in finding.message


def test_a_refusal_that_the_policies_explain_is_no_disagreement() -> None:
    (finding,) = called(world_with("karpenter-may-not-run-instances"))
    assert finding.status is Status.HOLDS
    assert "UnauthorizedOperation" in finding.message


def test_a_call_that_ec2_would_make_although_the_policies_refuse_it_is_told() -> None:
    world = FAULTS["karpenter-may-not-run-instances"].apply(healthy_world())
    made = answering(lambda it: replace(it, code="DryRunOperation", message=""), world)
    broken = [it for it in called(made) if it.status is Status.BROKEN]
    assert [it.subject for it in broken] == [f"{NAME} ec2:RunInstances default"]
    assert "refuse ec2:RunInstances on arn:aws:ec2:" in broken[0].message


def test_whatever_else_ec2_says_decides_nothing_and_is_told_in_its_words() -> None:
    def invalid(run: DryRun) -> DryRun:
        if run.operation != "ec2:CreateFleet":
            return run
        return replace(run, code="InvalidParameterValue", message="The type is not offered.")

    found = {it.subject: it for it in called(answering(invalid))}
    undecided = found[f"{NAME} ec2:CreateFleet default"]
    assert undecided.status is Status.NOT_APPLICABLE
    assert undecided.message.endswith(
        "was not decided: EC2 says InvalidParameterValue: The type is not offered."
    )
    assert found[NAME].status is Status.HOLDS
    assert "ec2:CreateFleet" not in found[NAME].message


def test_a_class_whose_image_nobody_here_knows_is_not_called_for_and_that_is_said() -> None:
    unasked = Absent("default", "default takes its images from an alias or an SSM parameter")
    world = with_class(WORLD, images=(), aliases=("al2023@latest",))
    ((name, selection),) = seen(world.selections).entries
    world = asked_of_aws(replace(world, selections=Subjects(((name, replace(selection, images=unasked)),))))
    left = [it.message for it in called(world) if it.status is Status.NOT_APPLICABLE]
    assert left == [
        "ec2:RunInstances for the node class default was not called: no image of it is known here"
    ]
