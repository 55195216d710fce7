"""Telegram's client around the app, as on a phone: it hears what the app asks for, and draws bars and buttons of its own."""

from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Page

from app.embedded.processes import wait_until
from tests.patience import PATIENCE

SCRIPT = """(() => {
  const asked = [];
  const tell = (type, data) => window.Telegram?.WebView?.receiveEvent(type, data ?? {});
  const insets = { top: 0, bottom: 0, left: 0, right: 0 };
  const answers = {
    web_app_request_viewport: () =>
      tell("viewport_changed", { width: innerWidth, height: innerHeight, is_expanded: true, is_state_stable: true }),
    web_app_request_safe_area: () => tell("safe_area_changed", insets),
    web_app_request_content_safe_area: () => tell("content_safe_area_changed", insets),
    web_app_check_home_screen: () => tell("home_screen_checked", { status: client.homeScreen }),
  };
  const client = { asked, tell, homeScreen: "missed" };
  window.clientOfTelegram = client;
  window.TelegramWebviewProxy = {
    postEvent(type, data) {
      asked.push({ type, data: JSON.parse(data || "null") ?? {} });
      if (answers[type]) setTimeout(answers[type]);
    },
  };
})()"""
"""The way in which Telegram's apps for phones speak to a page (core.telegram.org/api/web-events)."""


@dataclass(frozen=True, slots=True)
class Client:
    """What the client has been asked for, and what its owner does with it."""

    page: Page

    def last(self, asked: str) -> Any:
        """The latest of these calls; nothing, when there was none."""
        calls = self.page.evaluate("clientOfTelegram.asked")
        return next((call["data"] for call in reversed(calls) if call["type"] == asked), None)

    def is_asked(self, call: str) -> None:
        """Wait until it is."""
        assert wait_until(lambda: self.last(call) is not None, PATIENCE), self.page.evaluate("clientOfTelegram.asked")

    def shows_back(self, *, shown: bool) -> None:
        """Wait until its back button is there, or is not."""
        assert wait_until(lambda: self._has_back() == shown, PATIENCE), shown

    def shows_main(self, words: str) -> None:
        """Wait until its main button says so, and may be pressed."""
        assert wait_until(lambda: self._main() == words, PATIENCE), self.page.evaluate("clientOfTelegram.asked")

    def hides_main(self) -> None:
        """Wait until its main button is gone."""
        assert wait_until(lambda: not (self.last("web_app_setup_main_button") or {}).get("is_visible"), PATIENCE)

    def presses(self, button: str) -> None:
        """Press ``back`` or ``main``."""
        self.tells(f"{button}_button_pressed")

    def tells(self, event: str, **data: Any) -> None:
        """Something happens in the client."""
        self.page.evaluate("([event, data]) => clientOfTelegram.tell(event, data)", [event, data])

    def has_home_screen(self, status: str) -> None:
        """So it answers whether the app is on the phone's home screen; whoever adds it is asked by the phone first."""
        self.page.evaluate("(status) => { clientOfTelegram.homeScreen = status }", status)

    def _has_back(self) -> bool:
        told = self.last("web_app_setup_back_button")
        return bool(told and told["is_visible"])

    def _main(self) -> str | None:
        told = self.last("web_app_setup_main_button")
        return told.get("text") if told and told.get("is_visible") and told.get("is_active") else None
