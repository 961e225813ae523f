"""A value that cannot be printed, pickled or compared by accident."""

from typing import NoReturn


class Secret:
    """Holds a token, key or credential. Only `reveal()` gives it, and that call is easy to search for."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """The secret itself; pass it on at once and keep it in no variable."""
        return self._value

    def __repr__(self) -> str:
        return "Secret(…)"

    __str__ = __repr__

    def __format__(self, spec: str) -> str:
        return "Secret(…)"

    def __eq__(self, other: object) -> NoReturn:
        raise TypeError("a Secret is not compared; reveal() it where that is meant")

    __hash__ = None  # type: ignore[assignment]  # the documented way to make a class unhashable

    def __reduce__(self) -> NoReturn:
        raise TypeError("a Secret is not pickled")
