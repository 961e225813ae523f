"""The command as a whole: exit codes one by one, in every format, and what bad input comes to."""

import io
import json
import re
from dataclasses import replace

import pytest

from keystone_check.cli.arguments import FORMATS
from keystone_check.cli.main import Ended, main
from keystone_check.errors import KeystoneError
from keystone_check.model.finding import Finding, Status
from tests.cli.build import Outside, Tty, command, finding, unreachable, world
from tests.reports import build

CODES = (
    (build.FINDINGS[Status.HOLDS], 0),
    (build.FINDINGS[Status.BROKEN], 1),
    (build.FINDINGS[Status.BLOCKED], 3),
    (build.FINDINGS[Status.CRASHED], 4),
    (build.FINDINGS[Status.NOT_APPLICABLE], 0),
)


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize(("found", "code"), CODES, ids=lambda value: str(getattr(value, "status", value)))
def test_the_exit_code_is_the_verdict_in_every_format(found: Finding, code: int, format: str) -> None:
    ran = command(finding(found), "--format", format)
    assert ran.code == code
    assert ran.err == ""
    assert ran.out


@pytest.mark.parametrize("format", FORMATS)
def test_exit_zero_forgives_findings_in_every_format(format: str) -> None:
    assert command(finding(build.defect()), "--exit-zero", "--format", format).code == 0


@pytest.mark.parametrize(("found", "code"), [(build.unseen(), 3), (build.crash(), 4)])
def test_exit_zero_forgives_neither_what_was_not_seen_nor_a_bug(found: Finding, code: int) -> None:
    assert command(finding(found), "--exit-zero").code == code


def test_the_exit_code_in_the_json_is_the_one_of_the_process() -> None:
    ran = command(finding(build.defect()), "--format=json", "--exit-zero")
    assert (json.loads(ran.out)["exit_code"], ran.code) == (0, 0)


@pytest.mark.parametrize(
    ("argv", "hint"),
    [
        (("--cluster", "prd"), "did you mean prod?"),
        (("--fromat", "json"), "did you mean --format or --for?"),
        (("--format", "yaml"), "--help"),
        (("--only", "audience_is_registred"), "did you mean audience_is_registered?"),
        (("--skip", "provder"), "did you mean provider?"),
        (("--explain", "audience_registered"), "did you mean audience_is_registered?"),
        (("--skip", "provider"), "skip fewer"),
        (("--dry-run",), "add --fix"),
        (("--yes",), "add --fix"),
        (("--budget", "soon"), "--help"),
        (("prod",), "--cluster prod"),
    ],
)
def test_a_mistaken_command_ends_with_2_and_the_next_step(argv: tuple[str, ...], hint: str) -> None:
    ran = command(finding(build.FINDINGS[Status.HOLDS]), *argv, "--exit-zero")
    assert ran.code == 2
    assert ran.out == ""
    assert hint in ran.err
    assert "Traceback" not in ran.err


def test_what_keeps_a_look_from_beginning_ends_with_3() -> None:
    outside = finding(build.FINDINGS[Status.HOLDS])
    outside.interrupted_by = KeystoneError("tried x: refused", "do y")
    ran = command(outside, "--exit-zero")
    assert (ran.code, ran.err) == (3, "keystone-check: tried x: refused\n  next: do y\n")


def test_an_unexpected_exception_is_called_a_bug_of_ours_in_one_sentence() -> None:
    outside = finding(build.FINDINGS[Status.HOLDS])
    outside.interrupted_by = ZeroDivisionError("division by zero")
    ran = command(outside)
    assert ran.code == 4
    assert "a bug of ours: ZeroDivisionError: division by zero (build.py:" in ran.err
    assert "Traceback" not in ran.err


TOKEN = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJzeXN0ZW0ifQ.c2lnbmF0dXJl"


@pytest.mark.parametrize("environ", [{}, {"KEYSTONE_TRACEBACK": "1"}])
def test_a_bug_that_quotes_a_token_does_not_show_it(environ: dict[str, str]) -> None:
    outside = finding(build.FINDINGS[Status.HOLDS])
    outside.interrupted_by = ValueError(f"cannot read {TOKEN}")
    ran = command(outside, environ=environ)
    assert TOKEN not in ran.err
    assert "cannot read (a secret, left out)" in ran.err
    assert ("Traceback" in ran.err) is bool(environ)


@pytest.mark.parametrize(("signal", "code"), [(KeyboardInterrupt(), 130), (Ended(15), 143)])
def test_an_interrupted_run_closes_the_cluster_and_ends_as_shells_say(
    signal: BaseException, code: int
) -> None:
    outside = finding(build.FINDINGS[Status.HOLDS])
    outside.interrupted_by = signal
    ran = command(outside)
    assert (ran.code, ran.out, outside.closed) == (code, "", 1)
    assert "Traceback" not in ran.err


class Closed(io.StringIO):
    """A pipe whose reader has gone."""

    def write(self, text: str) -> int:
        raise BrokenPipeError(32, "Broken pipe")


