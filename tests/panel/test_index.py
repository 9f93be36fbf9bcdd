"""The page itself on a lab: its buttons start real runs, and it shows what their journals say."""

import asyncio
import html
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import ipywidgets as widgets
import pytest

from runbook_lib.batch import all_chapters
from runbook_lib.batch.under_way import note_started
from runbook_lib.panel.changes import ChangeBar
from runbook_lib.panel.index import Index
from tests.clusters import Cluster

pytestmark = pytest.mark.wire


@pytest.fixture
def english(cluster: Cluster) -> Cluster:
    cluster.change_site(language="en")
    return cluster


def index(cluster: Cluster, change: str = "CHG-1") -> Index:
    return Index(cluster.site, all_chapters(cluster.home / "notebooks"), change, "why")


def everything(box: widgets.Widget) -> Iterator[widgets.Widget]:
    yield box
    for child in getattr(box, "children", ()):
        yield from everything(child)


def the(kind: type, page: Index, words: str) -> Any:
    return next(
        one
        for one in everything(page.box)
        if isinstance(one, kind) and (one.description or "").startswith(words) and one.layout.display != "none"
    )


def text(page: Index) -> str:
    return "\n".join(
        one.value for one in everything(page.box) if isinstance(one, widgets.HTML) and one.layout.display != "none"
    )


@contextmanager
def watching(page: Index) -> Iterator[None]:
    task = asyncio.get_running_loop().create_task(page.watch())
    try:
        yield
    finally:
        task.cancel()


async def until(said: Callable[[], bool]) -> None:
    async with asyncio.timeout(120):
        while not said():
            await asyncio.sleep(0.1)


def test_it_reads_everything_and_says_what_is_next(english: Cluster) -> None:
    async def work() -> None:
        page = index(english)
        assert "Begin by reading everything." in text(page)
        page._procedure.value = "operation"
        with watching(page):
            the(widgets.Button, page, "Read everything").click()
            assert "Everything is being read" in text(page)
            await until(lambda: "plan · 8 Connect other components · node1" in text(page))
            assert not the(widgets.Button, page, "Stop").disabled
            await until(lambda: "Everything was read." in text(page))
        assert the(widgets.Button, page, "Open chapter 8 (node1)")
        assert the(widgets.Button, page, "Read everything again")
        assert not [one for one in everything(page.box) if getattr(one, "description", "") == "Stop" and shown(one)]
        assert "data:image/svg+xml" in text(page), "the cluster as the runs saw it"

    asyncio.run(work())
    assert not any(english.changes().values()), "nothing on this page changes a node"
    assert {event["note"] for event in english.events() if event["event"] == "run.opened"} == {"why"}


def shown(one: widgets.Widget) -> bool:
    return bool(one.layout.display != "none")


def test_it_stops_and_shows_what_was_read_so_far(english: Cluster) -> None:
    async def work() -> None:
        page = index(english)
        with watching(page):
            the(widgets.Button, page, "Read everything").click()
            await until(lambda: len(english.journals()) >= 2)
            the(widgets.Button, page, "Stop").click()
            assert the(widgets.Button, page, "Stop").disabled
            await until(lambda: "Stopped. What was done so far stands below." in text(page))
        assert "interrupted" in {one.word for one in page.seen.standings}
        again = index(english)
        assert "was interrupted" in text(again), "who comes back sees the same"

    asyncio.run(work())


def test_it_stops_before_anything_was_read(english: Cluster) -> None:
    async def work() -> None:
        page = index(english)
        with watching(page):
            the(widgets.Button, page, "Read everything").click()
            await until(lambda: not the(widgets.Button, page, "Stop").disabled)
            the(widgets.Button, page, "Stop").click()
            await until(lambda: "Stopped. What was done so far stands below." in text(page))
        assert 'role="alert"' not in text(page)

    asyncio.run(work())


