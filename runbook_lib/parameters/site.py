"""A site: one cluster's parameters, as its file says them.  Nothing here knows which product the cluster runs."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import PrivateAttr, ValidationInfo, model_validator

from runbook_lib.errors import ParameterError

from .credential import Credential
from .crosschecks import access_problems, cluster_problems, outside_problems
from .section import Problem, Section
from .sections import (
    ClusterSection,
    GroupSection,
    LimitsSection,
    NodeSection,
    Scheme,
    Transport,
    WindowsSection,
    WinrmSection,
)
from .values import Chapter, NodeName, Text, Write


@dataclass(frozen=True)
class NodeAccess:
    """How one node is reached, with all defaults filled in; files are absolute paths."""

    name: str
    address: str
    scheme: Scheme
    port: int
    transport: Transport
    ca_file: Path | None
    client_certificate: Path | None
    client_key: Path | None
    credential: Credential | None

    @property
    def url(self) -> str:
        """The WinRM address, such as ``http://10.0.0.11:5985/wsman``."""
        return f"{self.scheme}://{self.address}:{self.port}/wsman"

    @property
    def user(self) -> str:
        """The account; empty with a client certificate."""
        return self.credential.user if self.credential else ""

    def password(self) -> str:
        """The account's password, fetched now (`Credential.password`); empty with a client certificate."""
        return self.credential.password() if self.credential else ""


class Site(Section):
    """One cluster's parameters; `load_site` makes it from a file.

    Attributes:
        path: the file it came from.
        name: the file's name without its ending.
    """

    description: Text
    language: Literal["ja", "en"] = "ja"
    cluster: ClusterSection
    group: GroupSection
    windows: WindowsSection
    winrm: WinrmSection
    nodes: Annotated[Mapping[NodeName, NodeSection], Write("a block with one key for each node")]
    outside_machines: Annotated[
        Mapping[NodeName, NodeSection], Write("a block with one key for each machine outside the cluster")
    ] = {}
    limits: LimitsSection = LimitsSection()
    skip: Annotated[Mapping[Chapter, Text], Write('chapters with the reason, such as "5": why')] = {}
    accept_outside_manual: Annotated[
        tuple[Literal["windows", "clusterpro"], ...], Write("a list such as [windows, clusterpro]")
    ] = ()
    _path: Path = PrivateAttr(default=Path("site.yaml"))
    _file: Path = PrivateAttr(default=Path("the site file"))

    @model_validator(mode="after")
    def _remember_file(self, info: ValidationInfo) -> Self:
        if isinstance(info.context, dict) and "path" in info.context:
            self._path, self._file = info.context["path"], info.context["file"]
        return self

    @property
    def path(self) -> Path:
        """The file this site was read from, absolute."""
        return self._path

    @property
    def name(self) -> str:
        """The name by which `load_site` finds it: the file's name without its ending."""
        return self._path.stem

    def watched_services(self) -> tuple[str, ...]:
        """Display names of the services that go with the group, for the pictures; what they are, a manual says."""
        return ()

    def node(self, name: str) -> NodeAccess:
        """How the node of this name is reached; ParameterError, which lists the nodes there are, for another name."""
        if name not in self.nodes:
            near = get_close_matches(name.lower(), self.nodes, n=1)
            hint = f"Did you mean {near[0]}? " if near else ""
            raise ParameterError(
                f"{self._file}: there is no node '{name}' in this site. {hint}Its nodes are {', '.join(self.nodes)}."
            )
        return self._access(name, self.nodes[name])

    def machine(self, name: str) -> NodeAccess:
        """How a node, or a machine outside the cluster, is reached; ParameterError for any other name."""
        outside = self.outside_machines.get(name)
        return self._access(name, outside) if outside else self.node(name)

    def _access(self, name: str, own: NodeSection) -> NodeAccess:
        common = self.winrm
        scheme = own.scheme or common.scheme
        folder = self._path.parent

        def file(relative: str | None) -> Path | None:
            return (folder / relative).resolve() if relative else None

        return NodeAccess(
            name=name,
            address=own.address,
            scheme=scheme,
            port=own.port or common.port or (5986 if scheme == "https" else 5985),
            transport=own.transport or common.transport,
            ca_file=file(own.ca_file or common.ca_file),
            client_certificate=file(own.client_certificate or common.client_certificate),
            client_key=file(own.client_key or common.client_key),
            credential=own.credential or common.credential,
        )

    def fragments(self) -> bytes | None:
        """The content of the file that cluster.fragments names, read now; None where the site names none.

        Raises:
            ParameterError: it cannot be read.
        """
        if self.cluster.fragments is None:
            return None
        path = (self._path.parent / self.cluster.fragments).resolve()
        try:
            return path.read_bytes()
        except OSError as error:
            raise ParameterError(
                f"{self._file}: cluster.fragments {self.cluster.fragments} cannot be read at {path}: "
                f"{error.strerror}. Put it there, or correct the path."
            ) from error

    def problems(self) -> Iterator[Problem]:
        """What sections must not be together: drives, policy and nodes, addresses, transports."""
        yield from super().problems()
        yield from cluster_problems(self)
        yield from access_problems(self)
        yield from outside_problems(self)
