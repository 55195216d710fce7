"""What people at the other end read."""

from typing import Final

WORDS: Final = "Ensaio do Reveza com esta conta: está tudo certo, e não é preciso responder. 👋"
