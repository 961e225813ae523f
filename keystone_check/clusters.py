"""A cluster by its name: one of the configuration file, a kube context, or the embedded sandbox.

Command line and pytest plugin open clusters through this door. It is light: what reads YAML, and the
sandbox with all it needs, is imported where a name asks for it.
"""

import os
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from keystone_check.configuration import RESERVED, Configuration, find
from keystone_check.errors import KeystoneError, UsageError
from keystone_check.kubeconfig import Kubeconfig, read
from keystone_check.model.access import Access
from keystone_check.near import did_you_mean, nearest

SNAPSHOT = "snapshot:"
NONE = "none"
"""There is no cluster: what is declared is judged alone."""


@dataclass(frozen=True, slots=True)
class Overrides:
    """What the command line says over the configuration. None and empty strings override nothing."""

    context: str = ""
    kubeconfig: str = ""
    namespace: str | None = None
    """An empty string means all namespaces."""
    selector: str = ""
    profile: str = ""
    region: str = ""
    budget: float | None = None
    request_timeout: float | None = None
    live: bool = False
    cloudtrail: bool = False
    second_opinion: bool = False
    nix: str = ""
    host: str = ""
    manifests: tuple[str, ...] = ()

    def over(self, access: Access) -> Access:
        """The same access, with what is said here in place of what it had."""
        return replace(
            access,
            context=self.context or access.context,
            kubeconfig=self.kubeconfig or access.kubeconfig,
            namespace=access.namespace if self.namespace is None else self.namespace,
            selector=self.selector or access.selector,
            profile=self.profile or access.profile,
            region=self.region or access.region,
            budget_seconds=self.budget or access.budget_seconds,
            request_seconds=self.request_timeout or access.request_seconds,
            live=self.live or access.live,
            cloudtrail=self.cloudtrail or access.cloudtrail,
            second_opinion=self.second_opinion or access.second_opinion,
            nix=self.nix or access.nix,
            host=self.host or access.host,
            manifests=self.manifests or access.manifests,
        )


@dataclass(frozen=True, slots=True)
class Names:
    """All that can be named."""

    configured: tuple[str, ...]
    contexts: tuple[str, ...]
    sandbox: tuple[str, ...]

    def all(self) -> tuple[str, ...]:
        """Every name, each once."""
        return tuple(dict.fromkeys((*self.configured, *self.contexts, *self.sandbox)))


@contextmanager
def open_cluster(
    name: str = "",
    overrides: Overrides | None = None,
    folder: Path | None = None,
    environ: Mapping[str, str] = os.environ,
    clock: Callable[[], float] = time.time,
) -> Iterator[Access]:
    """Reach the cluster of this name while the block runs; nothing of it is left behind afterwards.

    Without a name: the only configured cluster, else the context that the overrides or the kubeconfig
    name, else the cluster that this process runs in. A name that means nothing is a UsageError that
    suggests near ones.
    """
    said = overrides or Overrides()
    if name.startswith(SNAPSHOT):
        yield _file(name, said, folder or Path.cwd())
    elif name == NONE:
        yield _without(said)
    elif name == RESERVED or name.startswith(f"{RESERVED}:"):
        with _sandbox(name, said, clock) as access:
            yield said.over(access)
    else:
        yield _resolve(name, said, find(folder or Path.cwd()), environ)


def _without(said: Overrides) -> Access:
    if not (said.nix or said.host or said.manifests):
        raise UsageError(
            "without a cluster there is nothing to judge but what is declared",
            "name a profile (--nix 'FLAKE#HOST'), a server's files (--host) or manifests (--manifest FILE)",
        )
    return said.over(Access(name=NONE, without_cluster=True))


def names(folder: Path | None = None, environ: Mapping[str, str] = os.environ) -> Names:
    """All that can be named from this folder; an unreadable kubeconfig names nothing."""
    try:
        contexts = read("", environ).contexts
    except KeystoneError:
        contexts = ()
    return Names(tuple(find(folder or Path.cwd()).clusters), contexts, sandbox_names())


def sandbox_names() -> tuple[str, ...]:
    """`sandbox`, and `sandbox:NAME` for every fault, incident and variant where the extra is installed."""
    try:
        from keystone_check.sandbox.catalogue import NAMES
    except ModuleNotFoundError as error:
        if error is not_installed(error):
            raise
        return (RESERVED,)
    return (RESERVED, *(f"{RESERVED}:{name}" for name in NAMES))


