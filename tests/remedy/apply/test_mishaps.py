"""Each kind of write fails in each way: nothing twice, nothing of others lost, and a clear end."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import pytest

from keystone_check.errors import ApplyError
from keystone_check.model.change import Change, PutDocument, SetAnnotation, SetClientIds
from keystone_check.model.world import World
from keystone_check.remedy.apply import apply
from keystone_check.remedy.rehearse import rehearse
from keystone_check.sandbox.ground import Ground
from keystone_check.sandbox.mishaps import Mishap, Mishaps, always
from keystone_check.sandbox.serve import Serving, serve
from keystone_check.sandbox.worlds import healthy
from tests.remedy.apply.conftest import noon
from tests.remedy.apply.test_writing import FOLLOWING, MADE, look, provider
from tests.remedy.back import back
from tests.worlds import NOW


@dataclass(frozen=True)
class Stage:
    """A sandbox, what befalls its writes, and what stands there."""

    serving: Serving
    mishaps: Mishaps
    start: World

    def now(self) -> World:
        return look(self.serving)

    def write(self, change: Change) -> None:
        apply(self.serving.access, change)

    def back(self, change: Change) -> None:
        """As it was before the test."""
        self.mishaps.start({})
        if isinstance(change, PutDocument):
            change = replace(change, content_type_before=change.content_type)
        apply(self.serving.access, back(change))


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    ground, mishaps = Ground.make(), Mishaps()
    with serve(healthy(ground, NOW), ground, clock=noon, mishaps=mishaps) as serving:
        yield Stage(serving, mishaps, look(serving))


ALONE = [made for made in MADE if made not in FOLLOWING]
by_kind = pytest.mark.parametrize("made", ALONE, ids=lambda made: made.__name__.strip("_"))


@by_kind
def test_a_denied_write_changes_nothing_and_says_so(stage: Stage, made: Callable[[World], Change]) -> None:
    change = made(stage.start)
    stage.mishaps.start(always(Mishap.DENIED))
    with pytest.raises(ApplyError, match="could not ") as caught:
        stage.write(change)
    assert caught.value.unchanged
    assert caught.value.hint.startswith("allow ")
    assert stage.mishaps.written == []


@by_kind
def test_a_write_whose_answer_is_lost_takes_effect_once(
    stage: Stage, made: Callable[[World], Change]
) -> None:
    change = made(stage.start)
    stage.mishaps.start({1: Mishap.LOST})
    stage.write(change)
    seen = stage.now()
    stage.back(change)
    assert seen == rehearse(stage.start, [change])
    assert stage.now() == stage.start


@pytest.mark.parametrize("made", ALONE[3::2], ids=lambda made: made.__name__.strip("_"))
def test_a_write_that_is_throttled_to_the_end_changes_nothing_and_says_so(
    stage: Stage, made: Callable[[World], Change]
) -> None:
    stage.mishaps.start(always(Mishap.THROTTLED))
    with pytest.raises(ApplyError, match="could not ") as caught:
        stage.write(made(stage.start))
    assert caught.value.unchanged
    assert stage.mishaps.written == []


def annotated(value: str) -> SetAnnotation:
    return SetAnnotation("app", "api", "eks.amazonaws.com/audience", None, value)


def document(stage: Stage, text: str) -> PutDocument:
    change = next(made for made in (made(stage.start) for made in ALONE) if isinstance(made, PutDocument))
    assert change.after is not None
    return replace(change, after=change.after + text)


@pytest.mark.parametrize("kind", ["annotation", "document"])
def test_what_another_hand_writes_between_our_look_and_our_write_stays(stage: Stage, kind: str) -> None:
    theirs, ours = (
        (annotated("theirs"), annotated("ours"))
        if kind == "annotation"
        else (document(stage, " "), document(stage, "\n\n"))
    )

    def meanwhile(number: int, what: str) -> None:
        if number == 1:
            stage.write(theirs)

    stage.mishaps.start({})
    stage.mishaps.meanwhile = meanwhile
    with pytest.raises(ApplyError, match="could not ") as caught:
        stage.write(ours)
    stage.mishaps.meanwhile = lambda number, what: None
    assert caught.value.hint == "somebody else wrote to it in between: repeat the command"
    assert stage.now() == rehearse(stage.start, [theirs])
    stage.back(theirs)


def test_what_another_hand_adds_between_our_look_and_our_write_is_not_taken_away(stage: Stage) -> None:
    arn, before = provider(stage.start).arn, provider(stage.start).client_ids
    theirs, ours = (
        SetClientIds(arn, before, (*before, "theirs")),
        SetClientIds(arn, before, (*before, "ours")),
    )

    def meanwhile(number: int, what: str) -> None:
        if number == 1:
            stage.write(theirs)

    stage.mishaps.start({})
    stage.mishaps.meanwhile = meanwhile
    stage.write(ours)
    stage.mishaps.meanwhile = lambda number, what: None
    assert set(provider(stage.now()).client_ids) == {*before, "theirs", "ours"}
    stage.back(SetClientIds(arn, before, (*before, "theirs", "ours")))


@pytest.mark.parametrize("go_on", [True, False], ids=["finished", "taken back"])
def test_client_ids_that_were_written_by_half_are_finished_or_taken_back(stage: Stage, go_on: bool) -> None:
    arn, before = provider(stage.start).arn, provider(stage.start).client_ids
    change = SetClientIds(arn, before, ("one", "two"))
    stage.mishaps.start(always(Mishap.DENIED, first=2))
    with pytest.raises(ApplyError) as caught:
        stage.write(change)
    assert not caught.value.unchanged
    assert stage.mishaps.written == ["iam:AddClientIDToOpenIDConnectProvider"]
    stage.mishaps.start({})
    stage.write(change if go_on else back(change))
    assert set(provider(stage.now()).client_ids) == ({"one", "two"} if go_on else set(before))
    if go_on:
        stage.back(change)
