"""The options, as what reaches a cluster and as the command that would do so again."""

import shlex

from keystone_check.cli.arguments import Options
from keystone_check.clusters import Overrides


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
    )


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
        "--only": ",".join(options.only),
        "--skip": ",".join(options.skip),
    }
    words = [word for flag, value in said.items() if value for word in (flag, value)]
    return shlex.join(["keystone-check", *words, *(["-A"] if options.namespace == "" else [])])
