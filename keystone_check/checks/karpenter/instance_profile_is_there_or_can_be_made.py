"""Every node class has its instance profile, with a role in it, or Karpenter makes one.

## Why it matters
An instance gets its role through an instance profile. With `spec.role` Karpenter makes it; with
`spec.instanceProfile` it takes the one that is named, and does not look whether it exists: EC2 answers at
launch, and the NodeClaim says `Launched` Unknown, reason `InstanceProfileNameInvalid`.

## How to fix
Make the instance profile and add the role to it, or write `role` for `instanceProfile` in the EC2NodeClass.

## References
- https://karpenter.sh/docs/concepts/nodeclasses/
- https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_switch-role-ec2_instance-profiles.html
"""

from collections.abc import Iterator

from keystone_check.checks.karpenting import by_hand
from keystone_check.model.facts import Absent, Missing, Subjects
from keystone_check.model.finding import Evidence, Finding, Severity, broken, gap, holds
from keystone_check.model.launching import InstanceProfile
from keystone_check.model.operators import NodeClass

severity = Severity.HIGH


def judge(
    node_classes: Subjects[NodeClass], instance_profiles: Subjects[InstanceProfile]
) -> Iterator[Finding]:
    """One finding for each node class."""
    for name, node_class in node_classes:
        if isinstance(node_class, Absent | Missing):
            yield gap(name, node_class)
        elif not node_class.instance_profile:
            yield holds(name, "Karpenter makes its instance profile")
        else:
            yield _named(name, node_class.instance_profile, instance_profiles[node_class.instance_profile])


def _named(name: str, profile: str, found: InstanceProfile | Absent | Missing) -> Finding:
    if isinstance(found, Missing):
        return gap(name, found)
    if isinstance(found, InstanceProfile) and found.roles:
        return holds(name)
    seen = found.because if isinstance(found, Absent) else f"{found.arn} has no role in it"
    return broken(
        name,
        f"it names instance profile {profile}, and {seen}",
        Evidence("iam:GetInstanceProfile", f"an instance profile {profile} with a role", seen),
        by_hand(
            "make the instance profile, or let Karpenter make one",
            "which role nodes are meant to have is not known here",
            f"aws iam create-instance-profile --instance-profile-name {profile}",
            f"aws iam add-role-to-instance-profile --instance-profile-name {profile} --role-name ROLE",
            f"or: kubectl edit ec2nodeclass {name}: role: ROLE instead of instanceProfile",
        ),
    )
