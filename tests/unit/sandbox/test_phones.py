"""What a lead's phone shows of the emulators' events."""

from sandbox.page_server.phones import TYPING_SECONDS, Bubble, Phones

NUMBER, LEAD = "100", "5511900000001"


def meta(**more: object) -> dict[str, object]:
    """An event of the WhatsApp emulator."""
    return {"phone_number_id": NUMBER, "lead": LEAD, "at": 10.0, **more}


def zapi(**more: object) -> dict[str, object]:
    """An event of Z-API's."""
    return {"instance_id": "i-1", "lead": LEAD, "at": 10.0, **more}


def shown(phones: Phones, channel: str = "meta_whatsapp", account: str = NUMBER) -> list[Bubble]:
    """The lead's messages there."""
    thread = phones.find(channel, account, LEAD)
    return thread.bubbles if thread is not None else []


def after_hello() -> Phones:
    """The lead wrote once."""
    phones = Phones()
    phones.take("lead_wrote", meta(wamid="w1", text="Oi"))
    return phones


def test_a_lead_who_was_not_known_has_a_phone() -> None:
    """Whoever writes by another way (`reveza say`) is on the page too."""
    assert shown(after_hello()) == [Bubble("w1", "lead", "Oi", 10.0, "sent")]


def test_ticks_go_forward_only() -> None:
    """Delivered when the business took the webhook, read when it says so, never back."""
    phones = after_hello()
    ticks = []
    for event, more in (("webhook_acked", {"wamids": ["w1"], "kind": "message"}), ("read_marked", {"wamid": "w1"})):
        phones.take(event, meta(**more))
        ticks.append(shown(phones)[0].tick)
    phones.take("webhook_acked", meta(wamids=["w1"], kind="message"))
    assert [*ticks, shown(phones)[0].tick] == ["delivered", "read", "read"]


def test_reading_the_latest_reads_all_before_it() -> None:
    """WhatsApp marks the latest message, and means every earlier one."""
    phones = after_hello()
    phones.take("lead_wrote", meta(wamid="w2", text="Tudo bem?"))
    phones.take("read_marked", meta(wamid="w2"))
    assert [bubble.tick for bubble in shown(phones)] == ["read", "read"]


def test_typing_ends_with_the_words() -> None:
    """It is shown for a while, unless the answer comes."""
    phones = after_hello()
    thread = phones.open("meta_whatsapp", NUMBER, LEAD)
    phones.take("read_marked", meta(wamid="w1", typing=True))
    began = thread.typing_until
    phones.take("send_accepted", meta(wamid="w2", text="Olá!"))
    assert (began, thread.typing_until) == (10.0 + TYPING_SECONDS, 0.0)


def test_instagram_shows_reading_and_typing_by_actions() -> None:
    """They name the person, not a message."""
    phones = Phones()
    event = {"account": "ig", "lead": LEAD, "at": 10.0}
    phones.take("lead_wrote", event | {"mid": "m1", "text": "Oi"})
    phones.take("action_shown", event | {"action": "mark_seen"})
    phones.take("action_shown", event | {"action": "typing_on"})
    thread = phones.open("instagram", "ig", LEAD)
    assert (thread.bubbles[0].tick, thread.typing_until > 10.0) == ("read", True)


def test_words_that_were_queued_come_when_they_leave() -> None:
    """While its phone is away Z-API takes messages that the lead does not have yet."""
    phones = Phones()
    phones.open("zapi", "i-1", LEAD)
    phones.take("send_accepted", zapi(message_id="z1", text="Olá"))
    before = list(shown(phones, "zapi", "i-1"))
    phones.take("send_left", zapi(message_id="z1", author="api"))
    assert (before, shown(phones, "zapi", "i-1")) == ([], [Bubble("z1", "business", "Olá", 10.0)])


def test_the_owners_words_are_told_apart() -> None:
    """On every channel, though Z-API tells of them in two steps."""
    phones = after_hello()
    phones.take("owner_wrote", meta(wamid="w2", text="Sou eu"))
    phones.take("owner_wrote", zapi(message_id="z1", text="Sou eu"))
    phones.take("send_left", zapi(message_id="z1", author="phone"))
    assert [shown(phones)[1].side, shown(phones, "zapi", "i-1")[0].side] == ["owner", "owner"]


def test_what_failed_is_on_no_phone() -> None:
    """Meta takes a message outside the window and says by webhook that it never arrived."""
    phones = after_hello()
    phones.take("send_accepted", meta(wamid="w2", text="Olá"))
    phones.take("webhook_acked", meta(wamids=["w2"], kind="status", status_kind="failed"))
    assert [bubble.id for bubble in shown(phones)] == ["w1"]


def test_only_what_changed_is_new() -> None:
    """Each change gives its thread, and no other, a newer number."""
    phones = after_hello()
    revision = phones.revision
    phones.open("meta_whatsapp", NUMBER, "5511900000002", "Lead 2")
    assert [thread.name for thread in phones.newer(revision)] == ["Lead 2"]
