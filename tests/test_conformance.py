from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest

from keystone_check.conformance import Conformance
from keystone_check.errors import KeystoneError
from keystone_check.gate import Gate
from keystone_check.model.acceptance import Acceptance
from keystone_check.model.access import Access
from keystone_check.model.facts import Missing
from keystone_check.model.finding import (
    Evidence,
    Finding,
    Repair,
    Safety,
    Severity,
    blocked,
    broken,
    holds,
    not_applicable,
)
from keystone_check.model.outcome import Check
from keystone_check.targets import Bench, Progress, Target
from tests.worlds import world

REPAIR = Repair("add client id sts.amazonaws.com", Safety.SAFE, "it only lets in what was shut out")
BROKEN = broken(
    "arn:aws:iam::111122223333:oidc-provider/oidc.example.org",
    "the client ids are sigstore; tokens carry sts.amazonaws.com",
    Evidence("iam:GetOpenIDConnectProvider", "sts.amazonaws.com", "sigstore"),
    REPAIR,
)
PAGE = "## References\n- https://docs.aws.amazon.com/x.html"
BLOCKED = blocked("roles", Missing("roles", "iam:GetRole app-api: AccessDenied", "iam:GetRole"))


class Given:
    """A run on targets that a test has made up, in place of what --keystone-cluster would open."""

    def __init__(self, *targets: Target, allow_blocked: bool = False, gate: Gate | None = None) -> None:
        self._targets = {target.name: target for target in targets}
        self._allow_blocked, self._gate = allow_blocked, gate
        self.closed: list[str] = []

    def pytest_configure(self, config: pytest.Config) -> None:
        run = Conformance(
            config, list(self._targets), self._open, allow_blocked=self._allow_blocked, gate=self._gate
        )
        config.pluginmanager.register(run)

    @contextmanager
    def _open(self, name: str, folder: Path, progress: Progress) -> Iterator[Target]:
        yield self._targets[name]
        self.closed.append(name)


def check(*findings: Finding, id: str = "audience_is_registered", link: str = "provider") -> Check:
    return Check(
        id, link, "The audience is registered", PAGE, Severity.HIGH, (), frozenset(), lambda: findings
    )


def target(*checks: Check, name: str = "prod") -> Target:
    return Target(name, world(), Access(name), Bench(checks))


def run(pytester: pytest.Pytester, given: Given, *args: str) -> pytest.RunResult:
    # Hypothesis has a summary of its own, whose import takes longer than all the rest.
    return pytester.runpytest_inprocess(*args, "-p", "no:hypothesispytest", plugins=[given])


def test_an_item_is_named_after_link_check_and_subject(pytester: pytest.Pytester) -> None:
    given = Given(target(check(holds("app/api"), holds("")), check(holds("b"), id="is_open", link="bucket")))
    result = run(pytester, given, "--collect-only", "-q")
    assert result.outlines[:3] == [
        "keystone::bucket::is_open[b]",
        "keystone::provider::audience_is_registered[app/api]",
        "keystone::provider::audience_is_registered",
    ]


def test_several_clusters_stand_in_the_brackets(pytester: pytest.Pytester) -> None:
    checks = check(holds("app/api")), check(holds(""), id="is_open", link="bucket")
    result = run(
        pytester, Given(target(*checks, name="a"), target(*checks, name="b")), "--collect-only", "-q"
    )
    assert result.outlines[:4] == [
        "keystone::bucket::is_open[a]",
        "keystone::bucket::is_open[b]",
        "keystone::provider::audience_is_registered[a: app/api]",
        "keystone::provider::audience_is_registered[b: app/api]",
    ]


def test_an_empty_folder_passes_when_all_holds(pytester: pytest.Pytester) -> None:
    result = run(pytester, Given(target(check(holds("app/api")))))
    result.assert_outcomes(passed=1)
    assert result.ret == pytest.ExitCode.OK


