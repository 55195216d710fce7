"""What the emulator knows: registrations, who wrote when, what was sent to whom."""

import base64
import secrets
import time
from dataclasses import dataclass

from sandbox.instagram.config import InstagramAccount, InstagramApp, InstagramConfig, InstagramSettings
from sandbox.instagram.payloads import Sender, Written
from sandbox.waiting import Bell

WINDOW_SECONDS = 24 * 3600
HUMAN_AGENT_SECONDS = 7 * WINDOW_SECONDS


def new_mid(account: str, lead: str) -> str:
    """A message id of the form and length that Instagram gives."""
    named = f"ig_mid:item:1:IGMessageID:{account}:{lead}:{secrets.randbelow(10**35):035d}"
    return "aWdfZAG1f" + base64.urlsafe_b64encode(named.encode()).decode().rstrip("=") + "ZD"


@dataclass(slots=True)
class Lead:
    """A person who wrote to an account, by the id that holds for that account alone."""

    igsid: str
    name: str
    last_inbound: float = 0.0


@dataclass(frozen=True, slots=True)
class Sent:
    """A message that the emulator accepted for a lead."""

    seq: int
    at: float
    mid: str
    account: str
    to: str
    login: str
    kind: str
    text: str
    url: str
    reply_to: str
    tag: str


class InstagramState:
    """Everything that the emulator remembers, in memory."""

    def __init__(self, config: InstagramConfig) -> None:
        self.apps: dict[str, InstagramApp] = {app.app_id: app for app in config.apps}
        self.accounts: dict[str, InstagramAccount] = {account.account: account for account in config.accounts}
        self.settings: InstagramSettings = config.settings
        self._leads: dict[tuple[str, str], Lead] = {}
        self._mids: set[tuple[str, str]] = set()
        self._written: dict[tuple[str, str], tuple[Sender, Written]] = {}
        self._sent: list[Sent] = []
        self._bell = Bell()

    def now(self) -> float:
        """The emulated time in seconds of the epoch."""
        return time.time() + self.settings.clock_offset_s

    def now_ms(self) -> int:
        """The same as webhooks tell it."""
        return int(self.now() * 1000)

    def lead(self, account: str, igsid: str) -> Lead | None:
        """The person, when they wrote to this account."""
        return self._leads.get((account, igsid))

    def remember(self, account: str, igsid: str, name: str) -> Lead:
        """The person who writes to this account now: the window is open from here on."""
        lead = self._leads.setdefault((account, igsid), Lead(igsid, name))
        lead.name, lead.last_inbound = name or lead.name, self.now()
        return lead

    def remember_mid(self, account: str, mid: str) -> None:
        """This message exists in one of the account's conversations."""
        self._mids.add((account, mid))

    def keep(self, account: str, sender: Sender, written: Written) -> None:
        """A message that may be asked for."""
        self.remember_mid(account, written.mid)
        self._written[account, written.mid] = sender, written

    def written(self, account: str, mid: str) -> tuple[Sender, Written] | None:
        """The message with this id in one of the account's conversations, and who wrote it."""
        return self._written.get((account, mid))

    def knows_mid(self, account: str, mid: str) -> bool:
        """Whether a message exists that another may answer to."""
        return (account, mid) in self._mids

    def next_seq(self) -> int:
        """The number for the next sent message."""
        return len(self._sent) + 1

    def file(self, sent: Sent) -> None:
        """Keep an accepted message, and tell those who wait for one."""
        self._sent.append(sent)
        self.remember_mid(sent.account, sent.mid)
        self._bell.ring()

    async def sent_after(self, seq: int, account: str, to: str, seconds: float) -> list[Sent]:
        """What was sent after ``seq``, waiting up to ``seconds`` for the first such message."""

        def found() -> list[Sent]:
            newer = self._sent[seq:]
            return [sent for sent in newer if account in ("", sent.account) and to in ("", sent.to)]

        await self._bell.until(lambda: bool(found()), seconds)
        return found()
