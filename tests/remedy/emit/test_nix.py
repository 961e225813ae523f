"""Emitted Nix is a module: balanced, and evaluated where a real nix is at hand."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from keystone_check.model.finding import Repair, Safety
from keystone_check.remedy.emit import emit
from keystone_check.remedy.plan import HeldBack
from keystone_check.sandbox.faults import FAULTS
from tests.remedy.emit.plans import emitted, of_fault

NIX = shutil.which("nix-instantiate")
STRING = r'"(?:[^"\\$]|\\.|\$(?!\{))*"'


def code(text: str) -> str:
    """The text without comments and strings."""
    return re.sub(
        STRING, "", "\n".join(line for line in text.splitlines() if not line.lstrip().startswith("#"))
    )


@pytest.mark.parametrize("name", FAULTS)
def test_the_module_of_every_fault_is_balanced(name: str) -> None:
    said = code(emitted("nix", name))
    assert '"' not in said
    for opening, closing in ("{}", "[]"):
        assert said.count(opening) == said.count(closing)
    assert re.sub(r"\s", "", said) in ("{}", "{services.k3s.extraFlags=[];}")


@pytest.mark.skipif(NIX is None, reason="there is no nix here")
def test_the_modules_of_all_faults_are_evaluated_by_nix(tmp_path: Path) -> None:
    for name in FAULTS:
        (tmp_path / f"{name}.nix").write_text(emitted("nix", name))
    every = tmp_path / "all.nix"
    every.write_text("[ " + " ".join(f"(import ./{name}.nix)" for name in FAULTS) + " ]")
    command = [str(NIX), "--eval", "--strict", "--json", str(every)]
    options = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)
    assert len(options) == len(FAULTS)
    assert {key for one in options for key in one} == {"services"}


def test_the_issuer_that_signs_comes_first_and_the_former_one_stays_until_its_tokens_have_expired() -> None:
    text = emitted("nix", "issuer-is-k3s-default")
    first, second = re.findall(
        r'^    "--kube-apiserver-arg=service-account-issuer=(.*)"$', text, re.MULTILINE
    )
    assert second == "https://kubernetes.default.svc.cluster.local"
    assert f'issuerUrl = "{first}"' in text
    assert "# drop the other issuers when" in text


def test_a_value_that_would_start_an_expression_is_a_string() -> None:
    (held, *_) = of_fault("issuer-is-k3s-default").held_back
    repair = Repair(
        "x", Safety.MANUAL, "y", steps=("--kube-apiserver-arg=service-account-issuer=https://${a}",)
    )
    text = emit("nix", (), (HeldBack(held.outcome, repair, ""),))
    assert '"--kube-apiserver-arg=service-account-issuer=https://\\${a}"' in text
