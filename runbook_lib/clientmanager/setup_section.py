"""How the manager is set up (procedure 4): the site file's section ``setup``."""

import ipaddress
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Final, Literal

from runbook_lib.parameters import CommandLine, Folder, Problem, RegistryPath, Section, Text, Write, on_local_drive

if TYPE_CHECKING:
    from .site import ClientManagerSite

PLACEHOLDERS: Final = (
    "local_folder",
    "shared_folder",
    "manager_id",
    "user_group",
    "data_source",
    "database",
    "database_server",
    "address",
    "response",
)
"""Words in braces that commands and the response file may hold; the site's values take their place."""


class DatabaseSection(Section):
    """How the manager reaches its database (4-(1)); the same on every node.

    Attributes:
        data_source: name of the ODBC system data source.
        server: name or address of the database's server, as the data source has it.
        name: of the database; None where the driver does not have it.
        clustered: the database runs on a cluster, so *server* must be the address that moves with it.
        server_key, name_key: what the driver calls them in the registry.
    """

    data_source: Text
    server: Text
    name: Text | None = None
    clustered: bool = False
    server_key: Text = "Server"
    name_key: Text = "Database"


class DestinationSection(Section):
    r"""Where CMSetDst.exe stores the data viewer's destination (4-(2)), as found on the site's own nodes.

    Attributes:
        key: below HKEY_LOCAL_MACHINE, in its 32-bit form, such as ``SOFTWARE\NEC\ESMPRO/CM``.
        value: its name.
        command: sets it without a person; None where a person does.
    """

    key: RegistryPath
    value: Text
    command: CommandLine | None = None


class SetupSection(Section):
    """What is chosen in the manager's set-up, and how it runs without a person where it can.

    Attributes:
        local_folder: the first directory the set-up asks for; None: in the ESMPRO install folder, under the last name
            of the shared folder.
        manager_id: None where the person at the set-up knows it.
        database: None where the data source is only compared over the nodes.
        command, uninstall_command: None where a person sits at the windows.
        response_file: what *command* reads its answers from, relative to the site file; put on the node first.
        destination: None where it is not known where CMSetDst.exe stores it.
        own_values: registry values that each node has for itself, left out of the comparison.
        desktop_interaction: whether step 4-(3) is done also where Windows ignores it.
    """

    local_folder: Folder | None = None
    manager_id: Text | None = None
    database: DatabaseSection | None = None
    command: CommandLine | None = None
    uninstall_command: CommandLine | None = None
    response_file: Annotated[str, Write("a path relative to this file, such as setup.iss")] | None = None
    destination: DestinationSection | None = None
    own_values: Annotated[tuple[Text, ...], Write(r"a list of value names, such as ['ESMPRO/CM\InstallDate']")] = ()
    desktop_interaction: Literal["where-effective", "always"] = "where-effective"

    def problems(self) -> Iterator[Problem]:
        """Commands and their response file, and placeholders without a value."""
        yield from super().problems()
        if self.has("manager_id") and self.manager_id and re.search(r'["%<>|&^{}]', self.manager_id):
            yield Problem("manager_id", 'has one of " % < > | & ^ { } in it, which no command line can carry.')
        if self.has("command", "response_file") and self.response_file and not self.command:
            yield Problem("response_file", "is read by setup.command alone. Write that too, or leave this out.")
        for key in ("command", "uninstall_command"):
            if self.has(key) and (line := getattr(self, key)):
                yield from self._unknown_words(key, line)
        if self.has("destination.command") and self.destination and self.destination.command:
            yield from self._unknown_words("destination.command", self.destination.command)

    def _unknown_words(self, key: str, line: str) -> Iterator[Problem]:
        needs = {"response": "response_file", "manager_id": "manager_id"}
        needs |= dict.fromkeys(("data_source", "database", "database_server"), "database")
        for word in re.findall(r"\{(\w+)\}", line):
            if word not in PLACEHOLDERS:
                yield Problem(
                    key, f"has {{{word}}} in it. Write one of {', '.join(f'{{{one}}}' for one in PLACEHOLDERS)}."
                )
            elif word in needs and self.has(needs[word]) and getattr(self, needs[word]) is None:
                yield Problem(key, f"has {{{word}}} in it, and there is no setup.{needs[word]}. Write that too.")


def setup_problems(site: "ClientManagerSite") -> Iterator[Problem]:
    """What the section must not be beside others: the local folder's drive (4-(1)), a clustered database's server."""
    if site.has("setup.local_folder") and (folder := site.setup.local_folder):
        yield from on_local_drive(site, "setup.local_folder", folder)
    if not site.has("setup.database") or not site.setup.database or not site.setup.database.clustered:
        return
    key, server = "setup.database.server", site.setup.database.server
    host = server.partition("\\")[0].partition(",")[0]  # SQL Server: HOST\INSTANCE, HOST,PORT
    try:
        ipaddress.IPv4Address(host)
    except ValueError:
        yield Problem(
            key,
            f"'{server}' is a name, and a database on a cluster is reached by address. Write the virtual or floating "
            "IP address that moves with it (4-(1)).",
        )
        return
    if site.has("nodes"):
        for name, node in site.nodes.items():
            if node.address == host:
                yield Problem(
                    key,
                    f"'{server}' is the address of {name} itself. Write the virtual or floating IP address that moves "
                    "with the database (4-(1)).",
                )
