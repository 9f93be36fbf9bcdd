"""A lab and a site file that leads to it, for every test that needs a cluster."""

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import yaml

from runbook_lib.cli.simulated import describe
from runbook_lib.clientmanager import ClientManagerSite
from runbook_lib.lab.description import LabNode
from runbook_lib.lab.lab import Lab
from runbook_lib.lab.machine import Machine
from runbook_lib.parameters import load_site
from runbook_lib.run import Run
from runbook_lib.run.journal import journals

ROOT = Path(__file__).parents[1]
PASSWORD = "Lab-Secret-1"


class Cluster:
    """A running lab, the home folder with its site file, and short ways to work on it.

    Attributes:
        lab: the lab itself, for looking behind the library's back.
        home: folder with parameters/ and outputs/.
        name: of the site.
    """

    def __init__(self, name: str, home: Path, lab: Lab) -> None:
        self.name = name
        self.home = home
        self.lab = lab

    @property
    def site_file(self) -> Path:
        return self.home / "parameters" / f"{self.name}.yaml"

    @property
    def site(self) -> ClientManagerSite:
        return load_site(str(self.site_file), ClientManagerSite)

    def machine(self, node: str) -> Machine:
        return self.lab.machines[node]

    def change_site(self, **changes: Any) -> None:
        """Put other values in the site file: `change_site(skip={"5": "why"})`, dotted keys with two underscores."""
        change_file(self.site_file, changes)

    def carry_out(
        self, notebook: str, node: str, *, apply: bool, change: str = "test", only: str = ""
    ) -> Run[ClientManagerSite]:
        """Run the code cells of a notebook here, without a kernel; the run, or the error that stopped it.

        With *only*, of the cells that call a verb just the one with those words.
        """
        stored = json.loads((ROOT / "notebooks" / f"{notebook}.ipynb").read_text())
        names: dict[str, Any] = {}
        try:
            for cell in stored["cells"]:
                text = "".join(cell["source"])
                if text.startswith(("run.confirm", "run.ensure")) and only not in text:
                    continue
                if cell["cell_type"] == "code" and not text.startswith("show_record"):
                    exec(text, names)
                    if "parameters" in cell["metadata"].get("tags", []):
                        names.update(site=self.name, node=node, apply=apply, change=change)
        finally:
            if "run" in names:
                names["run"].close()
        run: Run[ClientManagerSite] = names["run"]
        return run

    def share(self, node: str, *, apply: bool = True) -> Run[ClientManagerSite]:
        """Chapter 5 on one node."""
        return self.carry_out("05_share_work_folder", node, apply=apply)

    def share_only(self, cell: str, node: str) -> Run[ClientManagerSite]:
        """One cell of chapter 5 on one node, as an operator may run it by itself."""
        return self.carry_out("05_share_work_folder", node, apply=True, only=cell)

    def changes(self) -> dict[str, int]:
        """How many things have changed on each machine since the lab started, by the lab's own account."""
        return {name: len(machine.changes) for name, machine in self.lab.machines.items()}

    def journals(self) -> list[Path]:
        """The journals under outputs/, oldest first."""
        return sorted(journals(self.home / "outputs"), key=lambda path: path.stat().st_mtime_ns)

    def events(self, number: int = -1) -> list[dict[str, Any]]:
        """What the journal of one run holds; the last one unless told."""
        return [json.loads(line) for line in self.journals()[number].read_text().splitlines()]


def change_file(file: Path, changes: Mapping[str, Any]) -> None:
    """Put other values in a site file, dotted keys with two underscores; its comments are gone then."""
    content = yaml.safe_load(file.read_text())
    for key, value in changes.items():
        *path, last = key.split("__")
        place = content
        for part in path:
            place = place[part]
        place[last] = value
    file.write_text(yaml.safe_dump(content, allow_unicode=True))


@contextmanager
def running(
    name: str,
    home: Path,
    stage: str = "installed",
    changes: Mapping[str, Any] | None = None,
    **described: Any,
) -> Iterator[Cluster]:
    """The lab of a shipped site at a stage, on free ports, with a copy of its site file under *home*.

    With *changes*, of a variant of that site: the lab is what the changed file describes.  *described* are fields of
    the lab's description that no site file has, such as how fast its disks are.
    """
    (home / "parameters").mkdir()
    site_file = home / "parameters" / f"{name}.yaml"
    shipped = (ROOT / "parameters" / f"{name}.yaml").read_text()
    site_file.write_text(shipped.replace("\nlanguage: ja\n", "\nlanguage: en\n"))
    if changes:
        change_file(site_file, changes)
    (home / "outputs").mkdir()
    (home / "notebooks").symlink_to(ROOT / "notebooks")
    for file in ("lab-fragments.xml", "lab-setup.ini"):
        (home / "parameters" / file).symlink_to(ROOT / "parameters" / file)
    site = load_site(str(site_file), ClientManagerSite)
    description = describe(site, PASSWORD, stage)
    nodes = tuple(LabNode(node.name) for node in description.nodes)
    lab = Lab(replace(description, nodes=nodes, **described))
    with lab:
        text = site_file.read_text()
        for node, endpoint in lab.endpoints.items():
            text = re.sub(rf"(?m)^(\s*{node}: *{{.*port: )\d+", rf"\g<1>{endpoint.port}", text)
        site_file.write_text(text)
        if changes:
            change_file(site_file, {f"nodes__{node}__port": one.port for node, one in lab.endpoints.items()})
        if lab.certificate_authority:
            (home / "outputs" / "lab-ca.pem").write_bytes(lab.certificate_authority)
        yield Cluster(name, home, lab)
