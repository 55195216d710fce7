"""What happens outside the panel: leads at their phones, people in Telegram, what goes wrong at the vendors."""

import itertools
import json
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final

from playwright.sync_api import APIRequestContext, APIResponse

from app.embedded.processes import wait_until
from app.emulated import PHONE_NUMBER_ID
from tests.acceptance.browser.panel.themes import LIGHT
from tests.patience import PATIENCE

PERSON = "Quero falar com um atendente"
"""What brings a person, whatever the AI knows."""
_TOO_MANY: Final = 429
_PAUSE: Final = 0.3
"""Between two looks by the API, which counts requests."""
# All as long as each other: no name begins another, whoever looks for it in a row of words.
_numbers = itertools.count(1001)


@dataclass(frozen=True, slots=True)
class World:
    """The emulators of a run."""

    http: APIRequestContext
    urls: Mapping[str, str]
    web_url: str

    def phone(self, name: str) -> "Phone":
        """A lead who has not written yet; no other has his name."""
        number = next(_numbers)
        return Phone(self, f"{name} {number}", f"5519{number:09d}")

    def control(self, emulator: str, doing: str, body: Mapping[str, Any]) -> Any:
        """Have something happen at an emulator."""
        answer = self.http.post(f"{self.urls[emulator]}/_sandbox/{doing}", data=body)
        assert answer.ok, answer.text()
        return answer.json()

    def launch(self, telegram_user_id: int, **how: Any) -> str:
        """The signed address by which his Telegram opens the panel."""
        opens = {"user_id": telegram_user_id, "start_param": "", "theme_params": LIGHT, **how}
        return str(self.control("telegram", "launch", opens)["url"])

    @contextmanager
    def fault(self, emulator: str, **rule: Any) -> Iterator[None]:
        """Something goes wrong there meanwhile."""
        armed = self.control(emulator, "faults", rule)["id"]
        try:
            yield
        finally:
            self.http.delete(f"{self.urls[emulator]}/_sandbox/faults", params={"id": armed})

    def held(self, emulator: str) -> bool:
        """Whether a call is held there by now."""
        held = self.http.get(f"{self.urls[emulator]}/_sandbox/held", params={"wait_ms": 100}).json()
        return bool(held["held"])


@dataclass(frozen=True, slots=True)
class Phone:
    """A lead's phone, on WhatsApp."""

    world: World
    name: str
    number: str
    _seen: list[str] = field(default_factory=list)

    def says(self, words: str) -> None:
        """Write to the business; the web process has it when this returns."""
        body = {"phone_number_id": PHONE_NUMBER_ID, "from": self.number, "name": self.name, "text": words}
        assert self.world.control("meta", "lead", body | {"wait": True})["acked"]

    def got(self) -> list[str]:
        """What the business wrote to him, oldest first."""
        query = {"phone_number_id": PHONE_NUMBER_ID, "to": self.number}
        answer = self.world.http.get(f"{self.world.urls['meta']}/_sandbox/messages", params={**query})
        return [message["text"] for message in answer.json()["messages"]]

    def gets(self, words: str, *, times: int = 1) -> None:
        """Wait until that has come, so many times and no more."""
        assert wait_until(lambda: self._count(words) >= times, PATIENCE), (words, self.got())
        assert self._count(words) == times, self.got()

    def _count(self, words: str) -> int:
        return sum(words in text for text in self.got())


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody of the team, at the panel's API."""

    world: World
    access: str

    @classmethod
    def signed_in(cls, world: World, telegram_user_id: int) -> "Member":
        """By a launch of his own."""
        body = {"user_id": telegram_user_id}
        init_data = world.control("telegram", "init_data", body)["init_data"]
        answer = world.http.post(f"{world.web_url}/api/v1/session", data={"init_data": init_data})
        assert answer.ok, answer.text()
        return cls(world, answer.json()["access_token"])

    def ask(self, method: str, path: str, body: Any = None, **query: str) -> Any:
        """A request that is not refused."""
        while (answer := self._fetch(method, path, body, query)).status == _TOO_MANY:
            time.sleep(float(answer.headers["retry-after"]))
        assert answer.ok, answer.text()
        return answer.json() if answer.body() else None

    def _fetch(self, method: str, path: str, body: Any, query: Mapping[str, str]) -> APIResponse:
        return self.world.http.fetch(
            f"{self.world.web_url}/api/v1{path}",
            method=method,
            params={**query},
            headers={"Authorization": f"Bearer {self.access}", "Content-Type": "application/json"},
            data=None if body is None else json.dumps(body),
        )

    def row(self, phone: Phone) -> Any:
        """The lead in his list, once he is there."""
        deadline = time.monotonic() + PATIENCE
        while not (found := self._rows(phone)):
            assert time.monotonic() < deadline, phone.name
            time.sleep(_PAUSE)
        return found[0]

    def chat(self, phone: Phone) -> str:
        """The lead's conversation."""
        return str(self.row(phone)["conversation_id"])

    def status(self, phone: Phone) -> str:
        """Whose turn it is."""
        return str(self.row(phone)["conversation_status"])

    def waits(self, phone: Phone) -> "Phone":
        """Let the lead ask for a person, until he waits for one."""
        phone.says(PERSON)
        phone.gets("Já chamei alguém da equipe")
        assert self.status(phone) == "waiting_human"
        return phone

    def has(self, phone: Phone) -> "Phone":
        """Let the lead ask for a person, and take him over."""
        self.waits(phone)
        self.ask("POST", f"/conversations/{self.chat(phone)}/take")
        return phone

    def _rows(self, phone: Phone) -> list[Any]:
        return list(self.ask("GET", "/leads", q=phone.name)["items"])
