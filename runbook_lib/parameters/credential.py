"""Credentials: a site says where a password is kept, and the password is fetched when it is needed."""

import getpass
import json
import os
import re
import sys
from pathlib import Path
from typing import Annotated, Any, Final, Self

from pydantic import AfterValidator, Field, PrivateAttr, ValidationInfo, model_validator

from runbook_lib.errors import ParameterError

from .section import Section
from .values import Text, Write

_HOW: Final = (
    "Write {environment: NAME}, {keyring: SERVICE} or prompt; the password itself never stands in a site file."
)


TYPED_PASSWORDS: Final = "RUNBOOK_TYPED_PASSWORDS"
"""Environment variable in which a process that cannot ask is given what was typed: a JSON object, account to password.

Whoever starts such a process has asked the operator in its place.  The variable is handed on to the kernel alone.
"""


def typed_passwords() -> dict[str, str]:
    """The passwords that whoever started this process was given by the operator, by account; none where there are none.

    Raises ParameterError, which does not quote it, where the variable holds something else.
    """
    text = os.environ.get(TYPED_PASSWORDS, "")
    if not text:
        return {}
    try:
        typed = json.loads(text)
    except ValueError:
        typed = None
    if not isinstance(typed, dict) or not all(isinstance(password, str) for password in typed.values()):
        raise ParameterError(
            f"{TYPED_PASSWORDS} is not a JSON object of accounts and passwords. It is set by what starts a run of its "
            "own; unset it in your environment."
        )
    return typed


def _environment_name(value: str) -> str:
    # Capitals only, so that a password written here by mistake is hardly ever taken for a name and shown.
    if not re.fullmatch(r"[A-Z_][A-Z0-9_]*", value):
        raise ValueError(
            "is not the name of an environment variable. "
            "Write capital letters, digits and _, such as RUNBOOK_PASSWORD; never the password itself."
        )
    return value


EnvironmentName = Annotated[
    str, AfterValidator(_environment_name), Write("the name of an environment variable, such as RUNBOOK_PASSWORD")
]


class PasswordSource(Section):
    """Where a password is kept; with neither key, the operator is asked.

    Attributes:
        environment: name of an environment variable.
        keyring: service name in the operating system's key ring, looked up with the credential's user.
    """

    environment: EnvironmentName | None = None
    keyring: Text | None = None

    @model_validator(mode="before")
    @classmethod
    def _only_references(cls, value: Any) -> Any:  # noqa: ANN401 - whatever the file holds
        if value == "prompt":
            return {}
        if isinstance(value, cls):
            return value
        if isinstance(value, dict) and len(value) == 1 and set(value) <= set(cls.model_fields):
            if next(iter(value.values())) is not None:
                return value
            raise ValueError(f"has nothing after its key. {_HOW}")
        kind = "must name one place where it is kept" if isinstance(value, dict) else "is not a reference"
        raise ValueError(f"{kind}. {_HOW}")


class Credential(Section):
    r"""An account on the nodes.

    Attributes:
        user: ``CORP\runbook``, ``runbook@corp.example`` or a local ``runbook``.
        source: where the password is kept (key ``password`` in the file).
    """

    user: Annotated[Text, Write(r"an account in single quotes, such as 'CORP\runbook'")]
    source: Annotated[PasswordSource, Write("{environment: NAME}, {keyring: SERVICE} or prompt")] = Field(
        alias="password"
    )
    _file: Path = PrivateAttr(default=Path("the site file"))

    @model_validator(mode="after")
    def _remember_file(self, info: ValidationInfo) -> Self:
        if isinstance(info.context, dict) and "file" in info.context:
            self._file = info.context["file"]
        return self

    @property
    def is_asked(self) -> bool:
        """Whether the password is asked of the operator."""
        return not (self.source.environment or self.source.keyring)

    def password(self) -> str:
        """The password, fetched now and kept nowhere.

        Raises ParameterError, which names the file and the place looked at, where there is none.
        """
        if self.source.environment:
            return self._from_environment(self.source.environment)
        if self.source.keyring:
            return self._from_keyring(self.source.keyring)
        return self._from_operator()

    def _from_environment(self, name: str) -> str:
        if password := os.environ.get(name):
            return password
        raise ParameterError(
            f"{self._file}: the password of {self.user} is to come from the environment variable {name}, "
            "which is not set here. Set it before starting, or name another place under credential."
        )

    def _from_keyring(self, service: str) -> str:
        import keyring  # slow to import, and not needed for the other places
        from keyring.errors import KeyringError

        try:
            password = keyring.get_password(service, self.user)
        except KeyringError as error:
            raise ParameterError(
                f"{self._file}: the key ring of this computer cannot be read for {self.user} ({type(error).__name__}). "
                "Unlock or install one, or name another place under credential."
            ) from None
        if password:
            return password
        raise ParameterError(
            f"{self._file}: the key ring holds no password of {self.user} under {service}. "
            f"Store it with: keyring set {service} '{self.user}'"
        )

    def _from_operator(self) -> str:
        if password := typed_passwords().get(self.user):
            return password
        # In a kernel getpass asks through the notebook's page, and raises NotImplementedError where nobody listens.
        if sys.stdin is not None and (sys.stdin.isatty() or "ipykernel.kernelapp" in sys.modules):
            try:
                if password := getpass.getpass(f"Password of {self.user}: "):
                    return password
            except (NotImplementedError, EOFError):
                pass  # told below, as for every other run without a person
        raise ParameterError(
            f"{self._file}: the password of {self.user} is asked of the operator, and nobody answered. "
            "Run it attended, or name an environment variable or the key ring under credential."
        )
