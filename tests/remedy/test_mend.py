"""The loop: bounded, asked for, and believed only when a look confirms it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

from keystone_check.errors import ApplyError
from keystone_check.model.aws import Provider, Role
from keystone_check.model.change import Change, SetThumbprints
from keystone_check.model.facts import Subjects
from keystone_check.model.finding import Finding, Safety, Status
from keystone_check.model.outcome import Check, Diagnosis
from keystone_check.model.world import World
from keystone_check.remedy.mend import Mended, Quit, late, mend, rehearsed
from keystone_check.remedy.plan import Step, named
from keystone_check.remedy.rehearse import rehearse
from tests.remedy.build import PROVIDER, ROLE, TRUST, chain, check, right, trust, trust_is, wrong


@dataclass
class Account:
    """A world that is written to, as an account and a cluster are."""

    world: World
    refuses: Callable[[Change], bool] = lambda change: False
    lag: int = 0
    """Looks after a write that still show what stood there."""
    written: list[Change] = field(default_factory=list)
    looks: int = 0
    _former: World | None = None
    _stale: int = 0

    def look(self) -> World:
        self.looks += 1
        if self._stale and self._former:
            self._stale -= 1
            return self._former
        return self.world

    def write(self, change: Change) -> None:
        if self.refuses(change):
            raise ApplyError("iam:UpdateAssumeRolePolicy: AccessDenied", "ask somebody who may")
        self.written.append(change)
        self._former, self._stale = self.world, self.lag
        self.world = rehearse(self.world, [change])


ID = SetThumbprints(PROVIDER, ("ab" * 20,), ("ab" * 20, "cd" * 20))


def knows_more(providers: Subjects[Provider]) -> Iterator[Finding]:
    for arn, provider in providers.seen():
        yield right(arn) if "cd" * 20 in provider.thumbprints else wrong(arn, ID)


MORE = check("knows_more", knows_more, "providers", link="provider")


def has(word: str) -> Check:
    """A check that wants a word in every trust policy, and adds it behind what stands there."""

    def judge(roles: Subjects[Role]) -> Iterator[Finding]:
        for arn, role in roles.seen():
            after = trust(f"{role.trust} {word}", role.trust, arn)
            yield right(arn) if word in role.trust else wrong(arn, after)

    return check(f"has_{word}", judge, "roles")


def green(diagnosis: Diagnosis) -> bool:
    return not diagnosis.having(Status.BROKEN)


def applied(mended: Mended) -> list[Change]:
    return [step.change for step in mended.applied]


def test_a_chain_that_holds_is_looked_at_once_and_not_written_to() -> None:
    account = Account(chain())
    mended = mend(account.look, [trust_is(TRUST)], account.write)
    assert (account.looks, account.written) == (1, [])
    assert mended.after == mended.before


def test_what_is_broken_is_mended_and_the_second_look_says_so() -> None:
    account = Account(chain())
    mended = mend(account.look, [trust_is("new"), MORE], account.write)
    assert applied(mended) == account.written == [ID, trust("new")]
    assert not green(mended.before)
    assert green(mended.after)


def test_findings_that_write_to_one_address_have_their_turn_round_by_round() -> None:
    account = Account(chain())
    mended = mend(account.look, [has("A"), has("B"), has("C")], account.write)
    assert applied(mended) == [
        trust(f"{TRUST} A"),
        trust(f"{TRUST} A B", f"{TRUST} A"),
        trust(f"{TRUST} A B C", f"{TRUST} A B"),
    ]
    assert green(mended.after)


def test_the_rounds_are_bounded() -> None:
    account = Account(chain())
    mended = mend(account.look, [has(word) for word in "KLMNO"], account.write, rounds=2)
    assert len(mended.applied) == 2
    assert len(mended.after.having(Status.BROKEN)) == 3


def test_a_repair_that_does_not_mend_is_written_once_and_not_again() -> None:
    useless = check("useless", lambda providers: [wrong("p", ID)], "providers")
    account = Account(chain())
    mended = mend(account.look, [useless], account.write)
    assert account.written == [ID]
    assert not green(mended.after)


def test_two_checks_that_undo_each_other_come_to_an_end() -> None:
    account = Account(chain())
    mended = mend(account.look, [trust_is("x", "one"), trust_is("y", "two")], account.write)
    assert applied(mended) == [trust("x")]
    assert [named(item.breaks[0]) for item in mended.refused] == [f"one[{ROLE}]"]


def test_a_harmful_repair_is_refused_and_nothing_is_written() -> None:
    account = Account(chain())
    mended = mend(account.look, [trust_is(TRUST, "keeps"), trust_is("other", "harms")], account.write)
    assert account.written == []
    assert [item.step.change for item in mended.refused] == [trust("other")]


def test_every_step_of_a_round_is_asked_for_before_the_first_is_written() -> None:
    account, asked = Account(chain()), list[tuple[Change, int]]()

    def confirm(step: Step) -> bool:
        asked.append((step.change, len(account.written)))
        return True

    mend(account.look, [trust_is("new"), MORE], account.write, confirm=confirm)
    assert asked == [(ID, 0), (trust("new"), 0)]


def test_a_declined_step_is_not_written_and_not_asked_for_again() -> None:
    account, asked = Account(chain()), list[Change]()

    def confirm(step: Step) -> bool:
        asked.append(step.change)
        return step.change != ID

    mended = mend(account.look, [trust_is("new"), MORE], account.write, confirm=confirm)
    assert account.written == [trust("new")]
    assert [step.change for step in mended.declined] == [ID]
    assert asked.count(ID) == 1


def test_whoever_quits_has_nothing_more_written_not_even_what_was_agreed_to() -> None:
    account, asked = Account(chain()), list[Change]()

    def confirm(step: Step) -> bool:
        asked.append(step.change)
        if len(asked) == 2:
            raise Quit
        return True

    mended = mend(account.look, [trust_is("new"), MORE], account.write, confirm=confirm)
    assert (account.written, account.looks) == ([], 1)
    assert [step.change for step in mended.declined] == asked == [ID, trust("new")]
    assert mended.quit


def test_with_a_declined_step_its_whole_repair_is_left() -> None:
    both = check("both", lambda roles: [wrong("r", trust("new"), ID)], "roles")
    account = Account(chain())
    mended = mend(account.look, [both], account.write, confirm=lambda step: step.change == ID)
    assert account.written == []
    assert {step.change for step in mended.declined} == {ID, trust("new")}


def test_a_failing_write_ends_the_writing_and_the_world_is_still_looked_at() -> None:
    account = Account(chain(), refuses=lambda change: change == ID)
    mended = mend(account.look, [trust_is("new"), MORE], account.write)
    assert account.written == []
    assert [failure.step.change for failure in mended.failures] == [ID]
    assert mended.failures[0].error.hint == "ask somebody who may"
    assert [step.change for step in mended.skipped] == [trust("new")]
    assert account.looks == 2


def test_what_was_written_before_a_failure_counts_and_is_seen() -> None:
    account = Account(chain(), refuses=lambda change: change == trust("new"))
    mended = mend(account.look, [trust_is("new"), MORE], account.write)
    assert applied(mended) == [ID]
    assert [named(item) for item in mended.after.having(Status.BROKEN)] == [f"trust_is[{ROLE}]"]


def test_a_write_that_shows_late_is_waited_for() -> None:
    account, waits = Account(chain(), lag=2), list[int]()

    def wait(attempt: int) -> bool:
        waits.append(attempt)
        return attempt < 5

    mended = mend(account.look, [MORE], account.write, wait=wait)
    assert waits == [0, 1]
    assert green(mended.after)


def test_a_write_that_never_shows_is_given_up_and_not_called_mended() -> None:
    account = Account(chain(), lag=99)
    mended = mend(account.look, [MORE], account.write, wait=lambda attempt: attempt < 3)
    assert account.looks == 1 + 4
    assert not green(mended.after)
    assert late(diagnose_after(account), mended.after) == (f"knows_more[{PROVIDER}]",)


def diagnose_after(account: Account) -> Diagnosis:
    return rehearsed(account.world, [MORE]).after


def test_what_is_held_back_at_the_end_is_listed() -> None:
    unsafe = check("unsafe", lambda roles: [wrong("r", trust("x"), safety=Safety.UNSAFE)], "roles")
    account = Account(chain())
    mended = mend(account.look, [unsafe, MORE], account.write)
    assert [item.release for item in mended.held_back] == ["--fix=unsafe"]
    assert account.written == [ID]


def test_a_dry_run_says_what_would_be_done_and_what_would_then_be_so() -> None:
    checks = [has("A"), has("B"), MORE]
    account = Account(chain())
    dry = rehearsed(chain(), checks)
    wet = mend(account.look, checks, account.write)
    assert applied(dry) == applied(wet)
    assert replace(dry.after, world=wet.after.world) == wet.after
    assert dry.after.world == wet.after.world
