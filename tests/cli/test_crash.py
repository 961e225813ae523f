"""What is said about a bug of ours."""

from keystone_check.cli.crash import crash


def raised(message: str) -> Exception:
    try:
        raise RuntimeError(message)
    except RuntimeError as error:
        return error


def test_a_bug_is_one_sentence_with_its_place_and_how_to_report_it() -> None:
    said, following, *rest = crash(raised("odd"), trace=False).splitlines()
    assert said.startswith("keystone-check: a bug of ours: RuntimeError: odd (test_crash.py:")
    assert "report it to the project" in following
    assert rest == []


def test_control_characters_in_its_message_are_escaped() -> None:
    assert "odd\\x1b[2J\\n" in crash(raised("odd\x1b[2J\n"), trace=False)


def test_who_asks_for_it_gets_the_traceback() -> None:
    assert crash(raised("odd"), trace=True).startswith("Traceback")
