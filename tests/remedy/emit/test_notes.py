"""What comes from the outside stays in its comment."""

from dataclasses import replace

from keystone_check.cli import planned
from keystone_check.remedy.emit import FORMS, emit, expressed, notes
from tests.remedy.build import step
from tests.remedy.emit.plans import CHANGES


def test_the_options_name_every_form() -> None:
    assert tuple(FORMS) == planned.FORMS


def test_a_comment_cannot_be_left_and_commands_no_terminal() -> None:
    assert list(notes.comment("a\nrm b\r\x1b[2J")) == ["# a", "# rm b", "# ?[2J"]


def test_a_subject_with_a_line_end_is_a_comment_in_every_form() -> None:
    planned_step = replace(step(CHANGES[2]), mends=("check[a\ntouch b]",))
    for form in ("shell", "terraform", "kubectl"):
        assert "\ntouch b" not in emit(form, (planned_step,), ())


def test_a_plan_is_expressed_by_the_forms_that_say_all_of_it() -> None:
    assert expressed((step(CHANGES[2]),)) == ("shell", "terraform", "cloudformation")
    assert expressed((step(CHANGES[-2]),)) == ("shell", "terraform", "kubectl")
