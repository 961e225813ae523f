"""The options of declarations: what Nix, a server's own files or manifests say that the cluster is."""

import argparse

from keystone_check.cli.given import given
from keystone_check.cli.options import Options
from keystone_check.errors import UsageError

NONE = "none"
"""As `clusters.NONE`, which --help does without; a test compares."""
_AT_A_CLUSTER = (
    *("--context", "--kubeconfig", "--namespace", "--selector", "--live", "--cloudtrail", "--second-opinion"),
    *("--fix", "--apply", "--undo", "--cleanup", "--save", "--policy"),
)


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add them."""
    group = parser.add_argument_group("what is declared, beside what runs; alone with --cluster none")
    add = group.add_argument
    add(
        "--nix",
        metavar="FLAKE#HOST",
        default="",
        help="evaluate this host's NixOS profile with nix, or read the file of an evaluated one",
    )
    add(
        "--host",
        metavar="ROOT",
        nargs="?",
        const="/",
        default="",
        help="read the files that start K3s on this very server (or under --host=ROOT)",
    )
    add(
        "--manifest",
        metavar="FILE",
        nargs="+",
        action="extend",
        default=[],
        help="read manifests and Helm values of Karpenter and ACK",
    )


def agree(options: Options) -> None:
    """UsageError where they contradict one another or the rest."""
    flake, hashed, host = options.nix.partition("#")
    if hashed and not host:
        raise UsageError(f"--nix {options.nix} names no host", f"name one: --nix '{flake or '.'}#HOST'")
    if flake.startswith("-"):
        raise UsageError(f"--nix {options.nix} is no flake", "write it as --nix 'FLAKE#HOST'")
    if options.cluster == NONE:
        _alone(options)


def _alone(options: Options) -> None:
    for option in given(options, *_AT_A_CLUSTER):
        raise UsageError(f"{option} needs a cluster, and --cluster none is none", f"leave {option} out")
