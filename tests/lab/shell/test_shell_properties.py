"""What must hold for any text: quoting as Microsoft documents it reaches a program unharmed."""

import subprocess

from hypothesis import given
from hypothesis import strategies as st

from runbook_lib.lab.shell.arguments import split_arguments
from runbook_lib.lab.shell.launch import split_command
from runbook_lib.lab.shell.parser import Parser
from runbook_lib.lab.shell.percent import expand_percent
from runbook_lib.lab.shell.syntax import Block, Chain, Simple

ANY = st.text(st.characters(blacklist_categories=("Cs", "Cc")), max_size=30)
HOSTILE = st.text("ab \"%^&|<>()!;,='\\日", max_size=30)
SPECIAL = "&|<>^()"


def escaped(text: str) -> str:
    """Every character that means something outside quotes, quotes too, with a caret before it."""
    return "".join(f"^{sign}" if sign in SPECIAL + '"' else sign for sign in text)


@given(st.lists(HOSTILE | ANY, min_size=1, max_size=4))
def test_arguments_quoted_for_the_c_runtime_come_back(arguments):
    # list2cmdline writes what "Parsing C command-line arguments" documents.
    assert split_arguments(subprocess.list2cmdline(arguments)) == arguments


@given(HOSTILE)
def test_a_text_with_carets_reaches_the_command_as_it_is(text):
    command = Parser("echo " + escaped(text)).parse()
    assert command == Simple("echo " + text)


@given(st.text("ab &|<>^();,='\\!日", max_size=30))
def test_quotes_protect_everything_but_percent(text):
    command = Parser(f'echo "{text}"').parse()
    assert command == Simple(f'echo "{text}"')


@given(HOSTILE)
def test_undefined_variables_stay_in_command_line_mode(text):
    assert expand_percent(text, lambda name: None) == text


@given(st.text('ab&|" ^', max_size=20))
def test_a_caret_behind_the_percent_sign_keeps_a_variable_from_expanding(text):
    line = f"echo {text}%^name%"
    assert expand_percent(line, {"name": "value"}.get) == line


@given(HOSTILE)
def test_a_doubled_percent_sign_is_one_in_a_batch_file(text):
    assert expand_percent(text.replace("%", "%%"), lambda name: None, lambda reference: "") == text


@given(st.lists(st.sampled_from(["a", "b c", '"d&e"']), min_size=1, max_size=5))
def test_commands_are_cut_at_ampersands(commands):
    command = Parser("&".join(commands)).parse()
    texts: list[str] = []
    while isinstance(command, Chain):
        texts.insert(0, command.right.text())
        command = command.left
    assert [command.text(), *texts] == commands


@given(st.integers(0, 6))
def test_parentheses_nest(depth):
    command = Parser("(" * depth + "echo a" + ")" * depth).parse()
    for _ in range(depth):
        assert isinstance(command, Block)
        command = command.commands[0]
    assert command == Simple("echo a")


@given(st.text("ab/;,=.\\", min_size=1, max_size=8).filter(str.strip), ANY)
def test_a_quoted_program_name_is_whole(name, tail):
    assert split_command(f'"{name}" {tail}', ()) == (f'"{name}"', f" {tail}")


@given(HOSTILE)
def test_reading_any_line_ends(text):
    from runbook_lib.lab.shell.scanner import BadSyntax

    try:
        Parser(text).parse()
    except BadSyntax:
        return
