"""python -m keystone_check.sandbox [FAULT]: serve a sandbox until interrupted."""

import argparse
import signal
import sys

from keystone_check.near import did_you_mean
from keystone_check.sandbox.faults import FAULTS
from keystone_check.sandbox.ground import Ground
from keystone_check.sandbox.serve import Serving, serve, wall_clock
from keystone_check.sandbox.worlds import healthy


def main() -> int:
    """Serve, print how to reach it, and wait for Ctrl-C."""
    parser = argparse.ArgumentParser(
        prog="python -m keystone_check.sandbox",
        description="Serve an embedded cluster and AWS account on loopback ports until interrupted.",
        epilog="Faults: " + ", ".join(FAULTS),
    )
    parser.add_argument(
        "fault", nargs="?", metavar="FAULT", help="a way to break it; none serves a healthy one"
    )
    name = parser.parse_args().fault
    if name is not None and name not in FAULTS:
        print(f"There is no fault {name!r}.{did_you_mean(name, FAULTS)} --help lists them.", file=sys.stderr)
        return 2
    ground = Ground.make()
    world = healthy(ground, wall_clock())
    if name is not None:
        world = FAULTS[name].apply(world)
    with serve(world, ground) as serving:
        print(_introduction(name, serving), flush=True)
        _wait()
    return 0


def _introduction(name: str | None, serving: Serving) -> str:
    (serving.folder / "keystone-check.toml").write_text(_configuration(serving))
    exports = "\n".join(f"export {key}={value}" for key, value in serving.environment.items())
    what = f"with the fault {name}: {FAULTS[name].title}" if name else "in which every link holds"
    return (
        f"# A sandbox {what}.\n"
        "# In another shell, for kubectl, the AWS CLI and every SDK:\n"
        f"{exports}\n"
        "unset AWS_PROFILE AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN\n"
        "# and to judge it:\n"
        f"cd {serving.folder} && keystone-check --cluster served\n"
        "# Ctrl-C ends it and removes its folder."
    )


def _configuration(serving: Serving) -> str:
    access = serving.access
    connect_to = "\n".join(f'"{host}" = "{address}"' for host, address in access.connect_to)
    issuer = f'issuer = "{access.expected.issuer}"\n' if access.expected.issuer else ""
    return (
        f'[clusters.served]\nkubeconfig = "{access.kubeconfig}"\nregion = "{access.region}"\n'
        f'aws_endpoint = "{access.aws_endpoint}"\n{issuer}\n[clusters.served.connect_to]\n{connect_to}\n'
    )


def _wait() -> None:
    signal.signal(signal.SIGTERM, lambda *_: signal.raise_signal(signal.SIGINT))
    try:
        signal.pause()
    except KeyboardInterrupt:
        return


if __name__ == "__main__":
    sys.exit(main())
