"""A sandbox in a process of its own, and looks at it in processes of their own: nobody's CPU is mixed.

`python -m benchmarks.elsewhere serve ACCOUNTS ROLES PODS SECONDS QUIET` serves until its input ends, and then
tells what it was asked; `python -m benchmarks.elsewhere look PLACE` looks once and tells what that took.
"""

import json
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field

WIDE = 600.0
"""Seconds of budget: a benchmark measures how long it takes, it does not cut it off."""


@dataclass(frozen=True, slots=True)
class Crowd:
    """A cluster of this size."""

    accounts: int
    roles: int
    pods: int
    delay: float = 0.0
    """Seconds before each answer."""
    quiet: float = 0.0
    """Or else: all answers are kept until no more requests came for so many seconds, round after round."""


@dataclass(frozen=True, slots=True)
class Took:
    """One look, from an empty Python to the report's outcomes."""

    seconds: float
    """Of wall-clock time, imports of the clients included."""
    cpu: float
    """Seconds of CPU, of this process alone."""
    megabytes: float
    """The most memory that it had at a time."""
    outcomes: int
    amiss: list[str]
    """The checks that did not hold; of a healthy world none."""


@dataclass
class Served:
    """A sandbox that runs elsewhere."""

    place: str
    """How it is reached, as JSON."""
    asked: dict[str, int] = field(default_factory=dict)
    """Requests by door, and `rounds`, once it has ended."""

    def look(self) -> Took:
        """Look at it once, in a new process."""
        command = (sys.executable, "-m", "benchmarks.elsewhere", "look", self.place)
        done = subprocess.run(command, stdout=subprocess.PIPE, check=True, text=True)
        return Took(**json.loads(done.stdout))


@contextmanager
def serving(crowd: Crowd) -> Iterator[Served]:
    """The sandbox, until the block ends."""
    size = map(str, asdict(crowd).values())
    command = (sys.executable, "-m", "benchmarks.elsewhere", "serve", *size)
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        served = Served(process.stdout.readline())
        yield served
        process.stdin.close()
        served.asked.update(json.loads(process.stdout.read()))


def _serve(crowd: Crowd) -> None:
    from benchmarks.rounds import Rounds
    from keystone_check.sandbox.crowd import crowded, with_pods
    from keystone_check.sandbox.ground import Ground
    from keystone_check.sandbox.pace import Pace
    from keystone_check.sandbox.serve import serve, wall_clock
    from keystone_check.sandbox.worlds import healthy

    ground, pace = Ground.make(), Rounds(crowd.quiet) if crowd.quiet else Pace(crowd.delay)
    usual = healthy(ground, wall_clock())
    world = with_pods(crowded(usual, crowd.accounts, crowd.roles), crowd.pods)
    with serve(world, ground, pace=pace) as serving:
        access = serving.access
        keys = access.aws_credentials
        assert keys is not None
        place = {
            "kubeconfig": access.kubeconfig,
            "region": access.region,
            "aws_endpoint": access.aws_endpoint,
            "connect_to": access.connect_to,
            "resolved": access.resolved,
            # Keys of the sandbox: nobody else takes them, and they end with it.
            "keys": (keys.access_key_id.reveal(), keys.secret_access_key.reveal()),
        }
        print(json.dumps(place), flush=True)
        sys.stdin.read()
        print(json.dumps({**pace.answered, "rounds": getattr(pace, "rounds", 0)}), flush=True)


def _look(place: str) -> None:
    started = time.perf_counter()
    from keystone_check import checks
    from keystone_check.diagnosis import diagnose
    from keystone_check.model.access import Access, StaticCredentials
    from keystone_check.model.finding import Status
    from keystone_check.model.secret import Secret
    from keystone_check.probes.gather import gather

    told = json.loads(place)
    access = Access(
        "sandbox",
        kubeconfig=told["kubeconfig"],
        region=told["region"],
        aws_endpoint=told["aws_endpoint"],
        aws_credentials=StaticCredentials(*map(Secret, told["keys"])),
        connect_to=tuple((host, there) for host, there in told["connect_to"]),
        resolved=tuple((host, tuple(found)) for host, found in told["resolved"]),
        server_timing=True,
        budget_seconds=WIDE,
    )
    found = diagnose(gather(access), checks.load())
    taken = resource.getrusage(resource.RUSAGE_SELF)
    took = Took(
        seconds=time.perf_counter() - started,
        cpu=taken.ru_utime + taken.ru_stime,
        megabytes=taken.ru_maxrss / 1000,
        outcomes=len(found.outcomes),
        amiss=sorted(
            {
                f"{it.check.id} {it.status.value}"
                for it in found.outcomes
                if it.status not in (Status.HOLDS, Status.NOT_APPLICABLE)
            }
        ),
    )
    print(json.dumps(asdict(took)))


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["serve", accounts, roles, pods, delay, quiet]:
            _serve(Crowd(int(accounts), int(roles), int(pods), float(delay), float(quiet)))
        case ["look", place]:
            _look(place)
