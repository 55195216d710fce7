"""What a lead says as rules read it: folded, and whether what is left beside something known wants an answer."""

import re
from typing import Final

from core.domain.handoff import fold

_MOST_LEFT: Final = 8
"""More words than these beside what was known are something to answer."""
POLITE: Final = re.compile(
    r"\b(?:por favor|por gentileza|faz favor|favor|pfv?|pls|plz|please|obrigad[oa]|obg|valeu|vlw|thanks?|thank you|ok|oi|ola|hi|hello"
    r"|bom dia|boa tarde|boa noite|agora|ja|now|gente|pessoal|moc[oa]|amig[oa]|cara|isso|e|mas|but|and|entao|nossa|meu deus|pelo amor de deus"
    r"|como (?:eu )?(?:faco|faz) (?:para|pra|p)|tem como|da pra|(?:voces?|vcs?) (?:podem?|poderiam?)|podem?|poderiam?|posso|gostaria de|quero"
    r"|queria|can you|could you|how (?:do|can) i|i want to|i would like to|want to)\b"
)
_ASKS: Final = re.compile(
    r"\?|\b(?:qual|quais|quanto|quantos|quando|onde|como|quem|por ?que|o que|que horas|tem|voces? (?:faz|tem|abr)\w*|what|when|where|how"
    r"|which|who|why|is there|are there|do you|can i)\b"
)


def plain_words(text: str) -> str:
    """Folded, with the marks that end something left, everything else that is no letter or digit a blank."""
    folded = fold(text).replace("’", " ").replace("'", " ")
    marked = re.sub(r"[^\w\s.,;!?]|_", " ", folded)
    return re.sub(r"[ \t\r\f\v]+", " ", marked).strip()


def wants_no_answer(left: str) -> bool:
    """Whether the rest of a message says nothing more; a NUL stands where something known was taken out."""
    rest = POLITE.sub(" ", left.replace("\x00", " "))
    return _ASKS.search(rest) is None and len(re.findall(r"\w+", rest)) <= _MOST_LEFT
