"""What a service would not tell, in the words of the action that failed."""

from collections.abc import Callable
from typing import Any, TypeVar

from keystone_check.errors import KeystoneError
from keystone_check.model.facts import Missing

T = TypeVar("T")


class ReadError(KeystoneError):
    """A reader asked and got no fact. `code` is the service's own word or HTTP status, where it gave one."""

    def __init__(
        self, message: str, hint: str = "", *, code: str = "", permission: str = "", fact: str = ""
    ) -> None:
        super().__init__(message, hint)
        self.code = code
        self.permission = permission
        self.fact = fact

    def missing(self, fact: str) -> Missing:
        """The gap that this refusal leaves. What failed for all facts of a source keeps its own name."""
        because = f"{self.message}; {self.hint}" if self.hint else self.message
        return Missing(self.fact or fact, because, self.permission)


def said(refusal: ReadError, unless: frozenset[str], answer: Callable[[str, str], T]) -> T | None:
    """What a service itself said, where saying no is an answer: neither a fault of its own nor a limit."""
    response: Any = getattr(refusal.__cause__, "response", None) or {}  # None where no answer came
    status = response.get("ResponseMetadata", {}).get("HTTPStatusCode", 500)
    error = response.get("Error", {})
    code = str(error.get("Code", ""))
    if status >= 500 or not code or code in unless:
        return None
    return answer(code, str(error.get("Message", "")))


def header_beside(refusal: ReadError, name: str) -> str:
    """A header of the AWS answer that was translated into this refusal; empty when it has none."""
    response: Any = getattr(refusal.__cause__, "response", None) or {}  # None where no answer came
    return str(response.get("ResponseMetadata", {}).get("HTTPHeaders", {}).get(name, ""))
