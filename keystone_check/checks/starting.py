"""What the checks of API servers share: the exact lines that start them otherwise, and comparing them."""

from collections.abc import Callable, Iterator
from typing import Annotated, TypeVar

from keystone_check.model.facts import Absent, Missing, Subjects
from keystone_check.model.finding import Finding, Repair, Safety, gap, holds, not_applicable
from keystone_check.model.servers import ISSUER, Server

ServerKeys = Annotated[Subjects[Server], "key_set"]
ServerDocuments = Annotated[Subjects[Server], "discovery"]
T = TypeVar("T")


_VERIFY = (
    "after the rebuild: kubectl get --raw /.well-known/openid-configuration names the issuer of each server",
    "keystone-check --fix --wait goes on by itself with the rest when the cluster shows the change",
)
_NEVER = f"never {ISSUER}+=: K3s keeps its default first then, and goes on signing for it"


def restart(title: str, *arguments: str, after: tuple[str, ...] = ()) -> Repair:
    """Start every API server with these arguments; by hand, for they are set on its host."""
    flags = " ".join(f"--kube-apiserver-arg={argument}" for argument in arguments)
    listed = ", ".join(f'"{argument}"' for argument in arguments)
    quoted = " ".join(f'"--kube-apiserver-arg={argument}"' for argument in arguments)
    issuer = next((item.partition("=")[2] for item in arguments if item.startswith(f"{ISSUER}=")), "")
    nix = (
        (f'or, where keystone configures it: keystone.cluster.oidc.issuerUrl = "{issuer}";',)
        if issuer
        else ()
    )
    return Repair(
        title,
        Safety.MANUAL,
        "the API server's arguments are set on its host",
        steps=(
            f"K3s, on every server: k3s server {flags}",
            f"or in /etc/rancher/k3s/config.yaml: kube-apiserver-arg: [{listed}]",
            f"NixOS: services.k3s.extraFlags = [ {quoted} ];",
            *nix,
            "kubeadm: the same arguments in /etc/kubernetes/manifests/kube-apiserver.yaml",
            "restart one server after the other (systemctl restart k3s), then look again",
            *((_NEVER,) if issuer else ()),
            *_VERIFY[0 if issuer else 1 :],
            *after,
        ),
    )


def issuers(title: str, first: str, *former: str) -> Repair:
    """Sign for the first issuer and go on accepting the former ones, until their tokens have run out.

    kubelet takes a new token at 80 % of its life or after a day (pkg/kubelet/token/token_manager.go).
    """
    former = tuple(dict.fromkeys(issuer for issuer in former if issuer != first))
    last = f"drop {' and '.join(former)} when the longest token of it has run out: a day after the restart, "
    order = (
        f"the order matters: {first} comes first and signs, "
        f"{' and '.join(former)} stays behind it so that running tokens stay valid"
    )
    after = (order, f"{last}or a year where tokens are stretched for old clients") if former else ()
    return restart(title, *(f"{ISSUER}={issuer}" for issuer in (first, *former)), after=after)


def compared(
    servers: Subjects[Server],
    read: Callable[[Server], T | Missing],
    judge: Callable[[str, dict[str, T]], Finding],
) -> Iterator[Finding]:
    """One finding an API server: the judge's, who is given what all of them say, or why there is none."""
    if (outside := out_of_reach(servers)) is not None:
        yield outside
        return
    answers = {name: read(it) if isinstance(it, Server) else it for name, it in servers}
    seen = {name: it for name, it in answers.items() if not isinstance(it, Absent | Missing)}
    gaps = {name: it for name, it in answers.items() if isinstance(it, Absent | Missing)}
    for name, fact in gaps.items():
        yield holds(name, fact.because) if isinstance(fact, Absent) else gap(name, fact)
    for name in seen:
        yield judge(name, seen) if len(answers) > 1 and len(seen) > 1 else _alone(name)


def out_of_reach(servers: Subjects[Server]) -> Finding | None:
    """That no API server answers by its own address: whoever asks is outside of their network, no more."""
    gaps = [it for _, it in servers if isinstance(it, Missing)]
    if len(gaps) < len(servers.entries) or any(it.permission for it in gaps):
        return None
    listed = ", ".join(name for name, _ in servers)
    because = f"none of the API servers can be asked by its own address from here ({listed})"
    return not_applicable("", f"{because}; a look from inside their network compares them")


def _alone(name: str) -> Finding:
    return not_applicable(name, "no other API server answered, so there is nothing to compare it with")
