"""Who is doing something."""

from dataclasses import dataclass
from uuid import UUID

from core.domain.conversation import Role


@dataclass(frozen=True, slots=True)
class Actor:
    """A member acting in one tenant: what every entry point makes of whoever it let in."""

    tenant_id: UUID
    member_id: UUID
    role: Role

    @property
    def leads(self) -> bool:
        """Whether the member may decide over colleagues' conversations too."""
        return self.role in {Role.MANAGER, Role.ADMIN}

    @property
    def sees_only(self) -> UUID | None:
        """Whose leads the member sees, besides those that nobody has; ``None``: everybody's."""
        return None if self.leads else self.member_id
