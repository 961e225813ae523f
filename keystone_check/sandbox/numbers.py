"""How many faults, scenarios, variants and installs the embedded cluster has, for who lists the checks."""

from collections.abc import Mapping
from importlib import import_module
from importlib.util import find_spec

COUNTED = (
    ("faults", "keystone_check.sandbox.faults", "FAULTS"),
    ("scenarios", "keystone_check.sandbox.scenarios", "SCENARIOS"),
    ("variants", "keystone_check.sandbox.variants", "VARIANTS"),
    ("installs", "keystone_check.sandbox.catalogue", "OPERATED"),
)


def numbers() -> Mapping[str, int]:
    """How many there are of each; empty where the sandbox's extra is not installed."""
    if find_spec("moto") is None:
        return {}
    found = ((kind, module, name) for kind, module, name in COUNTED if find_spec(module))
    return {kind: len(getattr(import_module(module), name)) for kind, module, name in found}
