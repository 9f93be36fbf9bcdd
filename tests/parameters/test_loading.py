"""Where site files are found and how they are read."""

import os
import time
from pathlib import Path

import pytest

from runbook_lib.clientmanager import ClientManagerSite
from runbook_lib.errors import ParameterError
from runbook_lib.parameters import Site, check_parameters, load_site, project_folder, site_names

PROJECT = Path(__file__).parents[2]
SHIPPED = sorted(path.stem for path in (PROJECT / "parameters").glob("*.yaml"))


@pytest.mark.parametrize("name", SHIPPED)
def test_every_shipped_site_loads(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RUNBOOK_HOME", str(PROJECT))
    site = load_site(name, ClientManagerSite)
    assert site.name == name
    assert site.path == PROJECT / "parameters" / f"{name}.yaml"
    assert [site.node(node).name for node in site.group.policy] == list(site.nodes)


def test_the_labs_are_what_they_say(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RUNBOOK_HOME", str(PROJECT))
    assert {"lab", "lab-2003", "lab-2022", "example-site"} <= set(site_names())
    labs = [load_site(name, ClientManagerSite) for name in ("lab", "lab-2003", "lab-2022")]
    assert [(lab.windows.release, lab.windows.architecture, lab.windows.code_page, len(lab.nodes)) for lab in labs] == [
        ("2008 R2", "x64", 932, 2),
        ("2003", "x86", 932, 2),
        ("2022", "x64", 437, 3),
    ]
    urls = [access.url for lab in labs for access in map(lab.node, lab.nodes)]
    assert len(set(urls)) == 7
    assert all("//127.0.0.1:" in url for url in urls)
    assert labs[2].node("node1").ca_file == PROJECT / "outputs" / "lab-ca.pem"


def test_a_site_by_path(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    other = tmp_path / "elsewhere.yml"
    other.write_bytes((home / "parameters" / "tokyo.yaml").read_bytes())
    assert load_site(other, ClientManagerSite).name == "elsewhere"
    monkeypatch.chdir(tmp_path)
    assert load_site("elsewhere.yml", ClientManagerSite).path == other
    with pytest.raises(ParameterError, match=r"no site file nowhere.yaml"):
        load_site("nowhere.yaml")


def test_an_unknown_name_lists_the_sites(home: Path) -> None:
    with pytest.raises(ParameterError) as caught:
        load_site("tokio")
    assert str(caught.value) == "There is no site 'tokio' in parameters. Did you mean tokyo? Sites are tokyo."


@pytest.mark.parametrize("name", ["../parameters/tokyo", "/etc/passwd", "", "tokyo.yaml/"])
def test_a_name_is_no_path(home: Path, name: str) -> None:
    with pytest.raises(ParameterError, match="There is no site"):
        load_site(name)


def test_the_generic_site_knows_nothing_of_clientmanager(home: Path) -> None:
    with pytest.raises(ParameterError, match="clientmanager is not a key of a site"):
        load_site("tokyo", Site)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-8"])
def test_utf8_with_and_without_a_mark(home: Path, encoding: str) -> None:
    path = home / "parameters" / "tokyo.yaml"
    path.write_text(path.read_text("utf-8").replace("Test cluster", "東京"), encoding=encoding)
    assert load_site("tokyo", ClientManagerSite).description == "東京"


@pytest.mark.parametrize("encoding", ["cp932", "utf-16"])
def test_other_encodings_are_refused_with_the_line(home: Path, encoding: str) -> None:
    path = home / "parameters" / "tokyo.yaml"
    path.write_text(path.read_text("utf-8").replace("Test cluster", "東京"), encoding=encoding)
    with pytest.raises(ParameterError, match=r"^parameters/tokyo.yaml:[12]: the file is not in UTF-8"):
        load_site("tokyo", ClientManagerSite)


def test_control_characters_and_windows_line_ends(home: Path) -> None:
    path = home / "parameters" / "tokyo.yaml"
    text = path.read_text("utf-8")
    path.write_bytes(text.replace("\n", "\r\n").encode())
    assert load_site("tokyo", ClientManagerSite).cluster.name == "tokyo"
    path.write_text(text.replace("Test", "Te\x07st"), encoding="utf-8")
    with pytest.raises(ParameterError, match="line 2 holds a character that no YAML text may hold"):
        load_site("tokyo", ClientManagerSite)


def test_anchors_work_and_circles_are_refused(home: Path) -> None:
    path = home / "parameters" / "tokyo.yaml"
    text = path.read_text("utf-8")
    path.write_text(text.replace("name: tokyo", "name: *n").replace("Test cluster", "&n tokyo"), encoding="utf-8")
    assert load_site("tokyo", ClientManagerSite).description == "tokyo"
    path.write_text(text.replace("[node1, node2]", "&p [node1, *p]"), encoding="utf-8")
    with pytest.raises(ParameterError, match=r"group.policy.1 refers to itself"):
        load_site("tokyo", ClientManagerSite)


def test_a_file_that_cannot_be_read(home: Path) -> None:
    (home / "parameters" / "dir.yaml").mkdir()
    with pytest.raises(ParameterError, match=r"dir.yaml: the file cannot be read: Is a directory"):
        load_site("dir")


def test_the_project_is_found_upwards(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    below = home / "notebooks" / "deep"
    below.mkdir(parents=True)
    monkeypatch.delenv("RUNBOOK_HOME")
    monkeypatch.chdir(below)
    assert project_folder() == home
    monkeypatch.chdir(PROJECT / "runbook_lib")  # holds a package called parameters
    assert project_folder() == PROJECT
    monkeypatch.chdir("/")
    with pytest.raises(ParameterError, match="RUNBOOK_HOME"):
        project_folder()
    monkeypatch.setenv("RUNBOOK_HOME", os.fspath(below))
    with pytest.raises(ParameterError, match="RUNBOOK_HOME is "):
        project_folder()


def test_an_unknown_node_lists_the_nodes(home: Path) -> None:
    with pytest.raises(ParameterError) as caught:
        load_site("tokyo", ClientManagerSite).node("Nod1")
    expected = "there is no node 'Nod1' in this site. Did you mean node1? Its nodes are node1, node2."
    assert str(caught.value) == f"parameters/tokyo.yaml: {expected}"


def test_a_node_overrides_what_is_common(home: Path) -> None:
    path = home / "parameters" / "tokyo.yaml"
    credential = "{user: x, password: prompt}"
    own = f"{{address: 10.0.0.11, scheme: https, transport: basic, ca_file: ca.pem, credential: {credential}}}"
    path.write_text(path.read_text("utf-8").replace("{address: 10.0.0.11}", own), encoding="utf-8")
    site = load_site("tokyo", ClientManagerSite)
    first, second = site.node("node1"), site.node("node2")
    assert (first.url, first.transport, first.user) == ("https://10.0.0.11:5986/wsman", "basic", "x")
    assert first.ca_file == home / "parameters" / "ca.pem"
    assert (second.url, second.transport, second.user) == ("http://10.0.0.12:5985/wsman", "ntlm", "CORP\\runbook")


def test_a_readable_password_stays_on_this_machine(home: Path) -> None:
    path = home / "parameters" / "tokyo.yaml"
    text = path.read_text("utf-8").replace("transport: ntlm", "transport: basic")
    for address in ("127.0.0.1", "localhost"):
        nodes = text.replace("10.0.0.11", address).replace("10.0.0.12}", f"{address}, port: 1}}")
        path.write_text(nodes, encoding="utf-8")
        assert load_site("tokyo", ClientManagerSite).node("node1").transport == "basic"


def test_values_do_not_change_later(home: Path) -> None:
    site = load_site("tokyo", ClientManagerSite)
    with pytest.raises(ValueError, match="frozen"):
        site.group.name = "other"  # type: ignore[misc]


def test_loading_is_quick(home: Path) -> None:
    load_site("tokyo", ClientManagerSite)
    started = time.perf_counter()
    load_site("tokyo", ClientManagerSite)
    assert time.perf_counter() - started < 0.5


GOOD = {"site": "lab", "node": "node1"}
NOTEBOOK = [
    ({}, ""),
    ({"apply": True, "change": "CR-2031.a_b", "note": "why\nit is"}, ""),
    ({"apply": "False"}, "Parameter apply is 'False' of type str, and must be True or False itself"),
    ({"apply": 1}, "Parameter apply is 1 of type int"),
    ({"apply": None}, "Parameter apply is None of type NoneType"),
    ({"node": 1}, "Parameter node is 1, and text is needed"),
    ({"node": " "}, "Parameter node is empty"),
    ({"note": None}, "Parameter note is None, and text is needed"),
    ({"change": "../x"}, "Parameter change is '../x', which cannot name a folder"),
    ({"change": "a" * 65}, "which cannot name a folder"),
    ({"change": "変更"}, "which cannot name a folder"),
    ({"change": "x\n"}, "which cannot name a folder"),
    ({"change": "x."}, "which cannot name a folder"),
    ({"change": 2031}, "Parameter change is 2031, and text is needed"),
    ({"aply": True}, "Parameter aply is not known. Write apply."),
    ({"colour": True}, "Parameter colour is not known. Write one of site, node, apply, change, note."),
]


@pytest.mark.parametrize(("more", "expected"), NOTEBOOK)
def test_notebook_parameters(more: dict[str, object], expected: str) -> None:
    values = {**GOOD, **more}
    if not expected:
        parameters = check_parameters(**values)
        assert {name: getattr(parameters, name) for name in values} == values
        return
    with pytest.raises(ParameterError) as caught:
        check_parameters(**values)
    assert expected in str(caught.value)


def test_every_wrong_notebook_parameter_is_told() -> None:
    with pytest.raises(ParameterError) as caught:
        check_parameters(site=1, apply="yes", colour=1)
    assert len(str(caught.value).split("\n")) == 4
