"""The clocks of the cluster, of AWS and of this machine agree.

## Why it matters
A token is valid from the second in which the API server signed it (`nbf`, `iat`) to its `exp`, by the API
server's clock; STS compares with its own. A control plane that is ahead signs tokens of the future, and
clients of other services know the answer as `Token used before issued`. One that is behind shortens every
token: `Token expired: current date/time … must be before the expiration date/time …` (ExpiredTokenException).
How much STS tolerates is not documented; users report failures beyond five minutes. And AWS refuses signed
requests of a machine whose own clock is off by more than that.

## How to fix
Run a time service on every server and let it step the clock once: chrony or systemd-timesyncd; on NixOS
`services.timesyncd.enable` or `services.chrony.enable`.

## References
- https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html
- https://repost.aws/knowledge-center/eks-troubleshoot-irsa-errors
- https://github.com/minio/object-browser/issues/993
"""

from collections.abc import Iterator

from keystone_check.model.facts import Missing
from keystone_check.model.finding import Evidence, Finding, Repair, Safety, Severity, blocked, broken, holds
from keystone_check.model.servers import Clocks

severity = Severity.HIGH

NOTED = 60
TOLERATED = 300
"""Seconds. The first is worth a word, the second is where users report failures."""


def judge(clocks: Clocks) -> Iterator[Finding]:
    """One finding about the cluster's clock beside AWS's, one about ours beside AWS's."""
    if isinstance(clocks.aws, Missing):
        yield blocked("AWS", clocks.aws)
        return
    yield _judged("this machine", -clocks.aws, "on this machine")
    if isinstance(clocks.cluster, Missing):
        yield blocked("the API server", clocks.cluster)
    else:
        yield _judged("the API server", clocks.cluster - clocks.aws, "on every server of the cluster")


def _judged(whose: str, ahead: int, where: str) -> Finding:
    """`ahead`: by how many seconds this clock is ahead of AWS's."""
    said = f"its clock is {abs(ahead)} s {'ahead of' if ahead > 0 else 'behind'} AWS's"
    if abs(ahead) <= TOLERATED:
        return holds(whose, said if abs(ahead) > NOTED else "")
    return broken(
        whose,
        said,
        Evidence("Date of its answers beside that of AWS's", f"at most {TOLERATED} s apart", f"{ahead:+d} s"),
        Repair(
            "set the clock",
            Safety.MANUAL,
            "clocks are set on their hosts",
            steps=(
                f"{where}: chronyc makestep, or systemctl restart systemd-timesyncd",
                "NixOS: services.timesyncd.enable = true;",
                "then timedatectl shows `System clock synchronized: yes`; look again",
            ),
        ),
    )
