"""Every sentence that the library can show, read from its source.

`python -m tests.wording.extraction` prints the sentences that have no Japanese, as PO entries to be filled in.
"""

import ast
import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from runbook_lib.wording import say
from runbook_lib.wording.catalogue import entries_of
from tests.wording.rules import ERRORS, KEPT, LEFT_OUT, NOT_SHOWN, NOT_SHOWN_CALLS, RAISED, SHOWN_WORDS, WHOLE

PACKAGE = Path(__file__).parents[2] / "runbook_lib"


@dataclass(frozen=True)
class Sentence:
    """A text with places for values in braces, and where it stands."""

    file: str
    line: int
    text: str

    def filled(self) -> str:
        """The text with a value in each place that no sentence holds by chance."""
        return PLACE.sub(lambda found: f"q7{found[1]}7q", self.text)

    @property
    def said(self) -> str:
        """What `say` makes of it."""
        return say("ja", self.filled())


TEMPLATE_SAYS = re.compile(r"""\bsay\(\s*["']([^"']+)["']""")
PLACE = re.compile(r"\{([a-z_][a-z0-9_]*)\}")


def _constants() -> dict[str, str]:
    """Texts that have a name in capitals, of all modules; a name that stands for two texts is left out."""
    found: dict[str, set[str]] = {}
    for file in PACKAGE.rglob("*.py"):
        for node in ast.parse(file.read_text()).body:
            target = node.target if isinstance(node, ast.AnnAssign) else None
            value = getattr(node, "value", None)
            if isinstance(target, ast.Name) and isinstance(value, ast.Constant) and isinstance(value.value, str):
                found.setdefault(target.id, set()).add(value.value)
    return {name: texts.pop() for name, texts in found.items() if len(texts) == 1}


CONSTANTS = _constants()


def sentences() -> list[Sentence]:
    """All of them, in the order of the files; a text that stands in two places is named once."""
    found: dict[str, Sentence] = {}
    for file in sorted(PACKAGE.rglob("*.py")):
        parts = file.relative_to(PACKAGE).parts
        layer = next((one for one in WHOLE if "/" in one and "/".join(parts).startswith(one)), parts[0])
        if parts[0] not in {"lab", "wording"} and "/".join(parts) not in LEFT_OUT:
            for sentence in _of_file(file, layer):
                found.setdefault(sentence.text, sentence)
    for file in sorted(PACKAGE.rglob("templates/*")):
        for number, line in enumerate(file.read_text().splitlines(), 1):
            for said in TEMPLATE_SAYS.findall(line):
                found.setdefault(said, Sentence(str(file.relative_to(PACKAGE.parent)), number, said))
    return list(found.values())


def _of_file(file: Path, layer: str) -> Iterator[Sentence]:
    tree = ast.parse(file.read_text())
    for parent in ast.walk(tree):
        for child in ast.iter_child_nodes(parent):
            child.parent = parent  # type: ignore[attr-defined]
    for node in ast.walk(tree):
        if not isinstance(node, ast.JoinedStr | ast.Constant) or (
            isinstance(node, ast.Constant) and not isinstance(node.value, str)
        ):
            continue
        word = _is_given_to_say(node)
        if not (word or (_is_for_people(node, layer) and not _is_part(node))):
            continue
        for text in _texts(node):
            shown = text.strip()
            if (word and re.search(r"[A-Za-z]{2}", PLACE.sub("", shown))) or _is_sentence(shown):
                yield Sentence(str(file.relative_to(PACKAGE.parent)), node.lineno, shown)


def _parents(node: ast.AST) -> Iterator[tuple[ast.AST, ast.AST]]:
    """Each node around *node*, with the child through which it holds it."""
    while (parent := getattr(node, "parent", None)) is not None:
        yield parent, node
        node = parent


def _is_given_to_say(node: ast.AST) -> bool:
    for parent, child in _parents(node):
        if isinstance(parent, ast.Call) and child in parent.args:
            name = _called(parent)
            return parent.args.index(child) in SHOWN_WORDS.get(name, ())
        if not isinstance(parent, ast.IfExp | ast.BoolOp) or child is getattr(parent, "test", None):
            return False
    return False


def _is_for_people(node: ast.AST, layer: str) -> bool:
    if layer not in {*WHOLE, *RAISED}:
        return False
    if _has_japanese_beside_it(node):
        return False
    raised = False
    for parent, child in _parents(node):
        if isinstance(parent, ast.Call):
            name = _called(parent)
            if name in NOT_SHOWN_CALLS or (name == "Act" and child is parent.args[0]):
                return False
        if isinstance(parent, ast.Expr) and isinstance(child, ast.Constant):
            return False  # a docstring
        if isinstance(parent, ast.Subscript) and child is parent.slice:
            return False
            raised = raised or name in ERRORS
        raised = raised or isinstance(parent, ast.Raise)
    return raised or layer in WHOLE


