"""Which handler takes what: the routers in order."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from aiogram import Dispatcher, F, Router

from bot.admission import Admission
from bot.handlers.ai import AiCommands
from bot.handlers.channels import ChannelCommands
from bot.handlers.duty import Duty
from bot.handlers.failures import FailureCommands
from bot.handlers.groups import Groups
from bot.handlers.health import HealthCommand
from bot.handlers.operators import Operators
from bot.handlers.personal import Personal
from bot.handlers.rights import RightsCommands
from bot.handlers.taps import ConversationButtons
from bot.handlers.team import Team
from bot.handlers.usage import UsageCommand
from bot.handlers.welcome import Welcome
from bot.handlers.wishes import WishCommands
from bot.handlers.words import MembersWords
from bot.menu_button import MenuButtons, Speaking
from bot.middlewares import Acting
from bot.panel import Panel
from bot.refused import Refused
from bot.replies import Replies
from bot.taps import (
    AccountTap,
    BusinessTap,
    BusinessVerb,
    ConversationTap,
    InviteTap,
    LettersTap,
    LetterTap,
    MemberTap,
    MessageTap,
    RightsTap,
    SnoozeTap,
    TransferTap,
    WishTap,
)
from bot.texts import Catalogs
from core.services.assignments import Assignments
from core.services.attendance import Attendance
from core.services.channel_desk import ChannelDesk
from core.services.erasure import Erasures
from core.services.failures import Failures
from core.services.suspension import Windows


@dataclass(frozen=True, slots=True)
class Services:
    """What the handlers call."""

    assignments: Assignments
    attendance: Attendance
    channels: ChannelDesk
    failures: Failures
    erasures: Erasures
    operators: frozenset[int] = frozenset()
    """The Telegram users who operate the installation."""
    windows: Windows = field(default_factory=dict)


def build_dispatcher(
    services: Services, catalogs: Catalogs, replies: Replies, menus: MenuButtons, panel: Panel | None = None
) -> Dispatcher:
    """Everything that the bot answers to. What no command took is words for a lead, and those come last."""
    dispatcher = Dispatcher(disable_fsm=True)
    dispatcher.update.outer_middleware(Acting(catalogs, Refused(replies)))
    dispatcher.update.outer_middleware(Speaking(menus))
    welcome, groups = Welcome(catalogs, replies), Groups(catalogs, replies)
    personal, team, ai = Personal(catalogs, replies, menus), Team(replies), AiCommands(replies)
    conversations = ConversationButtons(services.assignments, services.attendance, replies)
    channels, failures = ChannelCommands(services.channels, replies), FailureCommands(services.failures, replies)
    usage, wishes = UsageCommand(replies), WishCommands(replies)
    rights = RightsCommands(services.erasures, replies, panel)
    dispatcher.include_routers(
        groups.first_router(),
        Operators(replies, services.operators, services.windows).router(),
        welcome.router(),
        groups.router(),
        _for_members([Duty(replies).router(), personal.router(), team.router(), ai.router()]),
        _for_members(
            [
                channels.router(),
                failures.router(),
                HealthCommand(replies).router(),
                usage.router(),
                rights.router(),
                wishes.router(),
            ]
        ),
        _buttons(
            Admission(catalogs, replies),
            groups,
            personal,
            team,
            ai,
            channels,
            failures,
            usage,
            rights,
            wishes,
            conversations,
        ),
        MembersWords(services.attendance, replies).router(),
        welcome.last_router(),
    )
    return dispatcher


def _for_members(routers: Sequence[Router]) -> Router:
    """Commands that need a business to be about."""
    router = Router(name="members")
    router.message.filter(_asks)
    router.include_routers(*routers)
    return router


async def _asks(_message: object, ask: object) -> bool:
    return ask is not None


def _buttons(  # noqa: PLR0917 - whoever has buttons
    admission: Admission,
    groups: Groups,
    personal: Personal,
    team: Team,
    ai: AiCommands,
    channels: ChannelCommands,
    failures: FailureCommands,
    usage: UsageCommand,
    rights: RightsCommands,
    wishes: WishCommands,
    conversations: ConversationButtons,
) -> Router:
    """Buttons about a business: each tap passes the admission first."""
    router = Router(name="buttons")
    router.callback_query.middleware(admission)
    taps = router.callback_query.register
    taps(groups.tapped, BusinessTap.filter(F.verb == BusinessVerb.LINK))
    taps(personal.switched, BusinessTap.filter(F.verb == BusinessVerb.SWITCH))
    taps(team.asked_for_invitation, BusinessTap.filter(F.verb == BusinessVerb.INVITE))
    taps(ai.resumed, BusinessTap.filter(F.verb == BusinessVerb.RESUME))
    taps(usage.months, BusinessTap.filter(F.verb == BusinessVerb.MONTHS))
    taps(usage.file, BusinessTap.filter(F.verb == BusinessVerb.FILE))
    taps(rights.tapped, RightsTap.filter())
    taps(wishes.tapped, WishTap.filter())
    taps(team.invited, InviteTap.filter())
    taps(team.tapped, MemberTap.filter())
    taps(channels.tapped, AccountTap.filter())
    taps(failures.tapped, LetterTap.filter())
    taps(failures.many, LettersTap.filter())
    taps(conversations.tapped, ConversationTap.filter())
    taps(conversations.passed_on, TransferTap.filter())
    taps(conversations.put_to_sleep, SnoozeTap.filter())
    taps(conversations.tried_again, MessageTap.filter())
    return router
