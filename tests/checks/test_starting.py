"""Comparing API servers, and the lines that start them otherwise."""

from keystone_check.checks import starting
from keystone_check.model.facts import Absent, Missing, Subjects
from keystone_check.model.finding import Finding, Safety, Status, holds
from keystone_check.model.servers import Server

SERVER = Server(Missing("discovery", "no"), Missing("key_set", "no"))
GAP = Missing("10.0.0.6:6443", "down")


def compared(*entries: tuple[str, Server | Absent | Missing]) -> list[tuple[Status, str]]:
    def judged(name: str, seen: dict[str, str]) -> Finding:
        return holds(name)

    found = starting.compared(Subjects(entries), lambda server: "said", judged)
    return [(it.status, it.subject) for it in found]


def test_one_server_is_like_itself_and_two_are_compared() -> None:
    assert compared(("a", Absent("a", "the only one"))) == [(Status.HOLDS, "a")]
    assert compared(("a", SERVER), ("b", SERVER)) == [(Status.HOLDS, "a"), (Status.HOLDS, "b")]


def test_a_server_beside_which_no_other_answered_is_compared_with_nothing() -> None:
    assert compared(("a", SERVER), ("b", GAP)) == [(Status.BLOCKED, "b"), (Status.NOT_APPLICABLE, "a")]


def test_where_none_answers_nobody_is_to_blame_unless_a_right_is_missing() -> None:
    assert compared(("a", GAP), ("b", GAP)) == [(Status.NOT_APPLICABLE, "")]
    refused = Missing("b", "403", "get /openid/v1/jwks")
    assert compared(("a", GAP), ("b", refused)) == [(Status.BLOCKED, "a"), (Status.BLOCKED, "b")]


def test_the_new_issuer_stands_first_in_every_form_of_the_arguments() -> None:
    repair = starting.issuers("t", "https://new", "https://old", "https://new")
    new, old = (f"service-account-issuer=https://{name}" for name in ("new", "old"))
    flags = f"--kube-apiserver-arg={new} --kube-apiserver-arg={old}"
    assert repair.safety is Safety.MANUAL
    assert repair.steps[0] == f"K3s, on every server: k3s server {flags}"
    assert f'kube-apiserver-arg: ["{new}", "{old}"]' in repair.steps[1]
    assert 'keystone.cluster.oidc.issuerUrl = "https://new";' in " ".join(repair.steps)
    assert repair.steps[-1].startswith("drop https://old when the longest token of it has run out")
