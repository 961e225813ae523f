"""`--emit` prints the plan and writes nothing; the exit code tells what is so now."""

import json

import pytest

from keystone_check.model.finding import Safety
from tests.cli.build import AUDIENCE, Outside, audience_check, command, world


@pytest.mark.parametrize("form", ["shell", "terraform", "cloudformation", "kubectl", "nix"])
def test_every_form_is_printed_and_nothing_is_written(form: str) -> None:
    outside = Outside([audience_check()])
    ran = command(outside, "--fix", "--emit", form)
    assert AUDIENCE in ran.out
    assert (ran.code, ran.err, outside.written, outside.journal) == (1, "", [], [])


def test_what_is_held_back_is_said_with_what_releases_it() -> None:
    outside = Outside([audience_check(Safety.UNSAFE)])
    assert "# held back, released by --fix=unsafe: add it" in command(outside, "--fix", "--emit", "shell").out
    assert "aws iam add-client-id" in command(outside, "--fix=unsafe", "--emit", "shell").out


def test_where_nothing_is_broken_every_form_is_still_one() -> None:
    healthy = Outside([audience_check()], world((AUDIENCE,)))
    ran = command(healthy, "--fix", "--emit", "cloudformation")
    assert (list(json.loads(ran.out)["Resources"]), ran.code) == (["Nothing"], 0)