def test_a_failure_is_the_finding_and_no_traceback(pytester: pytest.Pytester) -> None:
    result = run(pytester, Given(target(check(BROKEN))), "-vv", "--showlocals")
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines(
        [
            "the client ids are sigstore; tokens carry sts.amazonaws.com",
            "  check     The audience is registered (high)",
            "  expected  sts.amazonaws.com",
            "  seen      sigstore",
            "  source    iam:GetOpenIDConnectProvider",
            "  mend      add client id sts.amazonaws.com (safe: it only lets in what was shut out)",
            "            keystone-check --cluster prod --only audience_is_registered --fix",
            "  page      keystone-check --explain audience_is_registered",
        ],
        consecutive=True,
    )
    for trace in ("Traceback", "conformance.py", "pytest.fail", "self "):
        assert trace not in result.stdout.str()


def test_the_summary_says_what_is_broken(pytester: pytest.Pytester) -> None:
    result = run(pytester, Given(target(check(broken("a", "it is shut", Evidence("b", "c", "d"))))))
    result.stdout.fnmatch_lines(["FAILED keystone::provider::audience_is_registered[[]a[]] - *it is shut"])


def test_an_unsafe_repair_is_offered_with_what_releases_it(pytester: pytest.Pytester) -> None:
    repair = Repair("widen the trust", Safety.UNSAFE, "it lets more in")
    finding = broken("r", "shut", Evidence("a", "b", "c"), repair)
    result = run(pytester, Given(target(check(finding), name="my cluster")))
    result.stdout.fnmatch_lines(["*keystone-check --cluster 'my cluster' --only *registered --fix=unsafe"])


def test_a_manual_repair_is_told_line_by_line(pytester: pytest.Pytester) -> None:
    steps = ("services.k3s.extraFlags = [\n  flag\n];",)
    repair = Repair("set the flag", Safety.MANUAL, "the host is not reached", steps=steps)
    result = run(pytester, Given(target(check(broken("r", "no flag", Evidence("a", "b", "c"), repair)))))
    result.stdout.fnmatch_lines(["*services.k3s.extraFlags = [[]", "*  flag", "*];"])
    assert "--fix" not in result.stdout.str()


def test_what_could_not_be_seen_fails_with_the_right_that_is_missing(pytester: pytest.Pytester) -> None:
    result = run(pytester, Given(target(check(BLOCKED))))
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        ["could not see: iam:GetRole app-api: AccessDenied", "*needs *iam:GetRole (keystone-check --perm*"]
    )


def test_what_could_not_be_seen_is_skipped_where_the_user_allows_it(pytester: pytest.Pytester) -> None:
    result = run(pytester, Given(target(check(BLOCKED)), allow_blocked=True), "-rs")
    result.assert_outcomes(skipped=1)
    result.stdout.fnmatch_lines(
        ["SKIPPED * audience_is_registered: could not see: iam:GetRole app-api: AccessDenied"]
    )


def test_allowing_what_is_not_seen_forgives_nothing_that_is_broken(pytester: pytest.Pytester) -> None:
    both = check(BLOCKED, broken("roles", "shut", Evidence("a", "b", "c")))
    run(pytester, Given(target(both), allow_blocked=True)).assert_outcomes(failed=1)


def test_nothing_to_judge_is_skipped_with_its_reason(pytester: pytest.Pytester) -> None:
    result = run(pytester, Given(target(check(not_applicable("", "no account is bound")))), "-rs")
    result.assert_outcomes(skipped=1)
    result.stdout.fnmatch_lines(["SKIPPED * audience_is_registered: no account is bound"])


def test_a_check_that_crashes_fails_as_our_bug(pytester: pytest.Pytester) -> None:
    def judge() -> Iterator[Finding]:
        raise LookupError("no such key")
        yield

    crashing = Check("crashes", "role", "It judges", "", Severity.LOW, (), frozenset(), judge)
    result = run(pytester, Given(target(crashing, check(holds("a")))))
    result.assert_outcomes(failed=1, passed=1)
    result.stdout.fnmatch_lines(["bug of keystone-check: LookupError in the check itself: no such key"])


def test_two_findings_about_one_subject_are_one_item_and_both_are_told(pytester: pytest.Pytester) -> None:
    evidence = Evidence("a", "b", "c")
    twice = check(holds("x"), broken("x", "first defect", evidence), broken("x", "second defect", evidence))
    result = run(pytester, Given(target(twice)))
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["first defect", "second defect"])


