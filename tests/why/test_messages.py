"""The table of messages."""

from keystone_check.checks import index
from keystone_check.why.messages import messages


def test_ids_are_unique_and_every_message_has_words_causes_and_sources() -> None:
    ids = [message.id for message in messages()]
    assert len(set(ids)) == len(ids)
    for message in messages():
        assert message.texts
        assert message.causes
        assert message.meaning.endswith(".")
        assert message.certainty in ("documented", "reported", "inferred")
        assert message.sources
        assert all(source.startswith("https://") for source in message.sources)


def test_every_cause_says_how_to_find_out() -> None:
    assert all(cause.what and cause.how for message in messages() for cause in message.causes)


def test_every_check_that_is_named_exists() -> None:
    named = {id for message in messages() for cause in message.causes for id in cause.checks}
    assert named - set(index()) == set()


def test_the_verification_key_has_at_least_seven_causes() -> None:
    (message,) = [message for message in messages() if message.id == "verification_key"]
    assert len(message.causes) >= 7
