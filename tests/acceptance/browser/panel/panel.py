"""Somebody with the panel open: where he goes, and where he looks."""

import re
from dataclasses import dataclass, field

from playwright.sync_api import Locator, Page, expect

from tests.acceptance.browser.panel.client import SCRIPT, Client

GO = """(path) => history.pushState(null, "", "/miniapp" + path)"""
"""What the app's own links do."""


@dataclass(slots=True)
class Panel:
    """One open panel."""

    page: Page
    complaints: list[str] = field(default_factory=list)
    _expected: list[str] = field(default_factory=list)

    def listen(self) -> None:
        """Note whatever the browser complains of, and put Telegram's client around the page."""
        self.page.add_init_script(SCRIPT)
        self.page.on("console", lambda told: self.complaints.append(f"{told.type}: {told.text}"))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def may_be_refused(self, status: int) -> None:
        """The browser tells of every answer of that kind: here one is meant."""
        self._expected.append(f"status of {status} ")

    def may_lose_the_line(self) -> None:
        """The browser tells of every connection that is cut: here they are."""
        self._expected.append("net::ERR_")

    @property
    def unexpected(self) -> list[str]:
        """Complaints that nothing explains."""
        return [told for told in self.complaints if not any(known in told for known in self._expected)]

    @property
    def client(self) -> Client:
        """Telegram's client around it."""
        return Client(self.page)

    def go(self, path: str) -> None:
        """Go to a page of the app."""
        self.page.evaluate(GO, path)

    def is_at(self, path: str) -> None:
        """Wait until that page is open."""
        expect(self.page).to_have_url(re.compile(rf"/miniapp{re.escape(path)}([#?].*)?$"))

    def button(self, name: str) -> Locator:
        """A button by its name; the one in front, when there is a sheet."""
        return self.in_front.get_by_role("button", name=name, exact=True)

    @property
    def in_front(self) -> Locator:
        """What can be used now: the sheet, where one is open."""
        sheet = self.page.locator("dialog[open]")
        return sheet if sheet.count() else self.page.locator("body")

    @property
    def toast(self) -> Locator:
        """What the latest doing was answered with."""
        return self.page.locator("[popover]")

    # --- leads

    @property
    def leads(self) -> Locator:
        """The rows of the list."""
        return self.page.get_by_role("list", name=re.compile("Conversas|Chats|Conversations")).get_by_role("listitem")

    def lead(self, name: str) -> Locator:
        """One of them."""
        return self.leads.filter(has_text=name)

    def search(self, words: str) -> None:
        """Type into the search."""
        self.page.get_by_role("searchbox").fill(words)

    # --- a conversation

    def open_chat(self, conversation_id: str) -> None:
        """Open it; it is there when its words are."""
        self.go(f"/chats/{conversation_id}")
        expect(self.messages.first).to_be_visible()

    @property
    def thread(self) -> Locator:
        """What was said."""
        return self.page.get_by_role("log")

    @property
    def messages(self) -> Locator:
        """The bubbles."""
        return self.thread.locator("article")

    def message(self, words: str) -> Locator:
        """The bubble with these words."""
        return self.messages.filter(has_text=words)

    @property
    def composer(self) -> Locator:
        """Where one writes to the lead."""
        return self.page.get_by_role("textbox", name="Mensagem", exact=True)

    def writes(self, words: str) -> None:
        """Write and send."""
        self.composer.fill(words)
        self.composer.press("Enter")

    def does(self, action: str) -> None:
        """One of the things that can be done with the conversation."""
        self.page.get_by_role("button", name="O que fazer").click()
        self.button(action).click()

    # --- settings

    @property
    def save(self) -> Locator:
        """The button that keeps what was changed."""
        return self.button("Salvar")
