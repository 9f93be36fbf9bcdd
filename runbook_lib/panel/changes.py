"""Which change this page is of: go to another one, or begin a new one.  Every change has a page of its own."""

import html
from collections.abc import Callable

import ipywidgets as widgets

from runbook_lib.errors import ParameterError
from runbook_lib.panel.entering import on_entering
from runbook_lib.panel.gate import alarm_html, button, wrapping
from runbook_lib.parameters import Site, check_parameters, new_change, project_folder
from runbook_lib.report.chapter_html import clock
from runbook_lib.report.desk import ChangeSeen, changes_of
from runbook_lib.wording import say


class ChangeBar:
    """The change's id and note, the other changes, and a form for a new one.

    Attributes:
        box: all widgets.
        note: why, for the runs that are started here.
    """

    def __init__(self, site: Site, change: str, note: str, on_go: Callable[[str, str], None]) -> None:
        self._site, self._change, self._on_go = site, change, on_go
        known = changes_of(site, project_folder() / "outputs")
        note = note or next((one.note for one in known if one.name == change), "")
        self.note = widgets.Text(
            note, description=self._say("Note"), placeholder=self._say("why; shown at the top of every record"),
            style={"description_width": "initial"}, layout=widgets.Layout(width="30em"),
        )  # fmt: skip
        others = [(_line(one, site.language), one.name) for one in known if one.name != change]
        self._others = widgets.Dropdown(
            options=others, description=self._say("Other changes"), style={"description_width": "initial"},
            layout=widgets.Layout(width="auto", max_width="32em"),
        )  # fmt: skip
        go = button(self._say("Open its page"))
        go.on_click(lambda _: self._on_go(self._others.value, ""))
        new = button(self._say("New change …"))
        new.on_click(lambda _: self._show_form())
        self._form = widgets.VBox([])
        bar = widgets.HBox([self.note, *([self._others, go] if others else []), new], layout=wrapping())
        bar.add_class("rb-bar")
        title = html.escape(f"{self._say('Change')} {change}")
        place = f'<span class="rb-page-small">{html.escape(site.description)}</span>'
        self.box = widgets.VBox(
            [widgets.HTML(f'<div><span class="rb-page-title">{title}</span> · {place}</div>'), bar, self._form]
        )

    def _show_form(self) -> None:
        """Ask for the id of a new change, one that can be used as it stands; and why."""
        wide, labels = widgets.Layout(width="36em"), {"description_width": "12em"}
        name = widgets.Text(
            new_change(self._site.name), description=self._say("Id of the new change"), style=labels, layout=wide
        )  # fmt: skip
        note = widgets.Text(description=self._say("Note"), placeholder=self.note.placeholder, style=labels, layout=wide)
        begin, cancel = button(self._say("Begin this change"), "primary"), button(self._say("Cancel"))
        wrong = widgets.HTML()

        def go() -> None:
            wrong.value = alarm_html(self._problem(name.value.strip(), note.value.strip()))
            if not wrong.value:
                self._form.children = ()
                self._on_go(name.value.strip(), note.value.strip())

        on_entering([name, note], begin, go)
        cancel.on_click(lambda _: setattr(self._form, "children", ()))
        form = widgets.VBox([name, note, widgets.HBox([begin, cancel], layout=wrapping()), wrong])
        form.add_class("rb-form")
        self._form.children = (form,)
        name.focus()

    def _problem(self, name: str, note: str) -> str:
        """Why a change cannot have that id; "" where it can."""
        try:
            check_parameters(
                site=self._site.name, node=self._site.group.policy[0], apply=False, change=name or "-", note=note
            )
        except ParameterError:
            return self._say(
                f"'{name}' cannot be the id of a change. Write at most 64 Latin letters, digits, '.', '_' and '-', "
                "beginning with a letter or digit, such as CHG-1234."
            )
        if (project_folder() / "outputs" / name).exists():
            return self._say(f"There is a change {name} already. Open its page, or write another id.")
        return ""

    def _say(self, text: str) -> str:
        return say(self._site.language, text)


def _line(one: ChangeSeen, language: str) -> str:
    runs = say(language, f"{one.runs} runs")
    note = f" · {one.note}" if one.note else ""
    return f"{one.name} · {clock(one.at.isoformat())} · {runs}{note}"
