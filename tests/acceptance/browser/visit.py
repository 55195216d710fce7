"""Somebody at the sandbox's page: what he does, in his words, and where he looks."""

import re
from dataclasses import dataclass
from typing import Self

from playwright.sync_api import Locator, Page, expect

from tests.patience import PATIENCE

PATIENCE_MS = int(PATIENCE * 1000)


@dataclass(frozen=True, slots=True)
class Visit:
    """One open page."""

    page: Page

    @classmethod
    def begin(cls, page: Page, url: str) -> Self:
        """Open it; it is there when it has leads."""
        page.goto(url)
        expect(page.locator("#leads .person").first).to_be_visible()
        return cls(page)

    # --- the lead

    def new_lead(self, channel: str = "WhatsApp · Meta") -> str:
        """Take a new lead's phone; the lead's name."""
        self.page.locator("#channels button", has_text=channel).click()
        before = self.page.locator("#leads .person").count()
        self.page.locator("#new-lead").click()
        expect(self.page.locator("#leads .person")).to_have_count(before + 1)
        return self.page.locator("#leads .person[aria-pressed=true]").inner_text().splitlines()[-1]

    def take_phone(self, name: str) -> None:
        """Take the phone of a lead who is there already."""
        self.page.locator("#leads .person", has_text=name).click()

    def says(self, words: str) -> None:
        """Write as the lead."""
        self.page.locator("#lead-words").fill(words)
        self.page.locator("#lead-words").press("Enter")

    def owner_says(self, words: str) -> None:
        """Write on the business's own phone."""
        self.page.locator("#owner-words").fill(words)
        self.page.locator("#owner-form button").click()

    @property
    def own(self) -> Locator:
        """The lead's words on his phone."""
        return self.page.locator("#bubbles .bubble.own")

    @property
    def answers(self) -> Locator:
        """What came from the business, however it was written."""
        return self.page.locator("#bubbles .bubble:not(.own)")

    def answered(self, words: str | re.Pattern[str], *, count: int | None = None) -> None:
        """Wait for that answer, as the lead's latest."""
        if count is not None:
            expect(self.answers).to_have_count(count)
        expect(self.answers.last).to_contain_text(words)

    # --- the team

    def become(self, member: str) -> None:
        """Be somebody else of the team."""
        self.page.locator("#who button", has_text=member).click()

    def entry(self, name: str) -> Locator:
        """A topic in the list of chats."""
        named = self.page.locator("strong", has_text=re.compile(rf"^{re.escape(name)}$"))
        return self.page.locator(".chat-entry").filter(has=named)

    def open_topic(self, name: str) -> None:
        """Look at a topic of the group."""
        self.entry(name).click()
        expect(self.page.locator("#chat-title")).to_have_text(name)

    def open_private(self) -> None:
        """Look at the chat with the bot."""
        self.page.locator(".chat-entry").last.click()
        expect(self.page.locator("#chat-about")).to_contain_text("só ")

    def writes(self, words: str) -> None:
        """Write in the open chat."""
        self.page.locator("#team-words").fill(words)
        self.page.locator("#team-words").press("Enter")

    def button(self, words: str) -> Locator:
        """The latest button with these words."""
        return self.page.locator(".keyboard button", has_text=words).last

    @property
    def messages(self) -> Locator:
        """What the open chat shows."""
        return self.page.locator("#messages .message")

    @property
    def toast(self) -> Locator:
        """What the latest tap was answered with."""
        return self.page.locator(".toast").last

    # --- the drawer, the switches

    def explain(self) -> Locator:
        """Open the drawer; the turns it shows."""
        if not self.page.locator("#decisions").is_visible():
            self.page.locator("#decisions-button").click()
        return self.page.locator("#turns .turn")

    def switch(self, words: str) -> None:
        """Turn a switch, opening their box where it is closed."""
        if not self.page.locator("#faults").is_visible():
            self.page.locator("#faults-button").click()
        self.page.locator(".switch", has_text=words).click()
