"""What becomes of groups: members come, go and are promoted; a group turns into a supergroup."""

from collections.abc import Iterable

from sandbox.eventlog import EventLog
from sandbox.telegram.chats import Chat
from sandbox.telegram.errors import refuse
from sandbox.telegram.persons import USUAL_RIGHTS, Member, Person
from sandbox.telegram.posting import Posting
from sandbox.telegram.state import TelegramState


class Groups:
    """Doings of a group's people that concern the group as a whole."""

    def __init__(self, state: TelegramState, posting: Posting, log: EventLog) -> None:
        self._state = state
        self._posting = posting
        self._log = log

    def join(self, chat: Chat, person: Person, by: Person) -> None:
        """Somebody comes in, or is added by another."""
        member = chat.members.setdefault(person.id, Member(person, "left"))
        if member.inside:
            refuse("already a member")
        before = member.as_json()
        member.status = "member"
        self._posting.membership(chat, before, member, by)
        self._posting.add(chat, by, {"new_chat_members": [person.as_user()]})

    def leave(self, chat: Chat, person: Person, by: Person, *, kicked: bool) -> None:
        """Somebody goes, or is removed for good; a removed bot hears of it and of nothing more."""
        member = self._inside(chat, person)
        before = member.as_json()
        member.status, member.rights = ("kicked" if kicked else "left"), frozenset()
        self._posting.membership(chat, before, member, by)
        self._posting.add(chat, by, {"left_chat_member": person.as_user()})

    def promote(self, chat: Chat, person: Person, by: Person, rights: Iterable[str] | None) -> None:
        """Somebody gets these rights (the usual ones, if none are named); an empty list makes a plain member."""
        member = self._inside(chat, person)
        before = member.as_json()
        member.rights = USUAL_RIGHTS if rights is None else frozenset(rights)
        member.status = "administrator" if member.rights else "member"
        self._posting.membership(chat, before, member, by)

    def upgrade(self, chat: Chat, by: Person, *, is_forum: bool) -> Chat:
        """The group lives on as a supergroup with another id; messages of before stay behind."""
        if chat.type != "group" or chat.migrated_to is not None:
            refuse("only a basic group can be upgraded")
        new_id, ids = self._state.new_group_id(supergroup=True), self._state.message_ids()
        newer = Chat(new_id, "supergroup", chat.title, is_forum=is_forum, ids=ids)
        newer.members = {key: Member(one.person, one.status, one.rights) for key, one in chat.members.items()}
        self._state.groups[newer.id] = newer
        self._posting.add(chat, by, {"migrate_to_chat_id": newer.id})
        chat.migrated_to = newer.id
        self._posting.add(newer, by, {"migrate_from_chat_id": chat.id})
        self._log.write("telegram_upgraded", chat_id=chat.id, to=newer.id)
        return newer

    def _inside(self, chat: Chat, person: Person) -> Member:
        member = chat.member(person.id)
        if member is None or not member.inside:
            refuse("not a member")
        return member
