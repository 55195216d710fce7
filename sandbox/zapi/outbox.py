"""Z-API's queue: what it took goes to WhatsApp at once, or, without a phone, whenever there is one again."""

from sandbox.eventlog import EventLog
from sandbox.faults import FaultBook
from sandbox.wire import JsonObject
from sandbox.zapi.config import Instance
from sandbox.zapi.errors import refused
from sandbox.zapi.faults import ON_STATUSES, ZapiFault
from sandbox.zapi.outgoing import Outgoing
from sandbox.zapi.reporter import Reporter, plan
from sandbox.zapi.state import (
    LONGEST_QUEUE,
    Contact,
    SentMessage,
    ZapiState,
    lid_of,
    new_message_id,
    new_zaap_id,
)


class Outbox:
    """Takes messages and lets them go."""

    def __init__(self, state: ZapiState, faults: FaultBook[ZapiFault], reporter: Reporter, log: EventLog) -> None:
        self._state = state
        self._faults = faults
        self._reporter = reporter
        self._log = log
        self._contents: dict[str, JsonObject] = {}

    async def accept(self, instance: Instance, wanted: Outgoing, logged: JsonObject) -> JsonObject:
        """Take a message; the answer means that it is queued and no more."""
        queue = self._state.queues[instance.instance_id]
        if len(queue) >= LONGEST_QUEUE:
            message = "the queue is full"
            raise refused(message)
        sent = self._file(instance, wanted, "api")
        self._log.write("send_accepted", message_id=sent.message_id, zaap_id=sent.zaap_id, **logged)
        current = self._state.instances[instance.instance_id]
        if not current.connected:
            queue.append(sent)
            self._log.write("send_queued", message_id=sent.message_id, **logged)
        else:
            await self._leave(current, sent)
        return {"zaapId": sent.zaap_id, "messageId": sent.message_id, "id": sent.message_id}

    async def by_hand(self, instance: Instance, wanted: Outgoing) -> SentMessage:
        """The owner writes on the phone: no call was made, and only the echo and the lead's phone tell of it."""
        sent = self._file(instance, wanted, "phone")
        self._log.write(
            "owner_wrote",
            message_id=sent.message_id,
            instance_id=instance.instance_id,
            lead=sent.to,
            text=sent.text,
        )
        await self._leave(instance, sent)
        return sent

    async def flush(self, instance: Instance) -> int:
        """The phone is back: everything that waited leaves now, in order and however stale."""
        waiting = self._state.queues.pop(instance.instance_id, [])
        for sent in waiting:
            await self._leave(instance, sent)
        return len(waiting)

    def _file(self, instance: Instance, wanted: Outgoing, author: str) -> SentMessage:
        contact = self._addressee(instance, wanted.to)
        sent = SentMessage(
            seq=self._state.inboxes.next_seq(),
            at=self._state.now(),
            message_id=new_message_id(),
            zaap_id=new_zaap_id(),
            instance_id=instance.instance_id,
            to=contact.key,
            kind=wanted.kind,
            text=wanted.text,
            reply_to=wanted.reply_to,
            delay_typing=wanted.delay_typing,
            author=author,
        )
        self._contents[sent.message_id] = wanted.content
        return sent

    def _addressee(self, instance: Instance, to: str) -> Contact:
        known = self._state.contact(instance.instance_id, to)
        if known is not None:
            return known
        contact = Contact("", to) if to.endswith("@lid") else Contact(to, lid_of(to))
        return self._state.remember(instance.instance_id, contact)

    async def _leave(self, instance: Instance, sent: SentMessage) -> None:
        self._log.write(
            "send_left",
            message_id=sent.message_id,
            instance_id=sent.instance_id,
            lead=sent.to,
            author=sent.author,
        )
        self._state.inboxes.add(sent.instance_id, sent)
        facts = {"call": "message", "instance_id": sent.instance_id, "to": sent.to, "text": sent.text}
        fault = self._faults.take(ON_STATUSES, facts) if sent.author == "api" else None
        what = plan(self._state.settings, fault, echoed=instance.notify_sent_by_me)
        await self._reporter.report(instance, sent, what, self._contents.pop(sent.message_id))
