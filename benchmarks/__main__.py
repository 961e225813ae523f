"""`python -m benchmarks [NAME …]`: measure what is promised; ends with 1 when a promise is broken.

`--promises` lists the promises without measuring.
"""

import sys
from collections.abc import Sequence
from importlib import import_module
from types import ModuleType

NAMES = ("help", "law", "operators", "sandbox", "cost", "fleet", "snapshots", "upgrades", "install")
LIMITS = {"bent_policies": (100_000, 0), "damaged_tokens": (100_000,)}
"""Those with a limit for every single answer, by what each is called with; they tell it themselves."""


def main(arguments: Sequence[str]) -> int:
    """Run the named ones, or all."""
    if list(arguments) == ["--promises"]:
        return _promises()
    unknown = [name for name in arguments if name not in (*NAMES, *LIMITS)]
    if unknown:
        print(f"there is no benchmark {unknown[0]!r}; there are {', '.join((*NAMES, *LIMITS))}")
        return 2
    broken = [name for name in arguments or (*NAMES, *LIMITS) if not _kept(name)]
    print(f"\nbroken: {', '.join(broken)}" if broken else "\nall promises are kept")
    return 1 if broken else 0


def _kept(name: str) -> bool:
    module = _module(name)
    print(f"\n{name}: {_title(module)}")
    if name in LIMITS:
        return module.main(*LIMITS[name]) == 0
    kept = True
    for figure in module.figures():
        print(f"  {figure}", flush=True)
        kept = kept and not figure.broken
    return kept


def _promises() -> int:
    print("| benchmark | what | promise |\n|---|---|---|")
    for name in NAMES:
        for promise in _module(name).PROMISES:
            print(f"| {name} | {promise.what} | {promise} |")
    for name in LIMITS:
        print(f"| {name} | {_title(_module(name))} | at most {_module(name).LIMIT * 1000:g} ms |")
    return 0


def _module(name: str) -> ModuleType:
    return import_module(f"benchmarks.{name}")


def _title(module: ModuleType) -> str:
    return (module.__doc__ or "").partition("\n")[0]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
