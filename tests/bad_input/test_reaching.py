"""Cluster, AWS or issuer are out of reach or refuse: a reason with a next step, and the rest is judged."""

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from keystone_check.checks import load
from keystone_check.model.access import Access, StaticCredentials
from keystone_check.model.chain import OPTIONAL
from keystone_check.model.facts import Missing
from keystone_check.model.secret import Secret
from keystone_check.probes.readers import READERS
from keystone_check.probes.rights import ASKS, AwsAsk, KubeAsk
from keystone_check.sandbox.serve import Serving
from tests.bad_input.looking import closed_port, command, configured, judged, look, served

ALL = [check for check in load() if check.link not in OPTIONAL]
"""Of operators there is none here."""
EXACT = {check.id for check in ALL if not check.tolerates}
"""Those that cannot be judged where one of their facts is missing."""


OF_CHAINS = {check.id for check in ALL if "chains" in check.needs}
"""Chains are a fact by host, of which one may be missing: these are then blocked for that host."""


def without(source: str, *seen: str) -> set[str]:
    """The checks that need nothing of this source; these facts of it are there all the same."""
    blind = {name for name, reader in READERS.items() if reader.source == source and name not in seen}
    return {check.id for check in ALL if not blind & required(set(check.needs) - check.tolerates)}


def required(names: set[str]) -> set[str]:
    """These facts, and those that they cannot be read without."""
    found, waiting = set[str](), names & READERS.keys()
    while waiting:
        name = waiting.pop()
        found.add(name)
        waiting |= set(READERS[name].after) - READERS[name].despite - found
    return found


NEXT = ("check ", "look for ", "set ", "sign in", "name ")


def unseen(access: Access) -> Sequence[str]:
    """The reasons for what could not be seen, each once; nothing is broken, and the exit code says so."""
    found = judged(access)
    assert found.code == 3
    assert "broken" not in set().union(*found.statuses.values())
    reasons = tuple(dict.fromkeys(found.messages))
    assert all(any(step in reason.partition("; ")[2] for step in NEXT) for reason in reasons)
    return reasons


def test_credentials_that_aws_does_not_know(serving: Serving) -> None:
    strange = StaticCredentials(Secret("AKIANOBODYKNOWSTHIS0"), Secret("x" * 40))
    access = replace(serving.access, aws_credentials=strange)
    found = judged(access)
    said = "InvalidClientTokenId: The security token included in the request is invalid.; "
    hint = "AWS does not know these credentials: check the profile"
    assert unseen(access)[0] == f"sts:GetCallerIdentity: {said}{hint}"
    assert found.checks("holds") & EXACT == without("AWS") & EXACT


@pytest.mark.parametrize(
    ("settings", "environ", "said"),
    [
        ({"profile": "nope"}, {}, "The config profile (nope) could not be found; check --profile"),
        ({}, {}, "no AWS credentials were found; set AWS_PROFILE"),
        ({}, {"AWS_PROFILE": "nope"}, "The config profile (nope) could not be found; check --profile"),
    ],
)
def test_no_credentials(
    serving: Serving, tmp_path: Path, settings: dict[str, str], environ: dict[str, str], said: str
) -> None:
    ran = command(tmp_path, *configured(serving, tmp_path, **settings), "--format=json", environ=environ)
    assert ran.code == 3
    report = json.loads(ran.out)
    assert said in report["caller"]["missing"]
    holding = {each["check"] for each in report["outcomes"] if each["status"] == "holds"}
    # A configuration with connect_to resolves no name.
    assert holding & EXACT == (without("AWS") & EXACT) - {"issuer_host_is_publicly_routable"}


def test_nobody_listens_where_aws_should_be(serving: Serving) -> None:
    address = f"http://127.0.0.1:{closed_port()}"
    reason = unseen(replace(serving.access, aws_endpoint=address))[0]
    assert reason.startswith("sts:GetCallerIdentity: ")
    assert address in reason


def test_aws_that_never_answers_is_a_timeout_with_limit_and_address(serving: Serving, hole: int) -> None:
    access = replace(serving.access, aws_endpoint=f"http://127.0.0.1:{hole}", request_seconds=0.2)
    reason = next(each for each in unseen(access) if each.startswith("sts:GetCallerIdentity: "))
    assert "no answer within 0.2 s: " in reason
    assert f"http://127.0.0.1:{hole}" in reason


def at(access: Access, port: int) -> Access:
    """The same, with the issuer's hosts at another port of this machine."""
    return replace(access, connect_to=tuple((host, f"127.0.0.1:{port}") for host, _ in access.connect_to))


def test_nobody_listens_where_the_issuer_should_be(serving: Serving) -> None:
    access = at(serving.access, closed_port())
    reasons = unseen(access)
    said = f"GET {address(serving)}: no connection: Connection refused"
    assert any(said in reason for reason in reasons)
    assert (
        judged(access).checks("holds") & EXACT - OF_CHAINS
        == without("web", "addresses", "chains") & EXACT - OF_CHAINS
    )


