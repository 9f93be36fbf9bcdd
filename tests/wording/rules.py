"""Which texts of the source are for people, and which of those stay English."""

from runbook_lib import errors

LEFT_OUT = {
    "clientmanager/script_words.py": "comments and messages of the group's scripts, in the language of the nodes",
    "clientmanager/facts.py": "names that the product gives its parts",
    **dict.fromkeys(
        [
            "clientmanager/setup_section.py",
            "clientmanager/site.py",
            "clientmanager/uninstall_section.py",
            *(
                f"parameters/{name}.py"
                for name in ("annotations", "crosschecks", "sections", "values", "wording", "yaml_text")
            ),
        ],
        "what is wrong in a site file: it quotes YAML, and the file does not say its language before it can be read",
    ),
}
"""Files of the modules below whose texts are not translated, and why."""

WHOLE = (
    "states", "clientmanager", "parameters", "run", "batch", "report", "pictures", "panel", "cli",
    "node/endpoint", "node/node", "node/shell", "engine/client", "engine/inputs", "engine/notes", "engine/tail",
    "record/heading", "record/show", "record/summary",
)  # fmt: skip
"""Modules and files whose every sentence is for people, unless a rule below says otherwise."""

RAISED = ("commands", "node", "engine", "record")
"""Modules of which only what they raise is for people; the rest of their texts are command lines and file formats."""

ERRORS = {error.__name__ for error in vars(errors).values() if isinstance(error, type)} | {"ValueError"}

NOT_SHOWN_CALLS = {
    "Argument", "Ask", "Option", "Typer", "compile", "endswith", "field", "fullmatch", "getattr", "glob", "match",
    "one_round", "partition", "search", "split", "startswith", "strftime", "sub",
}  # fmt: skip
"""Their arguments are questions to a node, patterns, other text for machines, or the English `--help`."""

SHOWN_WORDS = {"Row": {0, 1, 2}, "say": {1}, "say_value": {1}, "both": {1}, "_both": {1}, "spoken": {0}}
"""Calls of which single words too are for people, and which of their arguments."""

NOT_SHOWN = [
    r"(?s)(if |echo |for (/f|%f)|>nul|sc |icacls |md |del |rd |net |reg |where |cmd /c|where$|set CM_|rem |exit )",
    r"(?s)(IF|GOTO|ARM[A-Z]+|\(\?|\^|\\|<|CLUSTERPRO$)",
    r"import |runbook confirm \{|--|\{key\} --|Element ",
    r"[a-z-]+:[\w#-]",
    r"'[\w ]+','",
    r"\.rb-",
    r"\{style(_html)?\}",
    r"(\d \d auto|minmax|2 / span|row wrap)",
    r"iljtf",
    r"call ",
    r"from runbook_lib",
    r"\{headings\}",
    r"added by the engine",
    r"(c\.Interactive|c = get|runbook: |export \{|runbook plan|\[bold|bold red|\{place\}  )",
    r"Endpoint\(",
    r"\{view\} \|",
    r"token \{",
    r"a change cannot be asked",  # for machines and for programmers
    r"Windows Server \d",
    r"20\d\d( R2)?$",
    r"[\w/()]+ (Service|service|Manager|Sender|Watcher|Server|Sources)$",
    r"(Connection refused|Name or service|Temporary failure|No route|Network is|Cell execution|module \{)",
]
"""What begins so is a command line, a script's line, a pattern, HTML, or a name that stays as it is."""


KEPT = {
    "NoInteractiveServices": "a registry value",
    "REG_SZ": "a registry type",
    "Type": "a registry value",
    "ODBC Data Sources": "a registry key",
    "Windows": "a product",
    "CM GUI": "a product",
    "CLUSTERPRO X": "a product",
    "EXPRESSCLUSTER X": "a product",
    "HTTP 401": "an HTTP status",
    "clp.conf on {node}": "its first words are a file's name; the entry for `{what} on {node}` says it",
    "{drive} is {drive2} {where}.": "the entries for both kinds of {where} say it",
    "{address} is {address2} {where}.": "the same",
    "{capitalize} IP address": "the sheet has its Japanese in a table beside it",
    "Share the work folder": "an example of what to write into a notebook",
}
"""What stays as it is in every language, and why."""
