"""What the checks of operators' permissions share: who asks for what, and how a gap is told and mended."""

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

from keystone_check.iam.arns import read_role_arn
from keystone_check.iam.language import Statement as Granting
from keystone_check.model.facts import Missing, Subjects
from keystone_check.model.finding import (
    Evidence,
    Finding,
    Repair,
    Safety,
    blocked,
    broken,
    holds,
    not_applicable,
)
from keystone_check.model.permissions import Permissions
from keystone_check.operators.adding import INLINE, adding, size, without, written
from keystone_check.operators.documents import Document, Statement
from keystone_check.operators.granted import Limited, Open, Refused
from keystone_check.operators.need import Need
from keystone_check.operators.weighed import IDENTITY, HeldBack, Weighed, as_far_as_read, weighed

READ_BY = "iam:GetRolePolicy and iam:GetPolicyVersion"
_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Asker:
    """An operator, what it needs, and what its role may."""

    name: str
    """`namespace/deployment`."""
    role_arn: str
    doubt: str
    """Why what is known of its needs is not all of them; empty where it is."""
    needs: tuple[Need, ...]
    permissions: Permissions
    policy: str
    """What `--policy` takes for it."""
    least: Callable[[], tuple[Document, ...]]
    product: str
    """`karpenter`, `ack-s3`."""
    all_needs: tuple[Need, ...] = ()
    """All that it needs, where `needs` are a part of it."""

    @property
    def role(self) -> str:
        """The role's name."""
        read = read_role_arn(self.role_arn)
        return read.name if read else self.role_arn

    def asking(self, wanted: Callable[[Need], bool]) -> "Asker":
        """The same with those needs alone."""
        some = tuple(need for need in self.needs if wanted(need))
        return replace(self, needs=some, all_needs=self.wanted)

    @property
    def wanted(self) -> tuple[Need, ...]:
        """What a repair grants: all that is asked for today."""
        known = self.all_needs or self.needs
        return tuple(need for need in known if need.hard or self.policy == "karpenter")

    def without_doubt(self) -> "Asker":
        """The same where no release makes a difference to what it asks."""
        return replace(self, doubt="")

    def weighed(self) -> Weighed:
        """What is missing, and what holds it back."""
        return weighed(self.permissions, self.needs)


def lacking(asker: Asker, more: str = "") -> Iterator[Finding]:
    """One finding for each action that identity policies do not grant, or one where they grant all."""
    found = asker.weighed()
    by_action: dict[str, list[Refused]] = {}
    for refused in found.missing:
        by_action.setdefault(refused.need.action, []).append(refused)
    granting = grant(asker) if by_action else None
    yield from (_lacks(asker, refusals, more, granting) for refusals in by_action.values())
    if by_action:
        return
    if unread := next(iter(found.unread), None):
        yield blocked(asker.name, Missing(asker.role_arn, _open(unread), own_right(asker.permissions)))
    elif asker.doubt:
        because = (
            f"{asker.doubt}: nothing that is known here is missing, and what else it asks nobody can say"
        )
        yield blocked(asker.name, Missing(asker.name, because))
    elif asker.needs:
        yield holds(asker.name, "; ".join(filter(None, (_all(asker), _in_part(found.limited), more))))


def _all(asker: Asker) -> str:
    return f"role {asker.role} grants every request ({len(asker.needs)})"


def _in_part(limited: Iterable[Limited]) -> str:
    parts = {one.need.action: one.resources for one in limited}
    said = ", ".join(f"{action} on {' and '.join(resources)} alone" for action, resources in parts.items())
    return f"granted in part: {said}" if said else ""


def _open(one: Open) -> str:
    return f"whether {one.need.action} is granted cannot be told: {one.because}"


def _lacks(asker: Asker, refusals: list[Refused], more: str, granting: Repair | None) -> Finding:
    first = refusals[0]
    need = first.need
    since = f" (asked since {need.since})" if need.since and need.since != "1.0" else ""
    effect = f"; {need.effect}" if need.effect else ""
    doubt = f"; {asker.doubt}" if asker.doubt else ""
    also = f"; {more}" if more else ""
    return broken(
        f"{asker.name} {need.action}",
        f"role {asker.role} lacks {need.action}{since} for {need.why}{effect}{doubt}{also}",
        Evidence(f"{READ_BY} of {asker.role}", _wanted(refusals), _nearest(refusals)),
        granting or by_hand(asker, need.action),
    )


def _wanted(refusals: list[Refused]) -> str:
    resources = list(dict.fromkeys(one.need.resource for one in refusals))
    rest = f" and {len(resources) - _SHOWN} more" if len(resources) > _SHOWN else ""
    return f"{refusals[0].need.action} on {', '.join(resources[:_SHOWN])}{rest}"


def _nearest(refusals: list[Refused]) -> str:
    return refusals[0].because


def grant(asker: Asker) -> Repair | None:
    """One repair for all that the role lacks; None where it cannot be an inline policy from here."""
    least = asker.least()
    after = adding(asker.permissions, asker.wanted, least)
    if after is None or size(after) > INLINE:
        return None
    return _writing(
        asker, after, f"grant role {asker.role} all that it lacks", Safety.SAFE, "it adds grants, and no more"
    )


