"""Posts that are due: whose turn it is, who has the chat, and what becomes of those that cannot be shown."""

from datetime import timedelta
from uuid import UUID

import pytest

from core.domain.ids import uuid7
from core.services.post_queue import MOST_FAULTS, DuePost, PostQueue, Shown
from tests.integration.services.desk import Desk

BOT = 1
FREE = "SELECT lease_until IS NULL FROM telegram_chats WHERE id = $1"
DUE = "SELECT due_at IS NOT NULL FROM telegram_posts WHERE id = $1"
OVER = "UPDATE telegram_chats SET lease_until = now() - interval '1 second'"


class Posts:
    """Chats of the business and what is due there."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.queue = PostQueue(BOT)

    async def chat(self, chat_id: int = -1001) -> UUID:
        """A chat in which the team works."""
        return await self.desk.seed.insert(
            "telegram_chats", tenant_id=self.desk.ref.tenant_id, bot_id=BOT, chat_id=chat_id, kind="group"
        )

    async def due(self, chat: UUID, kind: str = "notice", *, seconds_ago: float = 1.0, **more: object) -> UUID:
        """Something to be shown there for so long."""
        now = await self.desk.value("SELECT now()")
        return await self.desk.seed.insert(
            "telegram_posts",
            **{
                "tenant_id": self.desk.ref.tenant_id,
                "chat_ref": chat,
                "kind": kind,
                "subject_id": uuid7(),
                "due_at": now - timedelta(seconds=seconds_ago),
                **more,
            },
        )

    async def claimed(self) -> DuePost:
        """The only post whose chat can be claimed."""
        (post,) = await self.queue.claim()
        return post


@pytest.fixture
def posts(desk: Desk) -> Posts:
    """Nothing is due yet."""
    return Posts(desk)


async def test_a_chat_is_one_claimers_at_a_time(posts: Posts) -> None:
    """However much is due there."""
    chat = await posts.chat()
    await posts.due(chat)
    await posts.due(chat)
    assert [len(await posts.queue.claim()), len(await posts.queue.claim())] == [1, 0]


async def test_what_is_due_longest_comes_first(posts: Posts) -> None:
    """With more chats than may be written to, none waits for ever behind those where something new is due again and again."""
    chats = [await posts.chat(-1001 - number) for number in range(8)]
    for number, chat in enumerate(chats):
        await posts.due(chat, seconds_ago=number + 1.0)
    assert [post.chat_ref for post in await posts.queue.claim(1)] == [chats[-1]]
    assert {post.chat_ref for post in await posts.queue.claim(2)} == {chats[-2], chats[-3]}


async def test_an_answer_does_not_hide_how_long_its_chat_has_waited(posts: Posts) -> None:
    """The answer that is due there just now goes first, in the place of what has waited longest."""
    old, new = await posts.chat(-1001), await posts.chat(-1002)
    await posts.due(old, seconds_ago=60.0)
    answer = await posts.due(old, "reply", seconds_ago=0.0)
    await posts.due(new, seconds_ago=30.0)
    assert [post.id for post in await posts.queue.claim(1)] == [answer]


async def test_a_post_that_cannot_be_read_frees_its_chat(desk: Desk, posts: Posts) -> None:
    """What comes behind it in the chat is shown, and so is what was claimed with it."""
    chat, other = await posts.chat(), await posts.chat(-1002)
    poison = await posts.due(chat, seconds_ago=9.0)
    behind, beside = await posts.due(chat, seconds_ago=5.0), await posts.due(other)
    await desk.run("ALTER TABLE telegram_posts DROP CONSTRAINT telegram_posts_kind_check")
    await desk.run("UPDATE telegram_posts SET kind = 'riddle' WHERE id = $1", poison)
    assert [post.id for post in await posts.queue.claim()] == [beside]
    assert await desk.value(FREE, chat)
    assert [post.id for post in await posts.queue.claim()] == [behind]
    assert await desk.rows("SELECT faults, error, due_at > now() FROM telegram_posts WHERE id = $1", poison) == [
        (1, "ValueError", True)
    ]


async def test_a_post_that_is_no_longer_due_frees_its_chat(desk: Desk, posts: Posts) -> None:
    """Somebody showed it between the look and the claim."""
    chat = await posts.chat()
    await posts.due(chat)
    await desk.run(
        "CREATE FUNCTION shown_meanwhile() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        " UPDATE telegram_posts SET due_at = NULL; RETURN NEW; END $$"
    )
    await desk.run("ALTER FUNCTION shown_meanwhile() SECURITY DEFINER")
    await desk.run(
        "CREATE TRIGGER shown_meanwhile AFTER UPDATE OF lease_until ON telegram_chats FOR EACH ROW"
        " WHEN (NEW.lease_until IS NOT NULL) EXECUTE FUNCTION shown_meanwhile()"
    )
    assert await posts.queue.claim() == []
    assert await desk.value(FREE, chat)


async def test_a_fault_lets_the_chat_go_on(posts: Posts) -> None:
    """A bug about one post blocks nothing else in its chat."""
    chat = await posts.chat()
    await posts.due(chat, seconds_ago=9.0)
    behind = await posts.due(chat, seconds_ago=5.0)
    await posts.queue.broke(await posts.claimed(), "KeyError")
    assert (await posts.claimed()).id == behind


async def test_a_post_that_breaks_again_and_again_is_given_up(desk: Desk, posts: Posts) -> None:
    """At growing distances, until the last time; its error is kept."""
    post_id = await posts.due(await posts.chat())
    pauses = []
    for _ in range(MOST_FAULTS):
        await posts.queue.broke(await posts.claimed(), "KeyError")
        pauses.append(await desk.value("SELECT extract(epoch FROM due_at - now())::int FROM telegram_posts"))
        await desk.run("UPDATE telegram_posts SET due_at = now() WHERE due_at IS NOT NULL")
    assert pauses == [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300, None]
    assert await desk.value("SELECT error FROM telegram_posts WHERE id = $1", post_id) == "KeyError"
    assert await posts.queue.claim() == []


@pytest.mark.parametrize(("meanwhile", "due"), [(True, True), (False, False)], ids=["changed", "the same"])
async def test_what_changes_while_a_post_is_refused_is_shown(
    desk: Desk, posts: Posts, *, meanwhile: bool, due: bool
) -> None:
    """Given up is what was tried, and not what has become of it since."""
    post = await posts.due(await posts.chat(), "card")
    claimed = await posts.claimed()
    await desk.run("UPDATE telegram_posts SET version = version + $1", int(meanwhile))
    await posts.queue.never(claimed, "TelegramBadRequest")
    assert await desk.value(DUE, post) is due


async def test_an_outage_is_no_fault(desk: Desk, posts: Posts) -> None:
    """However long Telegram is away, nothing is given up for it."""
    post_id = await posts.due(await posts.chat(), attempts=2000)
    await posts.queue.later(await posts.claimed(), 1.0, "AGAIN", chat_waits=True)
    assert await desk.rows(
        "SELECT faults, attempts, due_at IS NOT NULL FROM telegram_posts WHERE id = $1", post_id
    ) == [(0, 2001, True)]


async def test_who_comes_too_late_does_not_free_the_next_ones_chat(desk: Desk, posts: Posts) -> None:
    """A process that stood still for longer than its lease: the chat is somebody else's, and stays so."""
    chat = await posts.chat()
    await posts.due(chat)
    late = await posts.claimed()
    await desk.run(OVER)
    await posts.claimed()
    await posts.queue.shown(late, Shown(7))
    assert not await desk.value(FREE, chat)


