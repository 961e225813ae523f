"""The checks as pytest items; imported when a cluster was named.

    keystone::<link>::<check>[subject]

The facts are gathered once, at the start of the session. With xdist the controller does it and hands
the facts to its workers, who judge them again: judging is pure and takes milliseconds.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path
from typing import Any

import pytest

from keystone_check.errors import KeystoneError
from keystone_check.gate import Gate
from keystone_check.model.chain import LINKS
from keystone_check.model.finding import Severity, Status
from keystone_check.model.outcome import Outcome
from keystone_check.reports.printable import printable
from keystone_check.reports.report import documentation, idle_entries, terms
from keystone_check.targets import Bench, Progress, Target, hand_over, take_over
from keystone_check.telling import forgiveness, tell, who_asks

Opener = Callable[[str, Path, Progress], AbstractContextManager[Target]]
"""Opens the cluster of a name, which may be meant from a folder, and tells how it goes."""

_WORKERINPUT = "keystone_targets"
_GRAVEST_FIRST = (Status.CRASHED, Status.BROKEN, Status.BLOCKED, Status.HOLDS, Status.NOT_APPLICABLE)


class Conformance:
    """Hooks of one run: look, say who asks, add the items."""

    def __init__(
        self,
        config: pytest.Config,
        names: Sequence[str],
        opener: Opener,
        *,
        allow_blocked: bool,
        gate: Gate | None = None,
        bench: Bench | None = None,
    ) -> None:
        self._names = tuple(dict.fromkeys(names))
        self._opener = opener
        self._open = ExitStack()
        self.allow_blocked = allow_blocked
        self.gate = gate or Gate()
        self.bench = bench or Bench()
        self.targets: tuple[Target, ...] = ()
        config.add_cleanup(self._open.close)
        for marker, meaning in markers():
            config.addinivalue_line("markers", f"{marker}: {meaning}")
        if len(self._names) > 1:
            config.pluginmanager.register(_each(self._names), "keystone-each-cluster")

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionstart(self, session: pytest.Session) -> None:
        """Look at every cluster, before anything is collected or any worker is started."""
        handed = getattr(session.config, "workerinput", {}).get(_WORKERINPUT)
        try:
            if handed is None:
                self.targets = tuple(self._look(name, session.config) for name in self._names)
            else:
                self.targets = tuple(take_over(each, self.bench) for each in handed)
            if self.bench.wanted:  # a target that goes down is told before anything is collected
                for target in self.targets:
                    _ = target.diagnosis
        except KeystoneError as error:
            raise pytest.UsageError(str(error)) from error

    def _look(self, name: str, config: pytest.Config) -> Target:
        return self._open.enter_context(self._opener(name, config.invocation_params.dir, _progress(config)))

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Any) -> None:
        """xdist: give a new worker the facts."""
        node.workerinput[_WORKERINPUT] = [dict(hand_over(target)) for target in self.targets]

    def pytest_report_header(self) -> list[str]:
        wanted = " and ".join(map(str, self.bench.wanted))
        judged = [f"keystone-check judges as if: {wanted}"] if wanted else []
        if not self._names:
            return ["keystone-check: no cluster is of this shard"]
        return [*(who_asks(target) for target in self.targets), *judged]

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """A shard without a cluster has nothing to do, and does that well."""
        if not self._names and session.exitstatus == pytest.ExitCode.NO_TESTS_COLLECTED:
            session.exitstatus = pytest.ExitCode.OK

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Acceptances that fit nothing; they fail nothing either."""
        notes = [note for target in self.targets for note in idle_entries(target.diagnosis)]
        if notes:
            terminalreporter.section("keystone: accepted findings")
        for note in dict.fromkeys(notes):
            terminalreporter.line(printable(note))

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection_modifyitems(self, session: pytest.Session, items: list[pytest.Item]) -> None:
        """Add one item for each check and subject, before -k, -m and --lf choose among them."""
        chain = Chain.from_parent(session, name="keystone", nodeid="keystone", run=self)
        # First, so that the cause is reported before the user's own tests that fail because of it.
        items[:0] = session.genitems(chain)


def _each(names: Sequence[str]) -> object:
    """A plugin in whose presence a test that uses a cluster runs once for each."""

    class Each:
        @pytest.fixture(scope="session", params=names)
        def keystone_cluster(self, request: pytest.FixtureRequest) -> str:
            """The name of one of the clusters that the run was given."""
            name: str = request.param
            return name

    return Each()


