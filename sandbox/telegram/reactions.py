"""Reactions: which there are, and which a bot may set."""

from sandbox.telegram.errors import refuse
from sandbox.telegram.params import Params
from sandbox.wire import JsonObject, is_object

ALLOWED = frozenset(
    [
        "❤",
        "👍",
        "👎",
        "🔥",
        "🥰",
        "👏",
        "😁",
        "🤔",
        "🤯",
        "😱",
        "🤬",
        "😢",
        "🎉",
        "🤩",
        "🤮",
        "💩",
        "🙏",
        "👌",
        "🕊",
        "🤡",
        "🥱",
        "🥴",
        "😍",
        "🐳",
        "❤\u200d🔥",
        "🌚",
        "🌭",
        "💯",
        "🤣",
        "⚡",
        "🍌",
        "🏆",
        "💔",
        "🤨",
        "😐",
        "🍓",
        "🍾",
        "💋",
        "🖕",
        "😈",
        "😴",
        "😭",
        "🤓",
        "👻",
        "👨\u200d💻",
        "👀",
        "🎃",
        "🙈",
        "😇",
        "😨",
        "🤝",
        "✍",
        "🤗",
        "🫡",
        "🎅",
        "🎄",
        "☃",
        "💅",
        "🤪",
        "🗿",
        "🆒",
        "💘",
        "🙉",
        "🦄",
        "😘",
        "💊",
        "🙊",
        "😎",
        "👾",
        "🤷\u200d♂",
        "🤷",
        "🤷\u200d♀",
        "😡",
    ]
)
VARIATION = "\ufe0f"
MOST_FOR_A_BOT = 1


def emoji_reaction(emoji: str) -> JsonObject | None:
    """The ReactionType of an emoji; None when it is no reaction. The variation selector makes no difference."""
    plain = emoji.replace(VARIATION, "")
    return {"type": "emoji", "emoji": plain} if plain in ALLOWED else None


def chosen_reactions(params: Params) -> list[JsonObject]:
    """What a bot wants on a message: one allowed emoji, or nothing."""
    given = params.array("reaction")
    if len(given) > MOST_FOR_A_BOT:
        refuse("REACTIONS_TOO_MANY")
    return [_checked(item) for item in given]


def _checked(item: object) -> JsonObject:
    emoji = item.get("emoji") if is_object(item) and item.get("type") == "emoji" else None
    reaction = emoji_reaction(emoji) if isinstance(emoji, str) else None
    if reaction is None:
        refuse("REACTION_INVALID")
    return reaction
