"""Passwords are fetched from where the site says, and never shown."""

import os
import pty
import select
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import keyring
import keyring.backend
import keyring.errors
import nbformat
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

from runbook_lib.clientmanager import ClientManagerSite
from runbook_lib.errors import ParameterError
from runbook_lib.parameters import load_site

Load = Callable[[str], ClientManagerSite]
Refusal = Callable[[str], list[str]]
Changed = Callable[..., str]

REFERENCE = "{environment: RUNBOOK_TEST_PASSWORD}"
SECRET = "hunter2"


def test_from_the_environment(load: Load, changed: Changed, monkeypatch: pytest.MonkeyPatch) -> None:
    access = load(changed()).node("node1")
    monkeypatch.setenv("RUNBOOK_TEST_PASSWORD", SECRET)
    assert (access.user, access.password()) == ("CORP\\runbook", SECRET)
    assert SECRET not in repr(access)
    assert SECRET not in repr(load(changed()))


def test_a_variable_that_is_not_set(load: Load, changed: Changed, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("RUNBOOK_TEST_PASSWORD", raising=False)
    with pytest.raises(ParameterError) as caught:
        load(changed()).node("node1").password()
    assert str(caught.value).startswith("parameters/tokyo.yaml: the password of CORP\\runbook is to come from the")
    assert "RUNBOOK_TEST_PASSWORD" in str(caught.value)


class Ring(keyring.backend.KeyringBackend):
    """A key ring in memory, through keyring's own interface for backends."""

    priority = 1  # type: ignore[assignment]

    def __init__(self) -> None:
        super().__init__()
        self.held: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        if service == "locked":
            raise keyring.errors.KeyringLocked
        return self.held.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.held[service, username] = password


@pytest.fixture
def ring() -> Iterator[Ring]:
    before, ring = keyring.get_keyring(), Ring()
    keyring.set_keyring(ring)
    yield ring
    keyring.set_keyring(before)


def test_from_the_key_ring(load: Load, changed: Changed, ring: Ring) -> None:
    site = load(changed(REFERENCE, "{keyring: runbook-tokyo}"))
    with pytest.raises(ParameterError, match=r"holds no password of .* under runbook-tokyo"):
        site.node("node1").password()
    ring.set_password("runbook-tokyo", "CORP\\runbook", SECRET)
    assert site.node("node1").password() == SECRET
    with pytest.raises(ParameterError, match="key ring of this computer cannot be read"):
        load(changed(REFERENCE, "{keyring: locked}")).node("node1").password()


ASK = "from runbook_lib.parameters import load_site\nprint(load_site('tokyo').node('node1').password()[::-1])"


def without_clientmanager(text: str) -> str:
    return text[: text.index("clientmanager:")]


def test_asked_of_the_operator_at_a_terminal(home: Path, changed: Changed) -> None:
    text = without_clientmanager(changed(REFERENCE, "prompt"))
    (home / "parameters" / "tokyo.yaml").write_text(text, encoding="utf-8")
    child, terminal = pty.fork()
    if child == 0:
        os.execv(sys.executable, [sys.executable, "-c", ASK])
    shown = b""
    while b": " not in shown and select.select([terminal], [], [], 20)[0]:
        shown += os.read(terminal, 1000)
    assert b"Password of CORP\\runbook: " in shown
    os.write(terminal, SECRET.encode() + b"\n")
    answer = b""
    while SECRET[::-1].encode() not in answer and select.select([terminal], [], [], 20)[0]:
        answer += os.read(terminal, 1000)
    os.waitpid(child, 0)
    os.close(terminal)
    assert SECRET[::-1].encode() in answer
    assert SECRET.encode() not in answer


def test_nobody_to_ask(home: Path, changed: Changed) -> None:
    text = without_clientmanager(changed(REFERENCE, "prompt"))
    (home / "parameters" / "tokyo.yaml").write_text(text, encoding="utf-8")
    command = [sys.executable, "-c", ASK]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    assert "asked of the operator, and nobody answered" in done.stderr
    assert done.returncode == 1


@pytest.mark.notebook
def test_a_kernel_without_a_reader_has_nobody_to_ask(home: Path, changed: Changed) -> None:
    text = without_clientmanager(changed(REFERENCE, "prompt"))
    (home / "parameters" / "tokyo.yaml").write_text(text, encoding="utf-8")
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(ASK)])
    with pytest.raises(CellExecutionError, match="asked of the operator, and nobody answered"):
        NotebookClient(notebook, kernel_name="python3", timeout=60).execute()


