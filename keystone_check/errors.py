"""What can go wrong in a way that the user can act on: one root, one sentence, one next step."""


class KeystoneError(Exception):
    """Something was tried, something came back, and there is a next step.

    `message` says what was tried and what came back; `hint` what to do next. Neither ever holds
    a token, a key or a credential.
    """

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message}\n  next: {self.hint}" if self.hint else self.message


class UsageError(KeystoneError):
    """The command, an option or the configuration asks for what cannot be (exit code 2)."""


class ApplyError(KeystoneError):
    """A change was refused, or what stands there is no longer what the plan was made for.

    `unchanged`: what stood there is known to stand there still.
    """

    def __init__(self, message: str, hint: str = "", *, unchanged: bool = False) -> None:
        super().__init__(message, hint)
        self.unchanged = unchanged