def _has_japanese_beside_it(node: ast.AST) -> bool:
    """Whether it is one of a pair of texts, English and Japanese."""
    parent = getattr(node, "parent", None)
    held = parent.args if isinstance(parent, ast.Call) else getattr(parent, "elts", [])
    texts = [text for one in held if isinstance(one, ast.Constant | ast.JoinedStr) for text in _texts(one)]
    return any(re.search("[ぁ-ん]|[ァ-ン]{2}|[一-龥]{2}", text) for text in texts)


def _is_part(node: ast.AST) -> bool:
    """Whether an f-string holds it in its words, or in a choice that `_texts` writes out."""
    for parent, child in _parents(node):
        if isinstance(parent, ast.JoinedStr):
            return True
        if isinstance(parent, ast.FormattedValue):
            return child is parent.format_spec or (child is node or isinstance(child, ast.IfExp))
        if not isinstance(parent, ast.IfExp):
            return False
        if child is parent.test:
            return False
    return False


def _called(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def _texts(node: ast.AST) -> list[str]:
    """The text of a literal, its values as places; a choice between literals makes one text of each."""
    if isinstance(node, ast.Constant):
        return [str(node.value)]
    assert isinstance(node, ast.JoinedStr)
    pieces = [
        _choices(piece.value) if isinstance(piece, ast.FormattedValue) else [str(getattr(piece, "value", ""))]
        for piece in node.values
    ]
    return [_numbered("".join(chosen)) for chosen in itertools.islice(itertools.product(*pieces), 16)]


def _choices(value: ast.expr) -> list[str]:
    if isinstance(value, ast.IfExp):
        return [*_choices(value.body), *_choices(value.orelse)]
    if isinstance(value, ast.Constant):
        return [str(value.value)]
    if isinstance(value, ast.JoinedStr):
        return _texts(value)
    if isinstance(value, ast.Name) and value.id in CONSTANTS:
        return [CONSTANTS[value.id]]
    return ["{" + _name(value) + "}"]


def _name(value: ast.AST) -> str:
    """What a reader would call a value: the last name in it."""
    if isinstance(value, ast.Attribute):
        name = value.attr if value.attr not in {"name", "strerror"} else f"{_name(value.value)}_{value.attr}"
    elif isinstance(value, ast.Name):
        name = value.id
    elif isinstance(value, ast.Call):
        name = _name(value.args[0] if value.args else value.func)
    elif isinstance(value, ast.Subscript | ast.Starred):
        name = _name(value.value)
    elif isinstance(value, ast.BoolOp):
        name = _name(value.values[0])
    elif isinstance(value, ast.BinOp):
        name = _name(value.left)
    elif isinstance(value, ast.GeneratorExp | ast.ListComp):
        name = _name(value.generators[0].iter)
    else:
        name = "value"
    return re.sub(r"[^a-z0-9_]", "", name.lower()).strip("_") or "value"


def _numbered(text: str) -> str:
    """Each place with a name of its own."""
    counted: dict[str, int] = {}

    def numbered(found: re.Match[str]) -> str:
        counted[found[1]] = counted.get(found[1], 0) + 1
        return "{" + found[1] + (str(counted[found[1]]) if counted[found[1]] > 1 else "") + "}"

    return PLACE.sub(numbered, text)


def _is_sentence(text: str) -> bool:
    words = PLACE.sub(" ", text)
    if re.search(r"[ぁ-んァ-ン一-龥]|\($", words) or any(re.match(pattern, text) for pattern in NOT_SHOWN):
        return False
    return " " in text and re.search(r"[A-Za-z]{2,}", words) is not None


def bare(text: str) -> str:
    """The words of a text, its places without their names: by that a sentence and its entry are the same."""
    return PLACE.sub("{}", text).strip()


def missing() -> list[Sentence]:
    """Those that have no entry of their own."""
    known = {bare(english) for english, *_ in entries_of("ja")}
    return [one for one in sentences() if bare(one.text) not in known and one.text not in KEPT]


if __name__ == "__main__":
    for file, group in itertools.groupby(missing(), key=lambda sentence: sentence.file):
        print(f"# {file}")
        for sentence in group:
            escaped = sentence.text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
            print(f'msgid "{escaped}"\nmsgstr ""\n')