def narrow(asker: Asker, drop: Callable[[Granting], bool]) -> Repair | None:
    """Take these statements out, and grant by others what is needed of them; None where it cannot be done."""
    left = without(asker.permissions, drop)
    after = left and adding(left, asker.wanted, asker.least())
    if after is None or size(after) > INLINE:
        return None
    return _writing(
        asker,
        after,
        f"grant role {asker.role} what it needs, and no more",
        Safety.UNSAFE,
        "it may take away what something else uses the role for",
    )


def _writing(asker: Asker, after: Permissions, title: str, safety: Safety, reason: str) -> Repair | None:
    changes = tuple(written(asker.role_arn, asker.permissions, after))
    return Repair(title, safety, reason, changes) if changes else None


def by_hand(asker: Asker, *actions: str) -> Repair:
    """The statements to add, and how to have the whole policy written."""
    statements = [
        one
        for document in asker.least()
        for one in document.statements
        if any(_has(one, action) for action in actions)
    ]
    return Repair(
        f"let role {asker.role} do {actions[0]}{' and more' if len(actions) > 1 else ''}",
        Safety.MANUAL,
        "which of the role's policies is kept where, and by what, is not known here",
        steps=(
            f"keystone-check --policy {asker.policy} prints all that it needs, in policies that AWS takes;",
            f"what is missing now, to add to a policy of {asker.role}:",
            *(json.dumps(statement) for statement in statements),
        ),
    )


def _has(statement: Statement, action: str) -> bool:
    service, _, name = action.partition(":")
    patterns = [one.partition(":") for one in statement["Action"]]
    return any(kind == service and (text == name or _starts(text, name)) for kind, _, text in patterns)


def _starts(pattern: str, name: str) -> bool:
    return pattern.endswith("*") and name.startswith(pattern[:-1])


def held_back(asker: Asker) -> Iterator[Finding]:
    """One finding for each action that something denies beside the grants, or one where nothing does."""
    read = as_far_as_read(asker.permissions)
    if read != asker.permissions and asker.needs:
        yield not_applicable(f"{asker.name} service control policies", _unweighed(asker.permissions))
    asker = replace(asker, permissions=read)
    found = asker.weighed()
    by_action: dict[str, HeldBack] = {}
    for one in found.held_back:
        by_action.setdefault(one.need.action, one)
    yield from (_held(asker, one) for one in by_action.values())
    if by_action:
        return
    held = asker.permissions
    if gap := next(_gaps(held.controls, held.boundary, held.inline, held.attached), None):
        yield blocked(asker.name, gap)
    elif found.unread_around:
        yield blocked(asker.name, Missing(asker.role_arn, found.unread_around[0].because))
    elif asker.needs:
        yield holds(asker.name)


def _unweighed(permissions: Permissions) -> str:
    because = permissions.controls.because if isinstance(permissions.controls, Missing) else ""
    return f"not readable from this account, so not weighed: {because}"


def untold(asker: Asker, one: Open) -> Finding:
    """That nobody can say whether its role may do it, with the right that would tell."""
    held = asker.permissions
    right = _right(held.inline, held.attached, held.boundary, held.controls)
    return blocked(asker.name, Missing(asker.role_arn, one.because, right))


def own_right(permissions: Permissions) -> str:
    """The right for want of which an identity policy could not be read; empty where it is something else."""
    gap = own_gap(permissions)
    return gap.permission if gap else ""


def own_gap(permissions: Permissions) -> Missing | None:
    """The first of the identity policies that could not be read."""
    return next(_gaps(permissions.inline, permissions.attached), None)


def _right(*facts: object) -> str:
    return next((gap.permission for gap in _gaps(*facts) if gap.permission), "")


def _gaps(*facts: object) -> Iterator[Missing]:
    for fact in facts:
        match fact:
            case Missing():
                yield fact
            case Subjects():
                yield from _gaps(*(document for _, document in fact))
            case tuple():
                yield from _gaps(*fact)


def _held(asker: Asker, one: HeldBack) -> Finding:
    need = one.need
    return broken(
        f"{asker.name} {need.action}",
        f"role {asker.role} is not authorized to perform: {need.action} on resource: {need.resource} "
        f"{one.because}; what its policies grant does not count",
        Evidence(f"{READ_BY} of {asker.role}", f"nothing that denies {need.action}", one.because),
        Repair(
            f"let the {one.layer} through",
            Safety.MANUAL,
            "why it is denied is not known here",
            steps=(_where(asker, one),),
        ),
    )


def _where(asker: Asker, one: HeldBack) -> str:
    match one.layer:
        case "permissions boundary":
            return (
                f"aws iam get-role --role-name {asker.role} names the boundary: allow {one.need.action} there"
            )
        case "service control policy":
            return f"ask whoever runs the organization to except {asker.role_arn} for {one.need.action}"
    return f"take {one.statement or IDENTITY} out of the policies of {asker.role}, or its part about it"
