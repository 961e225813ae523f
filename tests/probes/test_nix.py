"""Profiles as a real nix evaluates them, right and wrong; and as a file that somebody evaluated before."""

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from keystone_check.model.access import Access
from keystone_check.model.declared import Declared, DeclaredOperator, DeclaredPool, Setting
from keystone_check.probes.limits import Limits
from keystone_check.probes.nix import declared, sentence
from keystone_check.probes.profile import FLAGS
from keystone_check.probes.refusals import ReadError

needs_nix = pytest.mark.skipif(shutil.which("nix") is None, reason="there is no nix here")
LIMITS = Limits(60, 60, float("inf"))
ROLE = "arn:aws:iam::111122223333:role"
CLUSTER = f"""
keystone.cluster = {{
  enable = true;
  oidc = {{ enable = true; issuerUrl = "https://oidc.lab.example"; }};
  operators.karpenter = {{
    enable = true;
    iamRoleArn = "{ROLE}/karpenter";
    defaultNodePool = {{ instanceTypes = [ "m6i.large" ]; capacityTypes = [ "spot" ]; }};
  }};
  operators.ack = {{ enable = true; controllers = [ "s3" "ec2" ]; iamRoleArn = "{ROLE}/ack"; }};
}};
services.k3s.extraFlags = [
  "--kube-apiserver-arg=service-account-issuer=https://oidc.lab.example"
  "--token=K10secret"
];
"""


def flake(folder: Path, config: str, top: str = "", let: str = "", extra: str = "") -> str:
    """A flake with the host `lab` of this config, and how it is named."""
    text = (
        f"{{ {top} outputs = {{ self, ... }}: let {let} in "
        f"{{ nixosConfigurations.lab.config = {{ {config} }}; {extra} }}; }}"
    )
    (folder / "flake.nix").write_text(text)
    return f"path:{folder}#lab"


def refused(given: str, limits: Limits = LIMITS) -> str:
    with pytest.raises(ReadError) as refusal:
        declared(given, limits)
    message = refusal.value.missing("nix").because
    assert "\n" not in message
    assert len(message) < 500
    assert "Traceback" not in message
    return message


@needs_nix
def test_a_profile_is_read_as_it_is_declared_and_nothing_is_written(tmp_path: Path) -> None:
    said = declared(flake(tmp_path, CLUSTER), LIMITS)
    assert said == Declared(
        issuer="https://oidc.lab.example",
        operators={
            "karpenter": DeclaredOperator("karpenter/karpenter", f"{ROLE}/karpenter"),
            "ack-s3": DeclaredOperator("ack-system/ack-s3-controller", f"{ROLE}/ack"),
            "ack-ec2": DeclaredOperator("ack-system/ack-ec2-controller", f"{ROLE}/ack"),
        },
        products=("karpenter", "ack"),
        pools={"default": DeclaredPool(("m6i.large",), ("spot",))},
        settings=(Setting(FLAGS, ("service-account-issuer=https://oidc.lab.example",)),),
    )
    assert [path.name for path in tmp_path.iterdir()] == ["flake.nix"]


@needs_nix
def test_an_input_by_path_is_read_and_no_lock_file_is_written(tmp_path: Path) -> None:
    (tmp_path / "module").mkdir()
    (tmp_path / "module" / "flake.nix").write_text(
        '{ outputs = { self }: { issuer = "https://oidc.input.example"; }; }'
    )
    home = tmp_path / "home"
    home.mkdir()
    (home / "flake.nix").write_text(
        f'{{ inputs.module.url = "path:{tmp_path}/module"; outputs = {{ self, module }}: {{ '
        "nixosConfigurations.lab.config.keystone.cluster = { enable = true; "
        "oidc = { enable = true; issuerUrl = module.issuer; }; }; }; }"
    )
    assert declared(f"path:{home}#lab", LIMITS).issuer == "https://oidc.input.example"
    assert [path.name for path in home.iterdir()] == ["flake.nix"]


RIGHT: Mapping[str, tuple[str, Callable[[Declared], bool]]] = {
    "a cluster that is off declares nothing but flags": (
        CLUSTER.replace("enable = true;\n  oidc", "enable = false;\n  oidc"),
        lambda it: (it.issuer, it.operators, len(it.settings)) == ("", {}, 1),
    ),
    "an issuer that is off is none": (
        CLUSTER.replace("oidc = { enable = true", "oidc = { enable = false"),
        lambda it: it.issuer == "" and "karpenter" in it.operators,
    ),
    "flags may be one string": (
        'services.k3s.extraFlags = "--kube-apiserver-arg service-account-issuer=https://a.example --debug";',
        lambda it: it.settings[0].written == ("service-account-issuer=https://a.example",),
    ),
    "an item may hold several words": (
        'services.k3s.extraFlags = [ "--kube-apiserver-arg service-account-issuer=https://a.example" ];',
        lambda it: it.settings[0].written == ("service-account-issuer=https://a.example",),
    ),
    "what is not asked for may be broken": (
        f'{CLUSTER} services.openssh = throw "not asked for";',
        lambda it: it.issuer == "https://oidc.lab.example",
    ),
    "a namespace without operators declares an issuer": (
        'keystone.cluster = { enable = true; oidc = { enable = true; issuerUrl = "https://a.example"; }; };',
        lambda it: it == Declared(issuer="https://a.example"),
    ),
}


