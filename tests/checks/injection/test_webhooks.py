"""What the registration, the service behind it and a dry run prove, and what they leave open."""

from collections.abc import Callable, Iterable
from dataclasses import replace

import pytest

from keystone_check.checks.injection import (
    pods_are_injected,
    webhook_certificate_has_days_left,
    webhook_certificate_is_trusted,
    webhook_certificate_names_its_host,
    webhook_failure_leaves_a_way_back,
    webhook_has_endpoints,
    webhook_is_registered,
)
from keystone_check.model.facts import Missing, Subjects
from keystone_check.model.finding import Finding, Status
from keystone_check.model.injection import (
    Backend,
    DryRun,
    Import,
    Mount,
    Namespace,
    Refused,
    Requirement,
    Shape,
    Template,
    Webhook,
)
from keystone_check.sandbox.authorities import DAY, EXPIRED, OWN, certificate
from keystone_check.sandbox.workloads import SERVICE, webhook
from tests.checks.injection.build import ACCOUNTS, FOLDER, MOUNTS, TOKEN, container, one, pod, pods, shape
from tests.worlds import NOW

INJECTED: Subjects[DryRun | Refused] = Subjects((("app/api", DryRun(shape())),))
BARE: Subjects[DryRun | Refused] = Subjects((("app/api", DryRun(shape(container({}), volumes=()))),))
NONE: Subjects[Webhook] = Subjects()
NO_PODS = pods()
SPACES = Subjects((("app", Namespace("app", {})),))
NO_JOBS: Subjects[Template] = Subjects()


def registered(**changed: object) -> Subjects[Webhook]:
    """The healthy webhook with other settings."""
    return Subjects((("w", replace(webhook(), **changed)),))  # type: ignore[arg-type]  # settings by name


def test_a_webhook_by_another_name_is_one_where_a_dry_run_shows_it() -> None:
    finding = one(webhook_is_registered.judge(ACCOUNTS, NONE, INJECTED, NO_PODS, NO_JOBS))
    assert finding.status is Status.HOLDS
    assert "another name" in finding.message


def test_what_is_mounted_before_the_api_servers_token_stands_in_the_template() -> None:
    by_hand = shape(container(mounts=tuple(reversed(MOUNTS))))
    assert (
        one(webhook_is_registered.judge(ACCOUNTS, NONE, BARE, pods(pod(by_hand)), NO_JOBS)).status
        is Status.HOLDS
    )


def test_what_a_webhook_left_behind_is_no_proof_of_another() -> None:
    finding = one(webhook_is_registered.judge(ACCOUNTS, NONE, BARE, pods(pod()), NO_JOBS))
    assert finding.status is Status.BROKEN
    assert "new ones will not" in finding.message


def test_without_the_api_servers_token_the_volumes_name_tells_who_wrote_it() -> None:
    only = (Mount(TOKEN.name, FOLDER),)
    left = pods(pod(shape(container(mounts=only), volumes=(TOKEN,))))
    assert one(webhook_is_registered.judge(ACCOUNTS, NONE, BARE, left, NO_JOBS)).status is Status.BROKEN


def idle(*shapes: Shape) -> Subjects[Template]:
    """CronJobs of the account with these templates."""
    found = (Template("app", f"job-{number}", "api", it) for number, it in enumerate(shapes))
    return Subjects(tuple((f"app/{it.name}", it) for it in found))


@pytest.mark.parametrize(
    ("templates", "status"),
    [
        (idle(shape()), Status.NOT_APPLICABLE),
        (idle(shape(), shape(container({}))), Status.BROKEN),
        (idle(), Status.BROKEN),
        (Missing("templates", "no", "list cronjobs.batch"), Status.BLOCKED),
    ],
    ids=["all by hand", "one by hand", "none", "unseen"],
)
def test_idle_jobs_that_bring_everything_need_no_webhook(
    templates: Subjects[Template] | Missing, status: Status
) -> None:
    assert one(webhook_is_registered.judge(ACCOUNTS, NONE, BARE, NO_PODS, templates)).status is status


def test_pods_that_may_import_the_variables_are_not_judged() -> None:
    imported = shape(container({}, imports=(Import("config map", "aws"),)))
    finding = one(webhook_is_registered.judge(ACCOUNTS, NONE, BARE, pods(pod(imported)), NO_JOBS))
    assert finding.status is Status.NOT_APPLICABLE


def test_a_port_that_the_service_does_not_have_is_named_with_those_that_it_has() -> None:
    backends = Subjects(((SERVICE, Backend((8443,), 1, 0)),))
    finding = one(webhook_has_endpoints.judge(registered(), backends))
    assert finding.status is Status.BROKEN
    assert "called at port 443" in finding.message
    assert "8443" in finding.message


URL = "https://example.com/mutate"


def test_a_webhook_outside_the_cluster_has_no_service() -> None:
    outside = registered(service="", url=URL)
    assert one(webhook_has_endpoints.judge(outside, Subjects())).status is Status.NOT_APPLICABLE


