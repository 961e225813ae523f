"""The options, as what reaches a cluster and as the command that would do so again."""

import shlex
from collections.abc import Callable

from keystone_check.cli.doors import Doors
from keystone_check.cli.options import Options
from keystone_check.clusters import Overrides
from keystone_check.gate import Gate
from keystone_check.model.access import Access
from keystone_check.model.outcome import Diagnosis
from keystone_check.reports.report import Report


def overrides(options: Options) -> Overrides:
    """What the command line says over the configuration."""
    return Overrides(
        context=options.context,
        kubeconfig=options.kubeconfig,
        namespace=options.namespace,
        selector=options.selector,
        profile=options.profile,
        region=options.region,
        budget=options.budget,
        request_timeout=options.request_timeout,
        live=options.live,
        cloudtrail=options.cloudtrail,
        second_opinion=options.second_opinion,
        nix=options.nix,
        host=options.host,
        manifests=options.manifest,
    )


def reporting(options: Options, name: str) -> Callable[[Diagnosis], Report]:
    """What makes a report of a diagnosis of the cluster of this name, as the options say."""
    gate = Gate(options.fail_on, options.exit_zero)
    return lambda diagnosis: Report(name, diagnosis, again(options), gate)


def filing(options: Options, doors: Doors) -> Callable[[bytes], None]:
    """What puts a report into the bucket that `--output` names."""
    access = overrides(options).over(Access("bucket"))
    return lambda content: doors.file(access, options.output, content, options.format)


def again(options: Options) -> str:
    """The command that looks at the same cluster, the same way, with nothing else asked for."""
    said = {
        "--cluster": options.cluster,
        "--context": options.context,
        "--kubeconfig": options.kubeconfig,
        "-n": options.namespace or "",
        "-l": options.selector,
        "--profile": options.profile,
        "--region": options.region,
        "--budget": f"{options.budget:g}" if options.budget else "",
        "--request-timeout": f"{options.request_timeout:g}" if options.request_timeout else "",
        "--nix": options.nix,
        "--only": ",".join(options.only),
        "--skip": ",".join(options.skip),
    }
    words = [word for flag, value in said.items() if value for word in (flag, value)]
    files = [word for folder in options.checks for word in ("--checks", folder)]
    files += [word for file in options.manifest for word in ("--manifest", file)]
    files += [f"--host={options.host}"] * bool(options.host)
    files += [word for file in options.accept for word in ("--accept", file)]
    flags = {
        "-A": options.namespace == "",
        "--live": options.live,
        "--cloudtrail": options.cloudtrail,
        "--second-opinion": options.second_opinion,
    }
    given = [flag for flag, is_given in flags.items() if is_given]
    return shlex.join(["keystone-check", *words, *files, *given])