@needs_nix
def test_right_profiles_are_read(tmp_path: Path) -> None:
    for name, (config, fits) in RIGHT.items():
        assert fits(declared(flake(tmp_path, config), LIMITS)), name


KEY = "keystone.cluster"
WRONG = {
    "number for a string": (f"{KEY}.oidc.issuerUrl = 5;", "issuerUrl is a number, and has to be a string"),
    "string for a list": (
        f'{KEY}.operators.ack.controllers = "s3";',
        "controllers is a string, and has to be a list of strings",
    ),
    "number in a list": (
        f"{KEY}.operators.ack.controllers = [ 1 ];",
        "controllers holds a number, and has to be a list of strings",
    ),
    "string for a flag": (f'{KEY}.enable = "yes";', "enable is a string, and has to be true or false"),
    "list for attributes": (f"{KEY} = [ ];", "keystone.cluster is a list, and has to be attributes"),
    "list for attributes further in": (
        f"{KEY}.operators.karpenter.defaultNodePool = [ ];",
        "karpenter.defaultNodePool is a list, and has to be attributes",
    ),
    "flags of another type": ("services.k3s.extraFlags = 5;", "extraFlags is a number"),
    "flags with an open quote": ('services.k3s.extraFlags = "--a \'b";', "cannot be split into words"),
    "a controller that is none": (
        f'{KEY} = {{ enable = true; operators.ack = {{ enable = true; controllers = [ "s33" ]; }}; }};',
        "names 's33', which ACK has not",
    ),
    "no option namespace": ("services.openssh.enable = true;", "has no keystone.cluster and no services.k3s"),
    "a missing attribute": (f"{KEY}.oidc.issuerUrl = self.nope;", "attribute 'nope' missing"),
    "an undefined variable": (f"{KEY}.oidc.issuerUrl = nope;", "undefined variable 'nope'"),
    "a syntax error": (f"{KEY}.oidc.issuerUrl = ;", r"syntax error.*flake\.nix, line 1"),
    "a throw": (f'{KEY}.oidc.issuerUrl = throw "set the issuer";', "set the issuer"),
    "a failed assertion": (f"{KEY} = assert false; {{ }};", "assertion 'false' failed"),
    "a recursion": (f"{KEY} = let x = x; in x;", "infinite recursion encountered"),
    "a recursion by calls": (f"{KEY}.enable = let f = n: 1 + f n; in f 1;", "stack overflow|max-call-depth"),
    "a type error of nix": (f'{KEY}.oidc.issuerUrl = 1 + "a";', "cannot add a string"),
    "a function": (f"{KEY}.oidc.issuerUrl = x: x;", "cannot convert a function to JSON"),
    "an absolute path": (
        f'{KEY}.oidc.issuerUrl = builtins.readFile "/etc/hostname";',
        "reads what is outside of the flake",
    ),
    "an environment that is not pure": (
        f"{KEY}.oidc.issuerUrl = builtins.currentSystem;",
        "attribute 'currentSystem' missing",
    ),
    "an import from derivation": (
        f'{KEY} = import (derivation {{ name = "x"; system = "x86_64-linux"; builder = "/bin/sh"; }});',
        "import from derivation",
    ),
}


@needs_nix
@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_profile_is_one_sentence_that_names_the_mistake(name: str, tmp_path: Path) -> None:
    config, said = WRONG[name]
    given = flake(tmp_path, config)
    message = refused(given)
    assert message.startswith(f"--nix {given}: ")
    assert re.search(said, message), message


@needs_nix
def test_what_is_no_flake_or_no_host_is_said(tmp_path: Path) -> None:
    assert "there is no flake.nix" in refused(f"path:{tmp_path}#lab")
    assert "No such file or directory" in refused(f"path:{tmp_path}/nowhere#lab")
    given = flake(tmp_path, CLUSTER)
    assert "has no host 'labb'; did you mean lab?" in refused(given.replace("#lab", "#labb"))
    (tmp_path / "flake.nix").write_text("{ outputs = { self }: { }; }")
    assert "the flake has no nixosConfigurations" in refused(given)
    (tmp_path / "flake.nix").write_text("{ outputs = { self }: { nixosConfigurations = { }; }; }")
    assert "the flake has no host at all" in refused(given)
    (tmp_path / "flake.nix").write_text("{ outputs = { self }: { nixosConfigurations = 5; }; }")
    assert "the flake has no host at all" in refused(given)
    (tmp_path / "flake.nix").write_text("{ }")
    assert "lacks attribute 'outputs'" in refused(given)
    (tmp_path / "flake.nix").write_text("{ outputs = 1; }")
    assert "expected a function" in refused(given)


