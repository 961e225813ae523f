"""No configuration file of K3s takes away the arguments of another.

## Why it matters
K3s reads `config.yaml` and then `config.yaml.d/*.yaml` by name, and of one key the last file counts as a
whole: a drop-in that sets `kube-apiserver-arg:` for something else, such as an audit log, takes away the
issuer that another file set, without a word. After the next restart the API server signs for
`https://kubernetes.default.svc.cluster.local` and STS answers `No OpenIDConnect provider found in your
account for …` (InvalidIdentityToken).

## How to fix
Write the key with a plus, `kube-apiserver-arg+:`, in every file after the first that sets it.

## References
- https://docs.k3s.io/installation/configuration
- https://github.com/k3s-io/k3s/blob/master/pkg/configfilearg/parser.go
"""

from collections.abc import Iterator

from keystone_check.checks.declaring import by_hand, listed, unseen
from keystone_check.model.declared import Declared, Setting
from keystone_check.model.facts import Subjects
from keystone_check.model.finding import Evidence, Finding, Severity, broken, holds

severity = Severity.HIGH


def judge(declared: Subjects[Declared]) -> Iterator[Finding]:
    """One finding for each place that sets arguments of the API server."""
    yield from unseen(declared)
    for _, one in declared.seen():
        lost = tuple(one.overwritten())
        yield from (_taken(*pair) for pair in lost)
        if one.settings and not lost:
            yield holds(one.settings[0].where, _together(one))


def _taken(lost: Setting, later: Setting) -> Finding:
    return broken(
        later.where,
        f"its kube-apiserver-arg stands in for that of {lost.where}, and takes away {listed(lost.written)}",
        Evidence(later.where, "kube-apiserver-arg+", "kube-apiserver-arg"),
        by_hand(
            "add to what the other file says",
            f"in {later.where} write kube-apiserver-arg+: in place of kube-apiserver-arg:",
            "then restart one server after the other: systemctl restart k3s",
        ),
    )


def _together(one: Declared) -> str:
    """The docs of K3s say that a unit's arguments stand in for those of the files; its code adds them."""
    unit = next((it.where for it in one.settings if it.where.endswith(".service")), "")
    files = [it.where for it in one.settings if it.where != unit]
    if not unit or not files:
        return ""
    return (
        f"{unit} and {listed(files)} both set arguments: K3s's docs say that the unit's stand alone, its "
        "code adds them to the files'; in one place both agree"
    )