def _resolve(name: str, said: Overrides, configuration: Configuration, environ: Mapping[str, str]) -> Access:
    if not name:
        return _unnamed(said, configuration, environ)
    if name in configuration.clusters:
        return said.over(configuration.clusters[name].access(name))
    if said.context:
        raise UsageError(
            f"{name} is no configured cluster, so --context {said.context} cannot be its context",
            "give the context alone, or the name alone",
        )
    found = read(said.kubeconfig, environ)
    if name in found.contexts:
        return said.over(Access(name=name, context=name))
    known = (*configuration.clusters, *found.contexts, RESERVED)
    raise UsageError(
        f"there is no cluster or context {name!r} ({_looked(configuration, found)})",
        # Of the sandbox's faults only what is near: there are dozens, and few are meant.
        nearest(name, (*known, *(it for it in sandbox_names() if ":" in name))) or did_you_mean(name, known),
    )


def _looked(configuration: Configuration, found: Kubeconfig) -> str:
    files = [str(configuration.path)] if configuration.path else ["no configuration file"]
    return f"looked in {', '.join([*files, *(found.files or ('no kubeconfig',))])}"


def _unnamed(said: Overrides, configuration: Configuration, environ: Mapping[str, str]) -> Access:
    if not said.context and len(configuration.clusters) == 1:
        ((name, only),) = configuration.clusters.items()
        return said.over(only.access(name))
    if not said.context and configuration.clusters:
        raise UsageError(
            f"{configuration.path} describes {len(configuration.clusters)} clusters",
            f"name one: --cluster {' or '.join(configuration.clusters)}",
        )
    found = read(said.kubeconfig, environ)
    if said.context and said.context not in found.contexts:
        raise UsageError(
            f"there is no context {said.context!r} ({_looked(configuration, found)})",
            did_you_mean(said.context, found.contexts),
        )
    context = said.context or found.current
    if context:
        return said.over(Access(name=context, context=context))
    if "KUBERNETES_SERVICE_HOST" in environ:
        return said.over(Access(name="in-cluster"))
    raise _nothing_named(found)


def _nothing_named(found: Kubeconfig) -> UsageError:
    where = f"{', '.join(found.files)} sets no current context" if found.files else "there is no kubeconfig"
    return UsageError(
        f"no cluster was named and {where}",
        "name a kube context with --context, or try the embedded cluster: keystone-check --cluster sandbox",
    )


def _file(name: str, said: Overrides, folder: Path) -> Access:
    """A snapshot by its file's name; there is nothing to be reached otherwise."""
    if said != Overrides():
        raise UsageError(f"{name} is a file, and nothing says otherwise how it is reached", _ALONE)
    return Access(name=name, snapshot=str(folder / name.removeprefix(SNAPSHOT)))


_ALONE = "leave --context, --namespace, --profile, --region, --live and the like out: they go with a look"


@contextmanager
def _sandbox(name: str, said: Overrides, clock: Callable[[], float]) -> Iterator[Access]:
    for option in ("context", "kubeconfig", "profile", "region"):
        if getattr(said, option):
            raise UsageError(f"--{option} does not go with the embedded cluster", f"leave --{option} out")
    try:
        from keystone_check.sandbox import catalogue
        from keystone_check.sandbox.serve import serve
    except ModuleNotFoundError as error:
        raise not_installed(error) from error
    wanted = name.partition(":")[2]
    if name != RESERVED and wanted not in catalogue.NAMES:
        raise UsageError(
            f"the embedded cluster has no fault, incident or variant {wanted!r}",
            did_you_mean(name, sandbox_names()),
        )
    ground, world = catalogue.stage(wanted, int(clock()))
    with serve(world, ground) as serving:
        yield replace(serving.access, name=name)


def not_installed(error: ModuleNotFoundError) -> Exception:
    """What to raise for a module of the sandbox that is missing: a UsageError, or the error itself.

    Only what the extra brings is the user's to install; anything else that is missing is a bug.
    """
    if (error.name or "").partition(".")[0] == "keystone_check":
        return error
    return UsageError(
        f"the embedded cluster needs {error.name}, which is not installed",
        "pip install 'keystone-check[sandbox]'",
    )