@needs_nix
def test_a_host_is_a_name_and_never_an_expression(tmp_path: Path) -> None:
    given = flake(tmp_path, CLUSTER)
    for host in ('${throw "evaluated"}', 'lab"; x', "lab.config", '"'):
        assert "has no host" in refused(f"{given.partition('#')[0]}#{host}")


@needs_nix
def test_a_flakes_own_settings_of_nix_are_not_taken(tmp_path: Path) -> None:
    config = f"{KEY}.oidc.issuerUrl = builtins.currentSystem;"
    given = flake(tmp_path, config, top="nixConfig.pure-eval = false; nixConfig.allow-unsafe = true;")
    assert "attribute 'currentSystem' missing" in refused(given)


@needs_nix
def test_an_evaluation_without_an_end_is_ended_at_the_limit(tmp_path: Path) -> None:
    numbers = "builtins.length (builtins.genList (x: x) 100000)"
    slow = f"builtins.foldl' (a: b: a + {numbers}) 0 (builtins.genList (x: x) 1000000)"
    given = flake(tmp_path, f"{KEY}.oidc.issuerUrl = toString ({slow});")
    limits = Limits.starting_now(_access(0.5))
    assert "nix eval did not end within 0." in refused(given, limits)
    left = subprocess.run(["pgrep", "-f", given.partition("#")[0]], capture_output=True, check=False)
    assert left.stdout == b""


def _access(seconds: float) -> Access:
    return Access(name="none", budget_seconds=seconds)


def test_without_nix_the_sentence_says_what_else_there_is(
    tmp_path: Path,
) -> None:
    assert "no program" in refused_without_nix(tmp_path)


def refused_without_nix(folder: Path) -> str:
    """What a process says on whose PATH there is no nix."""
    code = (
        "from keystone_check.probes.nix import declared\n"
        "from keystone_check.probes.limits import Limits\n"
        "from keystone_check.probes.refusals import ReadError\n"
        "try:\n    declared('.#lab', Limits(5, 5, float('inf')))\n"
        "except ReadError as refusal:\n    print(refusal.message)\n"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code], env={"PATH": str(folder)}, capture_output=True, text=True, check=True
    )
    return ran.stdout


def test_an_evaluated_profile_may_be_given_as_a_file(tmp_path: Path) -> None:
    file = tmp_path / "profile.json"
    file.write_text(json.dumps({"keystone": None, "extraFlags": "--kube-apiserver-arg=anonymous-auth=true"}))
    assert declared(str(file), LIMITS).settings == (Setting(FLAGS, ("anonymous-auth=true",)),)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "the file is no JSON"),
        ("[" * 100_000, "the file is no JSON"),
        ("[]", "it is no evaluated profile"),
        ("{}", "it is no evaluated profile"),
        ('{"keystone": null, "extraFlags": null}', "has no keystone.cluster"),
        ('{"keystone": []}', "keystone.cluster is a list, and has to be attributes"),
        ('{"keystone": {"operators": []}}', "operators is a list, and has to be attributes"),
        ('{"keystone": {"operators": {"ack": 1}}}', "ack is a number, and has to be attributes"),
    ],
)
def test_a_file_that_is_no_profile_is_one_sentence(text: str, said: str, tmp_path: Path) -> None:
    file = tmp_path / "profile.json"
    file.write_text(text)
    assert said in refused(str(file))


def test_a_file_that_is_not_there_is_one_sentence(tmp_path: Path) -> None:
    message = refused(str(tmp_path / "nowhere.json"))
    assert "the file cannot be read: No such file or directory" in message
    assert "--nix FLAKE#HOST" in message


def test_what_nix_says_of_the_error_within_is_what_is_told() -> None:
    newer = (
        "error:\n       … while evaluating the attribute 'x'\n         at /nix/store/"
        f"{'a' * 32}-source/flake.nix:1:2:\n\n       error: attribute 'nope' missing\n"
        f"       at /nix/store/{'b' * 32}-source/hosts/lab.nix:7:9:\n"
    )
    assert sentence(newer) == "nix eval: attribute 'nope' missing (hosts/lab.nix, line 7)"
    assert sentence("") == "nix eval failed and does not say why"
    assert "eyJ" not in sentence("error: eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJ4In0.c2ln")
