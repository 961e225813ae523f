"""A profile's options as values, each of the type that the option has."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from keystone_check.knowledge.store import controllers
from keystone_check.model.declared import Declared, DeclaredOperator, DeclaredPool, Setting
from keystone_check.model.operators import KARPENTER
from keystone_check.probes.arguments import after, kept
from keystone_check.probes.refusals import ReadError

ROOT = "keystone.cluster"
FLAGS = "services.k3s.extraFlags"
DEFAULT_POOL = "default"
"""What the NodePool of `defaultNodePool` is called in the cluster."""
_KARPENTERS = "karpenter/karpenter"
"""The service account of Karpenter, which the options do not name."""


class Options:
    """Options by name; a value of another type than the option has is a ReadError that names both."""

    def __init__(self, held: Mapping[str, Any], path: str, where: str) -> None:
        self._held, self._path, self._where = held, path, where

    def under(self, name: str) -> Options:
        """The options below this one; none where it is not there."""
        found = self._of(name, dict, "attributes")
        return Options(found or {}, f"{self._path}.{name}", self._where)

    def text(self, name: str) -> str:
        """A string; empty where it is not there."""
        found: str = self._of(name, str, "a string") or ""
        return found

    def flag(self, name: str) -> bool:
        """Whether it is true; what is not there is not."""
        return bool(self._of(name, bool, "true or false"))

    def texts(self, name: str) -> tuple[str, ...]:
        """A list of strings; empty where it is not there."""
        found = self._of(name, list, "a list of strings") or []
        for item in found:
            if not isinstance(item, str):
                raise self._wrong(name, item, "a list of strings", "holds")
        return tuple(found)

    def _of(self, name: str, kind: type, called: str) -> Any:
        found = self._held.get(name)
        if found is not None and not isinstance(found, kind):
            raise self._wrong(name, found, called, "is")
        return found

    def _wrong(self, name: str, value: object, called: str, verb: str) -> ReadError:
        said = {dict: "attributes", list: "a list", bool: "true or false", int: "a number", str: "a string"}
        kind = said.get(type(value), "null" if value is None else "a number")
        return ReadError(f"{self._where}: {self._path}.{name} {verb} {kind}, and has to be {called}")


def profile(said: Any, where: str) -> Declared:
    """What the evaluated options declare."""
    if not isinstance(said, dict) or not {"keystone", "extraFlags"} & said.keys():
        raise ReadError(f"{where}: it is no evaluated profile: it has neither keystone nor extraFlags")
    words = _words(said.get("extraFlags"), where)
    if said.get("keystone") is None and not words:
        raise ReadError(f"{where}: the host has no {ROOT} and no {FLAGS}", "import Keystone's module there")
    cluster = Options({"cluster": said.get("keystone")}, "keystone", where).under("cluster")
    oidc, on = cluster.under("oidc"), cluster.flag("enable")
    issuer = oidc.text("issuerUrl")
    operators = cluster.under("operators")
    karpenter, ack = operators.under("karpenter"), operators.under("ack")
    found, pools = dict((*_karpenter(karpenter), *_controllers(ack, where))), _pools(karpenter)
    return Declared(
        issuer=issuer if on and oidc.flag("enable") else "",
        operators=found if on else {},
        products=tuple(_products(said)) if on else (),
        pools=pools if on else {},
        settings=(Setting(FLAGS, kept(after(words, "--kube-apiserver-arg"))),) if words else (),
        cluster_domain=(*after(words, "--cluster-domain"), "cluster.local")[0],
    )


def _products(said: Mapping[str, Any]) -> Iterator[str]:
    """Those that the profile has options of, on or off."""
    operators = (said.get("keystone") or {}).get("operators") or {}
    for product in (KARPENTER, "ack"):
        if (operators.get(product) or {}).get("enable") is not None:
            yield product


def _karpenter(options: Options) -> Iterator[tuple[str, DeclaredOperator]]:
    role_arn = options.text("iamRoleArn")
    if options.flag("enable"):
        yield KARPENTER, DeclaredOperator(_KARPENTERS, role_arn)


def _pools(options: Options) -> Mapping[str, DeclaredPool]:
    asked = options.under("defaultNodePool")
    pool = DeclaredPool(asked.texts("instanceTypes"), asked.texts("capacityTypes"))
    return {DEFAULT_POOL: pool} if options.flag("enable") and pool.requirements else {}


def _controllers(options: Options, where: str) -> Iterator[tuple[str, DeclaredOperator]]:
    services, role_arn = options.texts("controllers"), options.text("iamRoleArn")
    for service in services if options.flag("enable") else ():
        name = service.removeprefix("ack-").removesuffix("-controller")
        told = controllers().get(name)
        if told is None:
            raise ReadError(f"{where}: {ROOT}.operators.ack.controllers names {service!r}, which ACK has not")
        yield f"ack-{name}", DeclaredOperator(f"{told['namespace']}/{told['service_account']}", role_arn)


def _words(flags: Any, where: str) -> tuple[str, ...]:
    """K3s's command line: a list of flags, or one string of them."""
    try:
        text = flags if isinstance(flags, str) else " ".join(_listed(flags, where))
        return options_apart(shlex.split(text))
    except ValueError as error:
        raise ReadError(f"{where}: {FLAGS} cannot be split into words: {error}") from error


def _listed(flags: Any, where: str) -> Sequence[str]:
    """NixOS writes the list as one line into the unit, so that each item may hold several words."""
    if flags is None:
        return ()
    return Options({"extraFlags": flags}, "services.k3s", where).texts("extraFlags")


def options_apart(words: Sequence[str]) -> tuple[str, ...]:
    """The words with `--option=value` as two, as K3s notes them on its node."""
    return tuple(part for word in words for part in _parts(word))


def _parts(word: str) -> tuple[str, ...]:
    name, equals, value = word.partition("=")
    return (name, value) if equals and name.startswith("--") else (word,)
