"""python -m keystone_check.sandbox [NAME]: serve a sandbox until interrupted.

What is heavy is imported when the signals are in hand, so that an early Ctrl-C is quiet as well.
"""

from __future__ import annotations

import argparse
import signal
import sys
import time
from collections.abc import Iterable
from typing import TYPE_CHECKING

from keystone_check.near import did_you_mean

if TYPE_CHECKING:
    from keystone_check.sandbox.serve import Serving


def main() -> int:
    """Serve, print how to reach it, and wait for Ctrl-C; 130 where that came before anything was served."""
    for name in ("SIGTERM", "SIGHUP"):
        if hasattr(signal, name):  # Windows has no SIGHUP
            # As Ctrl-C, which passes through every `finally`: a private kubeconfig lies in the folder. Not by
            # raising that signal: it is ignored where a script started us in the background.
            signal.signal(getattr(signal, name), signal.default_int_handler)
    try:
        return _serve()
    except KeyboardInterrupt:
        print("interrupted before anything was served", file=sys.stderr)
        return 128 + signal.SIGINT


def _serve() -> int:
    from keystone_check.sandbox import catalogue
    from keystone_check.sandbox.serve import serve, wall_clock

    name = _name(catalogue.NAMES)
    if name and name not in catalogue.NAMES:
        hint = did_you_mean(name, catalogue.NAMES)
        print(f"there is no fault, incident or variant {name!r}\n  next: {hint}", file=sys.stderr)
        return 2
    ground, world = catalogue.stage(name, wall_clock())
    with serve(world, ground) as serving:
        _show_until_interrupted(_introduction(catalogue.title(name), serving))
    return 0


def _name(known: Iterable[str]) -> str:
    parser = argparse.ArgumentParser(
        prog="python -m keystone_check.sandbox",
        description="Serve an embedded cluster and AWS account on loopback ports until interrupted.",
        epilog="Faults, incidents and healthy variants: " + ", ".join(known),
    )
    parser.add_argument(
        "name",
        nargs="?",
        default="",
        metavar="NAME",
        help="a fault, an incident or a healthy variant; none: the usual world, in which nothing is broken",
    )
    name: str = parser.parse_args().name
    return name


def _introduction(what: str, serving: Serving) -> str:
    (serving.folder / "keystone-check.toml").write_text(configuration(serving))
    exports = "\n".join(f"export {key}={value}" for key, value in serving.environment.items())
    return (
        f"# A sandbox {what}.\n"
        "# In another shell, for kubectl, the AWS CLI and every SDK:\n"
        f"{exports}\n"
        "unset AWS_PROFILE AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN\n"
        "# and to judge it:\n"
        f"cd {serving.folder} && keystone-check --cluster served\n"
        "# Ctrl-C ends it and removes its folder."
    )


def configuration(serving: Serving) -> str:
    """A configuration file that names it `served`."""
    access = serving.access
    connect_to = "\n".join(f'"{host}" = "{address}"' for host, address in access.connect_to)
    issuer = f'issuer = "{access.expected.issuer}"\n' if access.expected.issuer else ""
    return (
        f'[clusters.served]\nkubeconfig = "{access.kubeconfig}"\nregion = "{access.region}"\n'
        f'aws_endpoint = "{access.aws_endpoint}"\n{issuer}\n[clusters.served.connect_to]\n{connect_to}\n'
    )


def _show_until_interrupted(introduction: str) -> None:
    try:
        print(introduction, flush=True)
        while True:
            time.sleep(1)  # and not signal.pause(): a signal just before it would be slept through
    except KeyboardInterrupt:
        return


if __name__ == "__main__":
    sys.exit(main())
