"""AWS's decision over all policy types together, within one account and across two.

0. sts:GetCallerIdentity needs no permission, not even where a policy denies it.
   …/id_credentials_sts-comparison.html (note 4)
1. Every layer that applies to the caller is asked; an explicit deny in any of them decides.
   …/reference_policies_evaluation-logic_policy-eval-denyallow.html (Deny evaluation)
2. Each level of the RCPs over the resource and of the SCPs over the caller has to allow. Neither binds a
   service-linked role; SCPs bind users and roles only, the root user among them.
   organizations: …/orgs_manage_policies_scps_evaluation.html, …_scps.html, …_rcps.html
3. One way in has to be open from its first step to its last:
   a. one account: the resource policy names the user or session itself, or everyone; or it names the role
      or user behind the session, or an identity policy allows, and then boundary and session policies have
      to allow too. Naming the account grants nothing: "individual users in the account must still be
      granted permissions" (…/access_policies.html).
   b. a role's trust policy has to allow even so: it names the caller, or the role or user behind it, or it
      names the account and an identity policy allows. (STS API Reference, AssumeRole, Permissions)
   c. two accounts: the resource policy in one; identity policies, boundary and session policies in the
      other. …/reference_policies_evaluation-logic-cross-account.html
   d. the root user needs no identity policy and has neither boundary nor session policy; it cannot assume
      a role. …/access_policies.html (Policies and the root user), …/id_credentials_sts-comparison.html
   e. web identities, services and anonymous callers have the resource policy alone.
4. What nobody can know here leaves open what it could still change.

ACLs, RAM shares and VPC endpoint policies are not weighed. The pages without a host stand under
https://docs.aws.amazon.com/IAM/latest/UserGuide/, those of organizations under
https://docs.aws.amazon.com/organizations/latest/userguide/.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from keystone_check.iam.hearing import heard as hear
from keystone_check.iam.hearing import is_assuming, is_root
from keystone_check.iam.language import Statement
from keystone_check.iam.layers import Answer, Found, Heard, Layer, Layers, Naming, Ruling, reasons
from keystone_check.iam.request import AwsPrincipal, Request
from keystone_check.iam.verdicts import Unknown
from keystone_check.model.facts import Missing


@dataclass(frozen=True, slots=True)
class _Step:
    """A layer that has to allow on a way in, and what of it does."""

    heard: Heard
    found: Found


_Way = tuple[_Step, ...]


def combined(layers: Layers, request: Request) -> Ruling:
    """What AWS answers to the request under all these policies."""
    heard = tuple(hear(layers, request))
    if request.action.lower() == "sts:getcalleridentity" and isinstance(request.principal, AwsPrincipal):  # 0
        return Ruling(Answer.ALLOWED, Layer.RULE, "it needs no permission", heard=heard)
    for one in heard:  # 1
        if isinstance(one.denial, Statement):
            because = f"{one.denial.name} of the {one.name} denies it"
            return Ruling(Answer.DENIED, one.layer, because, one.denial, heard=heard)
    limits = tuple(_step(one) for one in heard if one.layer in (Layer.RCP, Layer.SCP))
    ways = [(*limits, *way) for way in _ways(layers, request, heard)]  # 2, 3
    passable = [way for way in ways if all(step.found for step in way)]
    if not passable:
        return _denied(ways, heard)
    doubts = [one for one in heard if isinstance(one.denial, Unknown)]
    clear = [way for way in passable if all(isinstance(step.found, Statement) for step in way)]
    if doubts or not clear:
        return _undecided(doubts, [] if clear else passable, heard)
    return _allowed(clear[0][len(limits) :], heard)


def _ways(layers: Layers, request: Request, heard: tuple[Heard, ...]) -> list[_Way]:
    owner = heard[0]
    caller = request.principal
    held = _steps(heard, Layer.BOUNDARY, Layer.SESSION)
    if not isinstance(caller, AwsPrincipal):
        return [(_step(owner),)]
    if is_root(caller.arn) and is_assuming(layers, request):
        return []
    if request.action.lower().startswith("kms:"):
        return [(_Step(owner, _KMS),)]
    if is_root(caller.arn):
        return [() if layers.same_account else (_step(owner),)]
    # Who federates as the root user has its permissions as far as the session policies allow them.
    identity = () if is_root(layers.entity) else _steps(heard, Layer.IDENTITY)
    if not layers.same_account:
        return [(_step(owner), *identity, *held)]
    granted = identity if owner.layer is Layer.RESOURCE else (_as(owner, Naming.ACCOUNT), *identity)
    return [(_as(owner, Naming.CALLER),), (_as(owner, Naming.ENTITY), *held), (*granted, *held)]


_KMS = Unknown(
    "KMS weighs key policy, grants and identity policies by its own rule, which is not applied here"
)
"""https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html"""


def _steps(heard: Sequence[Heard], *layers: Layer) -> _Way:
    return tuple(_step(one) for one in heard if one.layer in layers)


def _step(one: Heard) -> _Step:
    return _Step(one, one.grant)


def _as(owner: Heard, naming: Naming) -> _Step:
    return _Step(owner, owner.namings[naming])


def _allowed(way: _Way, heard: tuple[Heard, ...]) -> Ruling:
    if not way:
        because = "the root user of the account needs no policy that allows it"
        return Ruling(Answer.ALLOWED, Layer.RULE, because, heard=heard)
    first = way[0]
    assert isinstance(first.found, Statement)
    because = f"{first.found.name} of the {first.heard.name} allows it"
    return Ruling(Answer.ALLOWED, first.heard.layer, because, first.found, heard=heard)


def _denied(ways: list[_Way], heard: tuple[Heard, ...]) -> Ruling:
    """The layer that shuts the way which leads furthest is the one that decided."""
    if not ways:
        return Ruling(Answer.DENIED, Layer.RULE, "the root user cannot assume a role", heard=heard)
    shut = [next(place for place, step in enumerate(way) if step.found is None) for way in ways]
    furthest = max(range(len(ways)), key=lambda number: (shut[number], number))
    one = ways[furthest][shut[furthest]].heard
    return Ruling(Answer.DENIED, one.layer, f"nothing in the {one.name} allows it", heard=heard)


def _undecided(doubts: list[Heard], ways: list[_Way], heard: tuple[Heard, ...]) -> Ruling:
    waiting = [step for way in ways for step in way if isinstance(step.found, Unknown)]
    causes = [reasons(one.unread, one.denial) for one in doubts]  # 4
    causes += [reasons(step.heard.unread, step.found) for step in waiting]
    why = tuple(dict.fromkeys(cause for some in causes for cause in some))
    told = "; ".join(cause.because if isinstance(cause, Missing) else cause for cause in why)
    first = doubts[0] if doubts else waiting[0].heard
    return Ruling(Answer.UNDECIDED, first.layer, told, open=why, heard=heard)