@pytest.mark.parametrize(
    ("args", "passed", "failed"),
    [
        (("-k", "is_open"), 1, 0),
        (("-k", "provider"), 0, 1),
        (("-m", "keystone"), 1, 1),
        (("-m", "keystone_bucket"), 1, 0),
        (("-m", "keystone_high and not keystone_bucket"), 0, 1),
        (("-m", "not keystone"), 0, 0),
        (("--deselect", "keystone::provider"), 1, 0),
        (("--strict-markers",), 1, 1),
    ],
)
def test_pytest_chooses_among_the_items(
    pytester: pytest.Pytester, args: tuple[str, ...], passed: int, failed: int
) -> None:
    given = Given(target(check(holds("b"), id="is_open", link="bucket"), check(BROKEN)))
    run(pytester, given, *args).assert_outcomes(passed=passed, failed=failed, deselected=2 - passed - failed)


def test_last_failed_runs_only_what_failed(pytester: pytest.Pytester) -> None:
    given = Given(target(check(holds("b"), id="is_open", link="bucket"), check(BROKEN)))
    run(pytester, given).assert_outcomes(passed=1, failed=1)
    run(pytester, given, "--lf").assert_outcomes(failed=1, deselected=1)


def test_the_first_failure_can_end_the_run(pytester: pytest.Pytester) -> None:
    given = Given(target(check(BROKEN, broken("b", "also", Evidence("a", "b", "c")))))
    run(pytester, given, "-x").assert_outcomes(failed=1)