LITERALS = [
    SECRET,
    f"'{SECRET}'",
    f"{{environment: {SECRET}}}",
    f"{{environment: '${{{SECRET}}}'}}",
    f"{{password: {SECRET}}}",
    f"{{value: {SECRET}, environment: NAME}}",
    f"{{{SECRET}: }}",
    f"[{SECRET}]",
    f"!secret {SECRET}",
    f"*{SECRET}",
    f'"\\{SECRET}"',
    f"%{SECRET}",
    f"@{SECRET}",
    f"{SECRET}: {SECRET}: {SECRET}",
    f"{{{SECRET}: 1, {SECRET}: 2}}",
    f"{{environment: A, keyring: {SECRET}}}",
    f"{{environment: [{SECRET}]}}",
    f"{{environment: &{SECRET} A, keyring: &{SECRET} B}}",
    f"!{SECRET}!x y",
]


@pytest.mark.parametrize("literal", LITERALS)
def test_a_literal_password_is_refused_and_not_repeated(changed: Changed, refusal: Refusal, literal: str) -> None:
    told = "\n".join(refusal(changed(REFERENCE, literal)))
    assert SECRET not in told
    assert SECRET[1:] not in told  # an escape takes its first letter


@pytest.mark.parametrize("literal", ["12345678", "yes", "0777", "1_000", "2012-07-02", "~", "3.14"])
def test_passwords_that_yaml_reads_as_something_else(changed: Changed, refusal: Refusal, literal: str) -> None:
    for where in (literal, f"{{environment: {literal}}}"):
        told = "\n".join(refusal(changed(REFERENCE, where))).replace("parameters/tokyo.yaml", "")
        assert literal not in told.replace("yes/no", "") or literal == "~"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("    user: 'CORP\\runbook'\n", f"    user: 'CORP\\runbook'\n    passwd: {SECRET}\n"),
        ("    user: 'CORP\\runbook'\n", f"    user: ['CORP\\runbook', {SECRET}]\n"),
        ("transport: ntlm", f"password: {SECRET}"),
        ("description:", f"password: {SECRET}\ndescription:"),
        ("{address: 10.0.0.11}", f"{{address: 10.0.0.11, credential: {SECRET}}}"),
        ("{address: 10.0.0.11}", f"{{address: 10.0.0.11, credential: {{user: a, password: {SECRET}}}}}"),
        ("{address: 10.0.0.11}", f"{{address: 10.0.0.11, pasword: {SECRET}}}"),
    ],
)
def test_a_password_in_another_place_is_not_repeated(changed: Changed, refusal: Refusal, old: str, new: str) -> None:
    assert SECRET not in "\n".join(refusal(changed(old, new)))


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(secret=st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=8, max_size=16))
def test_no_password_survives_in_a_message(changed: Changed, home: Path, secret: str) -> None:
    path = home / "parameters" / "tokyo.yaml"
    path.write_text(changed(REFERENCE, secret), encoding="utf-8")
    with pytest.raises(ParameterError) as caught:
        load_site("tokyo", ClientManagerSite)
    assert secret not in str(caught.value)


def test_a_client_certificate_needs_no_password(load: Load, changed: Changed) -> None:
    credential = changed()[changed().index("  credential:") : changed().index("nodes:")]
    text = changed(
        *(
            "transport: ntlm",
            "transport: certificate\n  scheme: https\n  client_certificate: a.pem\n  client_key: a.key",
        ),
        *(credential, ""),
    )
    access = load(text).node("node1")
    assert (access.user, access.password(), access.port) == ("", "", 5986)
    assert access.client_key == load(text).path.parent / "a.key"


def test_a_credential_is_needed(changed: Changed, refusal: Refusal) -> None:
    credential = changed()[changed().index("  credential:") : changed().index("nodes:")]
    assert refusal(changed(credential, ""))[0].startswith("16: winrm.credential is missing. Write user: ")
