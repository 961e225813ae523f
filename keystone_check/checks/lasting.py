"""What the checks of session durations share: how a role comes to allow longer ones."""

from keystone_check.model.aws import Role
from keystone_check.model.change import SetSessionDuration
from keystone_check.model.finding import Repair, Safety

LONGEST = 43200
"""https://docs.aws.amazon.com/IAM/latest/APIReference/API_UpdateRole.html"""


def repair(role: Role, asked: int) -> Repair:
    """Allow what is asked for, where any role may."""
    if asked > LONGEST:
        return Repair(
            "ask for less",
            Safety.MANUAL,
            "no role allows longer sessions",
            steps=(f"let workloads ask for {LONGEST} seconds at most, and set session_seconds to that",),
        )
    return Repair(
        f"raise the role's MaxSessionDuration to {asked}",
        Safety.UNSAFE,
        "everyone whom the role lets in may then ask for longer sessions, which nothing ends early",
        (SetSessionDuration(role.arn, role.max_session_seconds, asked),),
    )
