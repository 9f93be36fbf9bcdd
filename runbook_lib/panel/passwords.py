"""Fields for the passwords that a site asks of the operator."""

import ipywidgets as widgets

from runbook_lib.batch.detached import asked_accounts
from runbook_lib.parameters import Site
from runbook_lib.wording import say


class PasswordFields:
    """One field for each account; nothing where the site asks for none.

    Attributes:
        boxes: the fields, to be displayed.
    """

    def __init__(self, site: Site) -> None:
        self._language = site.language
        self._typed: dict[str, str] = {}
        self._fields = {
            account: widgets.Password(
                description=f"{say(site.language, 'Password of')} {account}", style={"description_width": "initial"}
            )
            for account in asked_accounts(site)
        }
        self.boxes = tuple(self._fields.values())

    def typed(self) -> dict[str, str]:
        """What was typed, by account.

        The fields are emptied: what stands in a field is in the state of the widgets too, which others can come to see.
        """
        for account, field in self._fields.items():
            if field.value:
                self._typed[account], field.value = field.value, ""
                field.placeholder = say(self._language, "taken; type it again to change it")
        return dict(self._typed)
