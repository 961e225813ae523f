"""Several clusters of one account: time, CPU and memory of 50, 100 and 200 of ten bindings, and AWS requests.

`python -m benchmarks.fleet serve CLUSTERS` serves until its input ends, and for each line tells how many
requests to AWS there were since the last; `python -m benchmarks.fleet look PLACES` looks at what this file
names, side by side as the command does. The sandbox is in a process of its own, and its CPU in no figure but
the seconds by the clock.
"""

import json
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.elsewhere import WIDE
from benchmarks.figures import Figure, Promise, measured

BINDINGS = 10
SIZES = (50, 100, 200)
TIME = Promise("200 clusters of ten bindings: seconds, times those of 100", "×", 2.5)
CPU = Promise("the same of CPU", "×", 2.3)
MEMORY = Promise("the same of memory beyond that of one cluster", "×", 2.3)
ACCOUNT = Promise("AWS requests for what is the account's, of 200 clusters, times of 1", "×", 1.0)
SAME = Promise("AWS requests for 8 clusters with one issuer and one set of roles, times for 1", "×", 1.0)
PROMISES = (TIME, CPU, MEMORY, ACCOUNT, SAME)


def figures() -> Iterator[Figure]:
    """Of looks with all checks; the gather, the judging and the report as text."""
    with serving(max(SIZES)) as served:
        first, second, *_ = looks = [served.look(size) for size in (1, 2, *SIZES)]
        same = served.look(1, times=8)
    took = dict(zip(SIZES, looks[2:], strict=True))
    for size, found in took.items():
        yield Figure(f"{size} clusters: seconds", "s", found["seconds"])
        yield Figure(f"{size} clusters: CPU of the look", "s", found["cpu"])
        yield Figure(f"{size} clusters: memory of the look", "MB", found["megabytes"])
    half, whole = took[SIZES[-2]], took[SIZES[-1]]
    yield measured(TIME, whole["seconds"] / half["seconds"])
    yield measured(CPU, whole["cpu"] / half["cpu"])
    beyond = [found["megabytes"] - first["megabytes"] for found in (whole, half)]
    yield measured(MEMORY, beyond[0] / beyond[1])
    own = second["AWS"] - first["AWS"]
    yield Figure("AWS requests for a cluster's own bucket, provider and ten roles", "requests", own)
    account = first["AWS"] - own
    yield Figure("AWS requests for what is the account's", "requests", account)
    yield measured(ACCOUNT, (whole["AWS"] - SIZES[-1] * own) / account)
    yield measured(SAME, same["AWS"] / first["AWS"])


@dataclass(frozen=True, slots=True)
class Served:
    """Clusters that run elsewhere."""

    places: list[dict[str, Any]]
    """How each is reached."""
    ask: Callable[[], int]
    """How many requests to AWS there were since it was last asked."""

    def look(self, clusters: int, times: int = 1) -> dict[str, float]:
        """One look in a new process at the first of them, and the AWS requests that it made."""
        with TemporaryDirectory() as folder:
            file = Path(folder) / "places.json"
            file.write_text(json.dumps(self.places[:clusters] * times), encoding="utf-8")
            command = (sys.executable, "-m", "benchmarks.fleet", "look", str(file))
            done = subprocess.run(command, stdout=subprocess.PIPE, check=True, text=True)
        took: dict[str, float] = json.loads(done.stdout)
        return {**took, "AWS": self.ask()}


@contextmanager
def serving(clusters: int) -> Iterator[Served]:
    """So many clusters, until the block ends."""
    command = (sys.executable, "-m", "benchmarks.fleet", "serve", str(clusters))
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        asking, telling = process.stdin, process.stdout
        assert asking is not None
        assert telling is not None

        def ask() -> int:
            asking.write("\n")
            asking.flush()
            return int(telling.readline())

        yield Served(json.loads(telling.readline()), ask)
        asking.close()


def _serve(clusters: int) -> None:
    from keystone_check.sandbox.fleet import serve_fleet

    with serve_fleet(clusters, BINDINGS) as fleet:
        keys = fleet.accesses[0].aws_credentials
        assert keys is not None
        places = [
            {
                "name": access.name,
                "kubeconfig": access.kubeconfig,
                "region": access.region,
                "aws_endpoint": access.aws_endpoint,
                "connect_to": access.connect_to,
                "resolved": access.resolved,
                # Keys of the sandbox: nobody else takes them, and they end with it.
                "keys": (keys.access_key_id.reveal(), keys.secret_access_key.reveal()),
            }
            for access in fleet.accesses
        ]
        print(json.dumps(places), flush=True)
        for _ in sys.stdin:
            print(fleet.pace.answered.pop("AWS", 0), flush=True)


def _look(file: str) -> None:
    started = time.perf_counter()
    from keystone_check import checks
    from keystone_check.diagnosis import diagnose
    from keystone_check.model.access import Access, StaticCredentials
    from keystone_check.model.secret import Secret
    from keystone_check.probes.gather import gather
    from keystone_check.probes.limits import side_by_side
    from keystone_check.probes.shared import Shared
    from keystone_check.reports import render
    from keystone_check.reports.fleet.values import Fleet, Member
    from keystone_check.reports.report import Report
    from keystone_check.reports.screen import Screen

    places = json.loads(Path(file).read_text("utf-8"))
    keys = StaticCredentials(*map(Secret, places[0]["keys"]))
    judges, shared = checks.load(), Shared()

    def member(place: dict[str, Any]) -> Member:
        access = Access(
            place["name"],
            kubeconfig=place["kubeconfig"],
            region=place["region"],
            aws_endpoint=place["aws_endpoint"],
            aws_credentials=keys,
            connect_to=tuple((host, there) for host, there in place["connect_to"]),
            resolved=tuple((host, tuple(found)) for host, found in place["resolved"]),
            server_timing=True,
            budget_seconds=WIDE,
            request_seconds=WIDE / 5,
        )
        return Member(place["name"], Report(place["name"], diagnose(gather(access, shared=shared), judges)))

    fleet = Fleet(tuple(side_by_side(member, places)))
    render(fleet, "text", Screen())
    if fleet.exit_code:
        raise AssertionError(f"not all of it holds: {fleet.counts}")
    taken = resource.getrusage(resource.RUSAGE_SELF)
    took = {
        "seconds": time.perf_counter() - started,
        "cpu": taken.ru_utime + taken.ru_stime,
        "megabytes": taken.ru_maxrss / 1000,
    }
    print(json.dumps(took))


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["serve", clusters]:
            _serve(int(clusters))
        case ["look", file]:
            _look(file)