def test_what_cannot_be_read_is_said(english: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("RUNBOOK_LAB_PASSWORD")

    async def work() -> None:
        page = index(english)
        page._procedure.value = "removal"
        with watching(page):
            the(widgets.Button, page, "Read everything").click()
            await until(lambda: "Not everything could be read." in text(page))
        assert "RUNBOOK_LAB_PASSWORD" in text(page)

    asyncio.run(work())


def test_a_refusal_before_any_record_is_shown(english: Cluster) -> None:
    async def work() -> None:
        page = index(english)
        english.site_file.write_text(english.site_file.read_text().replace("10.0.0.200", "10.0.0.300"))
        with watching(page):
            the(widgets.Button, page, "Read everything").click()
            await until(lambda: 'role="alert"' in text(page))
        assert "10.0.0.300" in text(page)

    asyncio.run(work())


def test_a_password_that_is_asked_for_is_typed_here(english: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("RUNBOOK_LAB_PASSWORD")
    english.change_site(winrm__credential__password="prompt")

    async def work() -> None:
        page = index(english)
        page._procedure.value = "operation"
        with watching(page):
            the(widgets.Button, page, "Read everything").click()
            assert "The password of runbook is asked of the operator." in text(page)
            the(widgets.Button, page, "Read the cluster now").click()
            assert "The password of runbook is asked of the operator." in text(page)
            the(widgets.Password, page, "Password of runbook").value = "Lab-Secret-1"
            the(widgets.Button, page, "Read the cluster now").click()
            assert "Lab-Secret-1" not in str(widgets.Widget.get_manager_state()), "no field keeps it"
            await until(lambda: "data:image/svg+xml" in text(page))
            the(widgets.Button, page, "Read everything").click()
            await until(lambda: "Everything was read." in text(page))

    asyncio.run(work())


def test_without_a_desk_an_opened_chapter_says_what_to_start(english: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("RUNBOOK_DESK_URL", "RUNBOOK_DESK_ROOT"):
        monkeypatch.delenv(name, raising=False)

    async def work() -> None:
        page = index(english)
        page._matrix.buttons["5", "node2"].click()
        assert "Opening chapter 5 (node2)" in text(page)
        await until(lambda: "runbook desk SITE" in text(page))
        assert "Opening chapter" not in text(page)

    asyncio.run(work())


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("CHG-9", ""),
        ("", "'' cannot be the id of a change."),
        ("変更", "'変更' cannot be the id of a change."),
        ("../up", "'../up' cannot be the id of a change."),
        ("CHG-1", "There is a change CHG-1 already."),
    ],
)
def test_a_new_change_needs_an_id_of_its_own(english: Cluster, name: str, said: str) -> None:
    (english.home / "outputs" / "CHG-1").mkdir()
    bar = ChangeBar(english.site, "CHG-1", "", lambda *_: None)
    assert bar._problem(name, "").startswith(said)
    assert bool(bar._problem(name, "")) == bool(said)


def test_other_changes_can_be_gone_to(english: Cluster) -> None:
    english.carry_out("00_check_environment", "node1", apply=False, change="CHG-7")
    gone: list[str] = []
    bar = ChangeBar(english.site, "CHG-8", "", lambda change, note: gone.append(f"{change}|{note}"))
    (others,) = [one for one in everything(bar.box) if isinstance(one, widgets.Dropdown)]
    assert "CHG-7" in others.options[0][0]
    next(one for one in everything(bar.box) if getattr(one, "description", "") == "Open its page").click()
    assert gone == ["CHG-7|"]


def test_who_comes_back_finds_everything_being_read_and_can_stop_it(english: Cluster) -> None:
    async def work() -> None:
        first = index(english)
        the(widgets.Button, first, "Read everything").click()
        page = index(english)
        assert "Everything is being read" in text(page), "before there is any journal"
        with watching(page):
            await until(lambda: len(english.journals()) >= 2)
            assert "Everything is being read" in text(page)
            assert the(widgets.FloatProgress, page, "").value < 1
            the(widgets.Button, page, "Stop").click()
            await until(lambda: "Everything is being read" not in text(page))
        assert any(one.word == "interrupted" for one in page.seen.standings)
        first._reading._started.process.wait(timeout=60)

    asyncio.run(work())


async def shown_after(page: Index, seconds: float) -> None:
    """Let the page look at least once more."""
    with watching(page):
        await asyncio.sleep(seconds)


def test_when_a_command_ends_after_its_last_line_the_page_is_free_again(english: Cluster) -> None:
    folder = english.home / "outputs" / "CHG-1" / "desk"
    folder.mkdir(parents=True)
    with subprocess.Popen(["sleep", "60"]) as process:
        note_started(
            folder / "5.node1.log", process.pid,
            site="lab", change="CHG-1", chapters=["5"], nodes=["node1"], apply=True, steps=[],
        )  # fmt: skip

        async def work() -> None:
            page = index(english)
            assert "Starting …" in text(page)
            process.kill()
            process.wait()
            await shown_after(page, 1.5)
            assert "Starting …" not in text(page)
            assert the(widgets.Button, page, "Read everything")

        asyncio.run(work())


def test_what_goes_on_at_another_site_of_the_change_is_not_shown_here(english: Cluster) -> None:
    folder = english.home / "outputs" / "CHG-1" / "desk"
    folder.mkdir(parents=True)
    with subprocess.Popen(["sleep", "60"]) as process:
        asked = {"change": "CHG-1", "chapters": [], "nodes": [], "apply": False, "steps": []}
        note_started(folder / "installation.all.log", process.pid, site="tokyo", **asked)
        try:
            page = index(english)
            assert not page._reading.goes_on
            assert "Starting …" not in text(page)
            assert not shown(page._reading.stop)
        finally:
            process.kill()


def test_what_nobody_expected_is_said_and_the_page_goes_on(english: Cluster) -> None:
    def broken(*_: object) -> None:
        raise KeyError("no such thing")

    async def work() -> None:
        page = index(english)
        sound, page._glance.show = page._glance.show, broken
        with watching(page):
            (english.home / "outputs" / "CHG-1").mkdir(exist_ok=True)
            (english.home / "outputs" / "CHG-1" / "begun.jsonl").touch()
            await until(lambda: "What is shown may be old: KeyError: 'no such thing'" in html.unescape(text(page)))
            page._glance.show = sound
            await until(lambda: 'role="alert"' not in text(page))

    asyncio.run(work())
