"""What remains of somebody who was erased: that he was, never who he was."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID


class TombstoneKind(StrEnum):
    """What was erased."""

    LEAD = "lead"
    TENANT = "tenant"


@dataclass(frozen=True, slots=True)
class Tombstone:
    """One erasure: ids alone, for whoever brings the person's rows back brings them under the same ones."""

    id: UUID
    kind: TombstoneKind
    tenant_id: UUID
    subject_id: UUID
    erased_at: datetime