class Chain(pytest.Collector):
    """Everything that is judged."""

    def __init__(self, *, run: Conformance, **node: Any) -> None:
        super().__init__(**node)
        self._run = run

    def collect(self) -> Iterator[pytest.Collector]:
        for link in LINKS:
            yield Link.from_parent(self, name=link.id, run=self._run)


class Link(pytest.Collector):
    """One link of the chain, for every cluster."""

    def __init__(self, *, run: Conformance, **node: Any) -> None:
        super().__init__(**node)
        self._run = run

    def collect(self) -> Iterator[pytest.Item]:
        for target in self._run.targets:
            outcomes = dict(target.diagnosis.links())[self.name]
            for (check, subject), found in _by_subject(outcomes).items():
                name = check + self._brackets(target, subject)
                # As text, which pytest parses: an id that is put together from names differs from the
                # parsed id of its own report, and --lf compares the two.
                nodeid = f"{self.nodeid}::{name}"
                yield Judgement.from_parent(
                    self, name=name, nodeid=nodeid, run=self._run, target=target, outcomes=found
                )

    def _brackets(self, target: Target, subject: str) -> str:
        named = (target.name, subject) if len(self._run.targets) > 1 else (subject,)
        return f"[{printable(': '.join(filter(None, named)))}]" if any(named) else ""


def _by_subject(outcomes: Sequence[Outcome]) -> dict[tuple[str, str], list[Outcome]]:
    """A check may find several things about one subject; an item's id must be its own."""
    grouped: dict[tuple[str, str], list[Outcome]] = {}
    for outcome in outcomes:
        grouped.setdefault((outcome.check.id, outcome.finding.subject), []).append(outcome)
    return grouped


class Judgement(pytest.Item):
    """One check's word about one subject."""

    def __init__(self, *, run: Conformance, target: Target, outcomes: Sequence[Outcome], **node: Any) -> None:
        super().__init__(**node)
        self._target, self._run = target, run
        self._outcomes = sorted(outcomes, key=lambda outcome: _GRAVEST_FIRST.index(outcome.status))
        check, finding = self._outcomes[0].check, self._outcomes[0].finding
        entry = self._outcomes[0].acceptance
        for marker in ("keystone", f"keystone_{check.link}", f"keystone_{check.severity.value}"):
            self.add_marker(marker)
        self.user_properties += [
            ("cluster", printable(target.name)),
            ("check", check.id),
            ("link", check.link),
            ("subject", printable(finding.subject)),
            ("severity", check.severity.value),
            ("status", finding.status.value),
            ("documentation", documentation(check)),
            *((("accepted", terms(entry)),) if entry and not self._outcomes[0].lapsed else ()),
        ]
        if finding.status is Status.NOT_APPLICABLE:
            self._skip(f"{check.id}: {finding.message}")
        elif finding.status is Status.BLOCKED and run.allow_blocked:
            self._skip(f"{check.id}: could not see: {finding.message}")

    def _skip(self, reason: str) -> None:
        self.add_marker(pytest.mark.skip(reason=printable(reason)))

    def runtest(self) -> None:
        gate = self._run.gate
        failing = [outcome for outcome in self._outcomes if gate.fails(outcome) and not self._allows(outcome)]
        forgiven = [outcome for outcome in self._outcomes if outcome.status is Status.BROKEN]
        if forgiven and not failing:
            # pytest's own word for a failure that is known; --runxfail lets it fail
            pytest.xfail(printable("; ".join(forgiveness(outcome, gate) for outcome in forgiven)))
            failing = forgiven
        if failing:
            pytest.fail("\n\n".join(tell(outcome, self._target) for outcome in failing), pytrace=False)

    def _allows(self, outcome: Outcome) -> bool:
        return outcome.status is Status.BLOCKED and self._run.allow_blocked

    def reportinfo(self) -> tuple[Path, int, str]:
        return self.config.rootpath / "keystone", 0, self.name


def markers() -> Iterator[tuple[str, str]]:
    """The markers that items carry, with their meaning."""
    for link in LINKS:
        yield f"keystone_{link.id}", f"checks of the link: {link.title}"
    for severity in Severity:
        yield f"keystone_{severity.value}", f"checks whose failure is {severity.value}"


def _progress(config: pytest.Config) -> Progress:
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    if reporter is None or not reporter.isatty:
        return lambda source, what: None
    return lambda source, what: reporter.rewrite(printable(f"reading {source}: {what}")[:70], erase=True)
