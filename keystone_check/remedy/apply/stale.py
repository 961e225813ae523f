"""What no longer stands as a plan had it, read before anything of the plan is written."""

from collections.abc import Iterator, Sequence

from keystone_check.errors import ApplyError
from keystone_check.model.access import Access
from keystone_check.model.change import Change, address
from keystone_check.probes.refusals import ReadError
from keystone_check.remedy.apply.obstacles import changed, next_step
from keystone_check.remedy.apply.standing import Hands, before, standing
from keystone_check.remedy.describe import title


def stale(access: Access, changes: Sequence[Change]) -> tuple[str, ...]:
    """A sentence for each change whose address stands neither as planned nor as it would be written.

    Where a plan writes twice to one address, only the first of the two meets what stands there now.
    Raises ApplyError where an address cannot be read.
    """
    return tuple(_stale(Hands(access), changes))


def _stale(hands: Hands, changes: Sequence[Change]) -> Iterator[str]:
    firsts: dict[tuple[str, ...], Change] = {}
    for change in changes:
        firsts.setdefault(address(change), change)
    for change in firsts.values():
        try:
            found = standing(hands, change)
        except ReadError as error:
            said = f"could not read what stands where the plan would {title(change)}: {error.message}"
            raise ApplyError(said, next_step(error), unchanged=True) from error
        if not found.done and found.value != before(change):
            yield changed(change, before(change), found)