def test_a_reader_that_has_gone_is_no_error_of_ours() -> None:
    err = io.StringIO()
    code = main([], Closed(), err, None, {}, finding(build.defect()).doors())
    assert (code, err.getvalue()) == (141, "")


def test_the_selected_checks_alone_are_judged_and_only_their_facts_gathered() -> None:
    checks = [
        replace(
            build.judging(build.check("a_holds", "role", needs=("roles",)), build.FINDINGS[Status.HOLDS])
        ),
        build.judging(build.check("b_breaks", "role", needs=("tokens",)), build.defect()),
    ]
    outside = Outside(checks)
    ran = command(outside, "--skip", "b_breaks", "--format=json")
    assert [item["check"] for item in json.loads(ran.out)["outcomes"]] == ["a_holds"]
    assert outside.needs == [frozenset({"roles", "cluster", "caller", "issuer"})]


def test_what_the_command_line_says_reaches_the_cluster() -> None:
    outside = finding(build.FINDINGS[Status.HOLDS])
    command(
        outside,
        "--cluster=prod",
        "--context=c",
        "-n",
        "app",
        "-l",
        "x=y",
        "--budget=7",
        "--request-timeout=2",
        "--region=r",
    )
    ((name, said),) = outside.opened
    assert name == "prod"
    assert (said.context, said.namespace, said.selector, said.region) == ("c", "app", "x=y", "r")
    assert (said.budget, said.request_timeout) == (7.0, 2.0)


def test_the_next_command_names_the_same_cluster() -> None:
    outside = Outside([build.judging(build.check(), build.defect(build.repair()))])
    ran = command(outside, "--cluster", "my prod", "-A")
    assert ran.out.endswith("next: keystone-check --cluster 'my prod' -A --fix --dry-run\n")


def test_a_cluster_that_was_not_reached_is_said_in_the_header() -> None:
    outside = Outside([build.judging(build.check(), build.unseen())], unreachable())
    assert "unknown: https://10.0.0.5:6443: no answer within 2 s" in command(outside, "--format=short").out


@pytest.mark.parametrize("argv", [("--help",), ("-h",), ("--version",)])
def test_help_and_version_open_no_door(argv: tuple[str, ...]) -> None:
    outside = finding()
    ran = command(outside, *argv)
    assert (ran.code, outside.opened) == (0, [])
    assert "keystone-check" in ran.out


def test_a_look_without_a_terminal_writes_nothing_to_stderr() -> None:
    assert command(finding(build.FINDINGS[Status.HOLDS])).err == ""


def test_at_a_terminal_progress_is_shown_and_wiped_out() -> None:
    err = command(finding(build.FINDINGS[Status.HOLDS]), stdin="").err
    assert "reading AWS: OIDC providers" in err
    assert err.endswith("\r\x1b[K")


@pytest.mark.parametrize(
    ("argv", "environ", "painted"),
    [
        ((), {}, True),
        (("--no-color",), {}, False),
        ((), {"NO_COLOR": "1"}, False),
        ((), {"NO_COLOR": ""}, True),
        ((), {"TERM": "dumb"}, False),
        (("--color",), {"NO_COLOR": "1"}, True),
    ],
)
def test_colour_is_as_the_options_and_no_color_say(
    argv: tuple[str, ...], environ: dict[str, str], painted: bool
) -> None:
    out = Tty()
    outside = finding(build.defect())
    main(argv, out, io.StringIO(), None, {"COLUMNS": "80", **environ}, outside.doors())
    assert bool(re.search("\x1b\\[", out.getvalue())) is painted


def test_without_a_terminal_there_is_no_colour_unless_asked_for() -> None:
    assert "\x1b" not in command(finding(build.defect())).out
    assert "\x1b" in command(finding(build.defect()), "--color").out


def test_endpoints_are_listed_after_a_look_at_what_names_them() -> None:
    outside = finding(build.defect())
    ran = command(outside, "--endpoints")
    assert (ran.code, ran.out, outside.needs) == (
        0,
        "https://10.0.0.5:6443  the API server\n",
        [frozenset({"caller", "issuer", "discovery", "servers"})],
    )


def test_a_page_is_printed_without_a_cluster() -> None:
    outside = finding(build.defect())
    ran = command(outside, "--explain", "audience_is_registered")
    assert (ran.code, outside.opened) == (0, [])
    assert ran.out.startswith("The sentence of audience_is_registered\n")


def test_the_checks_are_listed_without_a_cluster() -> None:
    outside = finding(build.defect())
    ran = command(outside, "--list")
    assert (ran.code, outside.opened) == (0, [])
    assert "audience_is_registered  critical  The sentence of audience_is_registered" in ran.out


def test_the_rights_are_narrowed_to_what_is_known() -> None:
    outside = Outside([build.check(needs=("roles",))], world())
    ran = command(outside, "--permissions", "--format=json", "-n", "app")
    printed = json.loads(ran.out)
    assert [item["kind"] for item in printed["kubernetes"]["items"]] == ["Role"]
    assert [statement["Resource"] for statement in printed["iam"]["Statement"]] == [
        "arn:aws:iam::111122223333:role/*",
        "arn:aws:s3:::keystone-oidc/*",
    ]
