"""Who may do what: asked by every service that not everybody may use."""

from core.domain.actor import Actor
from core.domain.conversation import Role
from core.domain.errors import Forbidden


def require_admin(actor: Actor) -> None:
    """Only admins. Raises ``Forbidden``."""
    if actor.role is not Role.ADMIN:
        message = "only admins may do this"
        raise Forbidden(message)


def require_leading(actor: Actor) -> None:
    """Managers and admins. Raises ``Forbidden``."""
    if not actor.leads:
        message = "only managers and admins may do this"
        raise Forbidden(message)
