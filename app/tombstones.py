"""What is kept outside the database, where the settings say."""

from app.settings import Settings
from core.services.audit_chain import AuditChain
from core.services.tombstone_journal import TombstoneJournal


def tombstone_journal(settings: Settings) -> TombstoneJournal:
    """The installation's, whether anybody was forgotten yet or not."""
    return TombstoneJournal(settings.tombstones_folder, settings.secret_keys)


def audit_chain(settings: Settings) -> AuditChain:
    """Looks whether the audit log is whole, by what is written of its ends there."""
    return AuditChain(settings.tombstones_folder, settings.secret_keys)