def test_the_users_own_tests_run_beside_and_after_the_chain(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("def test_mine(): pass")
    result = run(pytester, Given(target(check(holds("a")))), "-v")
    result.assert_outcomes(passed=2)
    result.stdout.fnmatch_lines(
        ["keystone::provider::audience_is_registered[[]a[]] PASSED*", "*::test_mine*"]
    )


def test_junit_knows_check_link_severity_and_status(pytester: pytest.Pytester) -> None:
    run(pytester, Given(target(check(BROKEN))), "--junitxml=report.xml")
    (case,) = ElementTree.parse(pytester.path / "report.xml").iter("testcase")
    assert case.get("classname") == "keystone.provider"
    assert case.get("name") == f"audience_is_registered[{BROKEN.subject}]"
    assert {item.get("name"): item.get("value") for item in case.iter("property")} == {
        "cluster": "prod",
        "check": "audience_is_registered",
        "link": "provider",
        "subject": BROKEN.subject,
        "severity": "high",
        "status": "broken",
        "documentation": "https://docs.aws.amazon.com/x.html",
    }


def test_what_strangers_wrote_neither_steers_the_terminal_nor_breaks_the_report(
    pytester: pytest.Pytester,
) -> None:
    nasty = "\x1b[31mred\x00\n\udc80\u202e"
    finding = broken(nasty, nasty, Evidence(nasty, nasty, nasty))
    result = run(pytester, Given(target(check(finding), name=nasty)), "--junitxml=report.xml", "-v")
    result.assert_outcomes(failed=1)
    assert not {"\x1b", "\x00", "\u202e", "\udc80"} & set(result.stdout.str())
    (case,) = ElementTree.parse(pytester.path / "report.xml").iter("testcase")
    assert r"\x1b[31mred\x00\n\udc80\u202e" in str(case.get("name"))


def test_the_header_says_who_asks(pytester: pytest.Pytester) -> None:
    result = run(pytester, Given(target(check(holds("a")))))
    result.stdout.fnmatch_lines(["keystone-check * on prod: cluster unknown: nobody looked for cluster*"])


def test_a_cluster_is_left_open_for_the_tests_and_closed_at_the_end(pytester: pytest.Pytester) -> None:
    given = Given(target(check(holds("a")), name="a"), target(check(holds("a")), name="b"))
    seen: list[list[str]] = []

    class Watch:
        def pytest_runtest_logreport(self) -> None:
            seen.append(list(given.closed))

    pytester.runpytest_inprocess("-p", "no:hypothesispytest", plugins=[given, Watch()])
    assert seen
    assert not any(seen)
    assert given.closed == ["b", "a"]


def test_what_the_user_can_mend_is_a_usage_error_in_one_sentence(pytester: pytest.Pytester) -> None:
    class Refusing(Given):
        @contextmanager
        def _open(self, name: str, folder: Path, progress: Progress) -> Iterator[Target]:
            raise KeystoneError("there is no cluster prdo", "did you mean prod?")
            yield

    result = run(pytester, Refusing(target(name="prdo")))
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert result.errlines[:2] == ["ERROR: there is no cluster prdo", "  next: did you mean prod?"]
    assert "Traceback" not in result.stdout.str() + result.stderr.str()


ENTRY = Acceptance("audience_is_registered", "the old cluster", "2027-03-31", where="k.toml: accept[0]")


def accepting(*findings: Finding, until: str = "2027-03-31") -> Target:
    entry = Acceptance(ENTRY.check, ENTRY.reason, until, where=ENTRY.where)
    return Target("prod", world(), Access("prod"), Bench((check(*findings),), (entry,)))


def test_an_accepted_finding_is_an_expected_failure_with_its_reason(pytester: pytest.Pytester) -> None:
    result = run(pytester, Given(accepting(BROKEN)), "-rx", "--junitxml=report.xml")
    result.assert_outcomes(xfailed=1)
    assert result.ret == pytest.ExitCode.OK
    result.stdout.fnmatch_lines(["XFAIL * accepted until 2027-03-31: the old cluster (the client ids are*"])
    (case,) = ElementTree.parse(pytester.path / "report.xml").iter("testcase")
    properties = {item.get("name"): item.get("value") for item in case.iter("property")}
    assert (properties["status"], properties["accepted"]) == ("broken", "until 2027-03-31: the old cluster")


def test_runxfail_lets_what_is_accepted_fail(pytester: pytest.Pytester) -> None:
    run(pytester, Given(accepting(BROKEN)), "--runxfail").assert_outcomes(failed=1)


def test_an_acceptance_past_its_day_fails_and_says_so(pytester: pytest.Pytester) -> None:
    result = run(pytester, Given(accepting(BROKEN, until="2026-12-31")))
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*accepted *until 2026-12-31, which is past: the old cluster"])


def test_an_acceptance_that_fits_nothing_is_told_at_the_end(pytester: pytest.Pytester) -> None:
    result = run(pytester, Given(accepting(holds("app/api"))))
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(["*keystone: accepted findings*", "k.toml: accept* fits nothing *"])


def test_what_is_accepted_and_what_was_not_seen_about_one_subject_fails(pytester: pytest.Pytester) -> None:
    one = broken("roles", "shut", Evidence("a", "b", "c"))
    run(pytester, Given(accepting(one, BLOCKED))).assert_outcomes(failed=1)
    run(pytester, Given(accepting(one, BLOCKED), allow_blocked=True)).assert_outcomes(xfailed=1)


@pytest.mark.parametrize(("fail_on", "failed"), [("low", 1), ("high", 1), ("critical", 0), ("fixable", 1)])
def test_what_is_less_grave_than_asked_is_an_expected_failure(
    pytester: pytest.Pytester, fail_on: str, failed: int
) -> None:
    result = run(pytester, Given(target(check(BROKEN)), gate=Gate(fail_on)), "-rx")
    result.assert_outcomes(failed=failed, xfailed=1 - failed)
    assert ("not failing, as only critical does" in result.stdout.str()) is (fail_on == "critical")


def test_a_check_of_the_users_that_crashes_is_said_to_be_theirs(pytester: pytest.Pytester) -> None:
    def judge() -> Iterator[Finding]:
        raise LookupError("no such key")
        yield

    mine = replace(check(), judge=judge, origin="my_checks/role/mine.py")
    result = run(pytester, Given(target(mine)))
    result.stdout.fnmatch_lines(
        ["bug of a check of yours: LookupError in the check itself (my_checks/role/m*"]
    )