@pytest.mark.parametrize("how", ["shown", "later", "never", "anew", "broke", "chat_gone", "topic_gone"])
async def test_who_comes_too_late_writes_nothing(desk: Desk, posts: Posts, how: str) -> None:
    """Whatever he found out: the next one finds it out himself, and shows the post as it was when he claimed it."""
    chat = await posts.chat()
    post_id = await posts.due(chat)
    late = await posts.claimed()
    await desk.run(OVER)
    await posts.claimed()
    before = await desk.rows("SELECT p, c FROM telegram_posts p JOIN telegram_chats c ON c.id = p.chat_ref")
    ends = {
        "shown": lambda: posts.queue.shown(late, Shown(7)),
        "later": lambda: posts.queue.later(late, 60.0, "AGAIN", chat_waits=True),
        "never": lambda: posts.queue.never(late, "NEVER"),
        "anew": lambda: posts.queue.anew(late),
        "broke": lambda: posts.queue.broke(late, "KeyError"),
        "chat_gone": lambda: posts.queue.chat_gone(late),
        "topic_gone": lambda: posts.queue.topic_gone(late),
    }
    await ends[how]()
    assert await desk.value(DUE, post_id)
    assert await desk.rows("SELECT p, c FROM telegram_posts p JOIN telegram_chats c ON c.id = p.chat_ref") == before


async def test_who_comes_too_late_still_tells_what_his_message_means(desk: Desk, posts: Posts) -> None:
    """It stands in the chat: a reply to it finds its way."""
    chat = await posts.chat()
    await posts.due(chat, "relay", conversation_id=desk.ref.conversation_id, subject_id=desk.ref.conversation_id)
    late = await posts.claimed()
    await desk.run(OVER)
    await posts.claimed()
    await posts.queue.shown(late, Shown(7, purpose="relay"))
    assert await desk.rows("SELECT number, conversation_id FROM telegram_messages") == [(7, desk.ref.conversation_id)]