@pytest.mark.parametrize(
    ("changed", "shown", "status"),
    [
        ({}, INJECTED, Status.HOLDS),
        ({"authorities": ()}, INJECTED, Status.HOLDS),
        ({"authorities": ()}, BARE, Status.NOT_APPLICABLE),
        ({"authorities": (certificate(EXPIRED),)}, INJECTED, Status.BROKEN),
        ({"unreadable": "it is not base64"}, BARE, Status.BROKEN),
        ({"service": SERVICE, "authorities": ()}, INJECTED, Status.HOLDS),
        ({"service": SERVICE, "authorities": ()}, BARE, Status.BROKEN),
    ],
)
def test_the_api_server_verifies_who_is_called_by_url_as_well(
    changed: dict[str, object], shown: Subjects[DryRun | Refused], status: Status
) -> None:
    found = registered(**{"service": "", "url": URL, **changed})
    assert one(webhook_certificate_is_trusted.judge(found, shown, NOW)).status is status


Shown = Subjects[DryRun | Refused]
JUDGES: dict[str, Callable[[Shown], Iterable[Finding]]] = {
    "authority": lambda said: webhook_certificate_is_trusted.judge(registered(), said, NOW),
    "name": lambda said: webhook_certificate_names_its_host.judge(registered(), said),
    "time": lambda said: webhook_certificate_has_days_left.judge(registered(), said, NOW),
}


@pytest.mark.parametrize(
    ("x509", "whose"),
    [
        ("certificate signed by unknown authority", "authority"),
        ("certificate is valid for a.b.svc, not c.d.svc", "name"),
        ("certificate relies on legacy Common Name field, use SANs instead", "name"),
        ("cannot validate certificate for 10.0.0.5 because it doesn't contain any IP SANs", "name"),
        ("certificate has expired or is not yet valid: current time 2 is after 1", "time"),
    ],
)
def test_what_the_api_server_says_of_a_certificate_is_the_finding_of_one_check(x509: str, whose: str) -> None:
    said = f'Internal error occurred: failed calling webhook "{webhook().name}": Post "x": tls: x509: {x509}'
    refused: Subjects[DryRun | Refused] = Subjects((("app/api", Refused(said)),))
    broken = [kind for kind, judge in JUDGES.items() if one(judge(refused)).status is Status.BROKEN]
    assert broken == [whose]


@pytest.mark.parametrize(("days", "status"), [(3, Status.BROKEN), (30, Status.HOLDS)])
def test_the_days_that_are_left_of_a_bundle_are_counted(days: int, status: Status) -> None:
    ends = replace(certificate(OWN), not_before=NOW - 300 * DAY, not_after=NOW + days * DAY)
    found = one(webhook_certificate_has_days_left.judge(registered(authorities=(ends,)), INJECTED, NOW))
    assert found.status is status
    assert f"{days} days" in found.message


def test_a_bundle_that_looks_right_is_no_proof_where_no_dry_run_came_back() -> None:
    found = webhook_certificate_is_trusted.judge(registered(), BARE, NOW)
    assert one(found).status is Status.NOT_APPLICABLE


def test_who_must_not_fail_and_exempts_its_namespace_has_a_way_back() -> None:
    exempt = (Requirement("kubernetes.io/metadata.name", "NotIn", ("pod-identity-webhook",)),)
    found = webhook_failure_leaves_a_way_back.judge(registered(failure_policy="Fail", namespaces=exempt))
    assert one(found).status is Status.HOLDS


@pytest.mark.parametrize(
    ("message", "status"),
    [
        ('pods "keystone-check" is forbidden: exceeded quota: small', Status.BLOCKED),
        ('admission webhook "w" does not support dry run', Status.BLOCKED),
        ('Internal error occurred: failed calling webhook "w": x509: no', Status.BROKEN),
    ],
)
def test_a_refusal_is_a_defect_where_it_meets_every_pod(message: str, status: Status) -> None:
    refused: Subjects[DryRun | Refused] = Subjects((("app/api", Refused(message)),))
    finding = one(pods_are_injected.judge(ACCOUNTS, refused, registered(), SPACES))
    assert finding.status is status
    assert message in finding.message


def test_what_a_dry_run_shows_holds_without_a_look_at_the_webhooks_and_what_it_lacks_is_open() -> None:
    gap = Missing("webhooks", "no", "list mutatingwebhookconfigurations.admissionregistration.k8s.io")
    assert one(pods_are_injected.judge(ACCOUNTS, INJECTED, gap, SPACES)).status is Status.HOLDS
    assert one(pods_are_injected.judge(ACCOUNTS, BARE, gap, SPACES)).permission == gap.permission


def test_a_webhook_that_serves_others_does_not_know_this_account() -> None:
    shown: Subjects[DryRun | Refused] = Subjects((*BARE, ("app/other", DryRun(shape()))))
    others = one(pods_are_injected.judge(ACCOUNTS, shown, registered(), SPACES))
    alone = one(pods_are_injected.judge(ACCOUNTS, BARE, registered(), SPACES))
    assert "has not (yet) seen its annotation" in others.message
    assert "annotation" not in alone.message
