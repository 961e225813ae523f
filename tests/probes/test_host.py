"""A server's own files are put together as K3s does it."""

from pathlib import Path

import pytest

from keystone_check.model.declared import Declared
from keystone_check.probes.host import declared
from keystone_check.probes.refusals import ReadError

CONFIG = "etc/rancher/k3s/config.yaml"
UNIT = "etc/systemd/system/k3s.service"
NEW, OLD = "https://oidc.new.example", "https://kubernetes.default.svc.cluster.local"
ISSUER = "service-account-issuer"


def host(root: Path, files: dict[str, str]) -> Declared:
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    return declared(str(root))


ARGUMENT = f"kube-apiserver-arg: [{ISSUER}={NEW}]\n"
UNITS = f"[Service]\nExecStart=/bin/k3s \\\n    server \\\n  '--kube-apiserver-arg={ISSUER}={NEW}'\n"
MERGED = {
    "one file": ({CONFIG: ARGUMENT}, (NEW,)),
    "a value that is no list": ({CONFIG: f"kube-apiserver-arg: {ISSUER}={NEW}\n"}, (NEW,)),
    "new and then old": (
        {CONFIG: f"kube-apiserver-arg:\n- {ISSUER}={NEW}\n- {ISSUER}={OLD}\n"},
        (NEW, OLD),
    ),
    "appended to the default": ({CONFIG: f"kube-apiserver-arg: ['{ISSUER}+={NEW}']\n"}, (OLD, NEW)),
    "put before the default": ({CONFIG: f"kube-apiserver-arg: ['{ISSUER}-={NEW}']\n"}, (NEW, OLD)),
    "a later file stands in": (
        {CONFIG: ARGUMENT, f"{CONFIG}.d/50-audit.yaml": "kube-apiserver-arg: [audit-log-path=/x]\n"},
        (OLD,),
    ),
    "a later file adds": (
        {CONFIG: ARGUMENT, f"{CONFIG}.d/50-audit.yaml": "kube-apiserver-arg+: [audit-log-path=/x]\n"},
        (NEW,),
    ),
    "files in the order of their names": (
        {
            f"{CONFIG}.d/20-b.yml": f"kube-apiserver-arg: [{ISSUER}={NEW}]\n",
            f"{CONFIG}.d/10-a.yaml": "kube-apiserver-arg: [audit-log-path=/x]\n",
        },
        (NEW,),
    ),
    "what is no YAML file is not read": ({CONFIG: ARGUMENT, f"{CONFIG}.d/50-x.bak": "kube: {"}, (NEW,)),
    "a key that is taken back": (
        {CONFIG: ARGUMENT, f"{CONFIG}.d/50-x.yaml": "kube-apiserver-arg: []\n"},
        (OLD,),
    ),
    "the unit alone": ({UNIT: UNITS}, (NEW,)),
    "files and then the unit": (
        {CONFIG: f"kube-apiserver-arg: [{ISSUER}=https://first.example]\n", UNIT: UNITS},
        ("https://first.example", NEW),
    ),
    "a drop-in of the unit": (
        {
            UNIT: "[Service]\nExecStart=/usr/local/bin/k3s server\n",
            f"{UNIT}.d/override.conf": f"[Service]\nExecStart=\nExecStart=/bin/k3s server "
            f"--kube-apiserver-arg {ISSUER}={NEW}\n",
        },
        (NEW,),
    ),
    "a configuration elsewhere, by a flag": (
        {UNIT: "ExecStart=/bin/k3s server --config /opt/k3s.yaml\n", "opt/k3s.yaml": ARGUMENT},
        (NEW,),
    ),
    "a configuration elsewhere, by the environment": (
        {
            UNIT: "EnvironmentFile=-/etc/systemd/system/k3s.service.env\nExecStart=/bin/k3s server\n",
            "etc/systemd/system/k3s.service.env": "K3S_TOKEN='K10secret'\nK3S_CONFIG_FILE='/opt/k3s.yaml'\n",
            "opt/k3s.yaml": ARGUMENT,
        },
        (NEW,),
    ),
    "a domain of its own": (
        {CONFIG: f"cluster-domain: lab.local\nkube-apiserver-arg: ['{ISSUER}+={NEW}']\n"},
        ("https://kubernetes.default.svc.lab.local", NEW),
    ),
}


@pytest.mark.parametrize("name", MERGED)
def test_issuers_are_those_that_k3s_would_give(name: str, tmp_path: Path) -> None:
    files, issuers = MERGED[name]
    assert host(tmp_path, files).arguments.issuers == issuers


def test_nothing_but_what_concerns_the_chain_is_kept(tmp_path: Path) -> None:
    text = "token: K10secret\nkube-apiserver-arg: [etcd-password=K10secret, anonymous-auth=false]\n"
    said = host(tmp_path, {CONFIG: text, UNIT: "ExecStart=/bin/k3s server --token K10secret\n"})
    assert said.settings[0].written == ("anonymous-auth=false",)
    assert "K10secret" not in repr(said)


WRONG = {
    "nothing there": ({}, "there is no K3s under"),
    "an agent": ({UNIT: "ExecStart=/bin/k3s agent\n"}, "starts an agent, which has no API server"),
    "no YAML": ({CONFIG: "a: b: K10secret\n"}, "config.yaml is no YAML (line 1)"),
    "a list": ({CONFIG: "- a\n"}, "config.yaml is no mapping of options"),
    "two documents": ({CONFIG: "a: 1\n---\nb: 2\n"}, "config.yaml is no mapping of options"),
    "an open quote": ({UNIT: "ExecStart=/bin/k3s server 'K10secret\n"}, "cannot be split into words"),
    "no text": ({CONFIG: "\udcff"}, "it is no text"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_cannot_be_read_is_one_sentence_without_the_file_in_it(name: str, tmp_path: Path) -> None:
    files, said = WRONG[name]
    for file, text in files.items():
        (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / file).write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.raises(ReadError) as refusal:
        declared(str(tmp_path))
    assert said in refusal.value.message
    assert "K10secret" not in refusal.value.message