def test_an_issuer_that_never_answers_is_a_timeout_with_limit_and_address(
    serving: Serving, hole: int
) -> None:
    known = replace(serving.access.expected, issuer=issuer(serving))  # no slow cluster hides the timeout
    reasons = unseen(replace(at(serving.access, hole), expected=known, request_seconds=0.2))
    assert any(f"GET {address(serving)}: no answer within 0.2 s" in reason for reason in reasons)


def cluster_at(serving: Serving, folder: Path, edit: Callable[[str], str]) -> Access:
    """The same with a kubeconfig that was edited."""
    text = Path(serving.access.kubeconfig).read_text()
    edited = edit(text)
    assert edited != text
    (folder / "kubeconfig").write_text(edited)
    return replace(serving.access, kubeconfig=str(folder / "kubeconfig"))


def server(serving: Serving) -> str:
    found = json.loads(Path(serving.access.kubeconfig).read_text())["clusters"][0]["cluster"]["server"]
    assert isinstance(found, str)
    return found


def test_a_cluster_that_is_not_there_is_one_reason_for_all_and_aws_is_asked_all_the_same(
    serving: Serving, tmp_path: Path
) -> None:
    nowhere = f"https://127.0.0.1:{closed_port()}"
    access = cluster_at(serving, tmp_path, lambda text: text.replace(server(serving), nowhere))
    assert unseen(access)[0] == (
        f"the cluster at {nowhere} cannot be reached: connection refused; "
        "check the address, the network (VPN?) and that the API server runs"
    )
    # AWS's clock can still be compared with ours, and its buckets with its providers.
    holding = {check for check, found in judged(access).statuses.items() if "holds" in found}
    assert holding == without("cluster", "listed", "clocks")
    assert "aws caller arn:aws:iam::" in look(access).out


def test_with_a_configured_issuer_what_needs_no_cluster_is_judged_without_it(
    serving: Serving, tmp_path: Path
) -> None:
    nowhere = f"https://127.0.0.1:{closed_port()}"
    access = cluster_at(serving, tmp_path, lambda text: text.replace(server(serving), nowhere))
    known = replace(access.expected, issuer=issuer(serving))
    found = judged(replace(access, expected=known))
    assert found.code == 3
    assert found.checks("holds") >= {
        "issuer_is_accepted_by_aws",
        "discovery_document_is_public",
        "policy_opens_exactly_the_documents",
        "public_access_block_permits_the_policy",
    }


def test_a_cluster_that_never_answers_is_a_timeout_with_limit_and_address(
    serving: Serving, tmp_path: Path, hole: int
) -> None:
    silent = f"https://127.0.0.1:{hole}"
    access = cluster_at(serving, tmp_path, lambda text: text.replace(server(serving), silent))
    for reason in unseen(replace(access, request_seconds=0.2)):
        assert f"{silent} gave no answer within 0.2 s" in reason


def test_a_cluster_that_does_not_know_us_is_one_reason(serving: Serving, tmp_path: Path) -> None:
    access = cluster_at(serving, tmp_path, lambda text: text.replace('"token": "', '"token": "x'))
    (reason,) = {each.removeprefix("nobody can tell what STS would say: ") for each in unseen(access)}
    assert reason.startswith("the API server does not accept our credentials: 401")
    assert "sign in to the cluster again" in reason


KUBE = tuple(ask.permission for ask in ASKS if isinstance(ask, KubeAsk))
AWS = tuple(ask.action for ask in ASKS if isinstance(ask, AwsAsk) and ask.action)


def test_a_cluster_that_refuses_everything_names_the_rights_that_would_do() -> None:
    with served(denied=KUBE) as serving:
        found = judged(serving.access)
        shown = look(serving.access, "--cluster", "here").out
    assert found.code == 3
    assert found.checks("holds") == without("cluster", "listed", "clocks")
    assert "needs list serviceaccounts" in shown
    assert "needs get /.well-known/openid-configuration" in shown
    assert shown.endswith("next: keystone-check --cluster here --permissions")


def test_an_account_that_refuses_everything_names_the_rights_that_would_do() -> None:
    with served(denied=AWS) as serving:
        found = judged(serving.access)
        shown = look(serving.access).out
    assert found.code == 3
    assert found.checks("holds") & EXACT >= without("AWS") & EXACT
    for right in ("iam:GetRole", "iam:ListOpenIDConnectProviders", "s3:GetBucketPolicy"):
        assert f"needs {right}" in shown
    assert shown.endswith("next: keystone-check --permissions")


@pytest.mark.parametrize("right", [*KUBE, *AWS])
def test_one_refused_right_makes_nothing_broken_and_nothing_crash(right: str) -> None:
    with served(denied=(right,)) as serving:
        found = judged(serving.access)
    assert "broken" not in set().union(*found.statuses.values())
    assert found.code in (0, 3)
    assert (found.code == 3) == any("blocked" in each for each in found.statuses.values())


def address(serving: Serving) -> str:
    return f"{issuer(serving)}/.well-known/openid-configuration"


def issuer(serving: Serving) -> str:
    found = serving.world.issuer
    assert not isinstance(found, Missing)
    return found.url
