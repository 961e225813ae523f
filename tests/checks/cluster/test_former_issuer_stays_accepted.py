"""Several issuers in a migration: the new one first, the former one accepted by all."""

from keystone_check.model.facts import Missing, Subjects
from keystone_check.model.finding import Status
from keystone_check.model.servers import ServerArguments
from tests.checks.judging import told

NEW, OLD = "service-account-issuer=https://new.example.org", "service-account-issuer=https://old.example.org"
CHECK = "former_issuer_stays_accepted"


def servers(*written: tuple[str, ...]) -> Subjects[ServerArguments]:
    return Subjects(
        tuple(
            (f"node {number}", ServerArguments("kube-apiserver", "static pod", each))
            for number, each in enumerate(written)
        )
    )


def test_new_first_and_old_second_on_every_server_is_a_migration_that_holds() -> None:
    found = told(CHECK, server_arguments=servers((NEW, OLD), (NEW, OLD)))
    assert set(found.values()) == {(Status.HOLDS, "")}


def test_a_server_that_was_not_restarted_yet_is_fine_as_long_as_each_accepts_both() -> None:
    found = told(CHECK, server_arguments=servers((NEW, OLD), (OLD, NEW)))
    assert set(found.values()) == {(Status.HOLDS, "")}


def test_a_server_that_knows_one_of_them_only_is_named_with_what_it_lacks() -> None:
    found = told(CHECK, server_arguments=servers((NEW, OLD), (NEW,)))
    said = "it does not accept the issuer https://old.example.org, which another API server accepts"
    assert found["node 1"] == (Status.BROKEN, said)
    assert found["node 0"] == (Status.HOLDS, "")


def test_dropping_the_default_of_k3s_is_information() -> None:
    arguments = ServerArguments("k3s", "annotation k3s.io/node-args", (NEW,))
    found = told(CHECK, server_arguments=Subjects((("node 0", arguments), ("node 1", Missing("x", "no")))))
    status, said = found["node 0"]
    assert status is Status.HOLDS
    assert "does not accept tokens of https://kubernetes.default.svc.cluster.local any more" in said
    assert found["node 1"] == (Status.BLOCKED, "no")
