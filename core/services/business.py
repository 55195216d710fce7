"""What a business has set, as its managers see it and its admins change it."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, ClassVar
from uuid import UUID

import orjson

from core.domain.actor import Actor
from core.domain.changes import ChangeKind
from core.domain.errors import BadRequest, Conflict, NotFound
from core.domain.setting_rules import BusinessSettings, SettingFault, changed_settings, faults_between, faults_in
from core.domain.tenant import HandOffRules, stored_settings
from core.services.access import require_admin, require_leading
from core.services.audit import audit
from core.services.follow_up_plans import FollowUpPlans
from db.json import loads
from db.tenancy import Scope, tenant_scope


class SettingsChanged(Conflict):
    """Somebody changed the settings since they were read: what he did would be undone unseen."""

    code: ClassVar[str] = "settings_changed"


class SettingsInvalid(BadRequest):
    """Some settings are not as they may be; ``faults`` says which, and why."""

    def __init__(self, faults: Sequence[SettingFault]) -> None:
        super().__init__("; ".join(f"{fault.at} {fault.why}" for fault in faults))
        self.faults = tuple(faults)


@dataclass(frozen=True, slots=True)
class SeenSettings:
    """The settings with their version: whoever changes them says which he saw."""

    values: BusinessSettings
    version: int
    ai_paused: bool


async def business_settings(actor: Actor) -> SeenSettings:
    """What is set. Raises ``Forbidden`` for attendants."""
    require_leading(actor)
    async with tenant_scope(actor.tenant_id) as scope:
        return await _loaded(scope, actor.tenant_id)


async def change_business_settings(actor: Actor, values: BusinessSettings, version: int) -> SeenSettings:
    """All of it is as given from now on, if it still is what was seen under this version.

    Raises ``Forbidden`` for who is no admin, ``SettingsChanged``, ``SettingsInvalid``.
    """
    require_admin(actor)
    async with tenant_scope(actor.tenant_id) as scope:
        seen = await _loaded(scope, actor.tenant_id)
        if seen.version != version:
            raise _changed()
        changes = changed_settings(seen.values, values)
        await _check(scope, actor.tenant_id, changes, values.settings.hand_off)
        if not changes:
            return seen
        changed = await scope.row("change_settings", actor.tenant_id, version, *_stored(values))
        if changed is None:
            raise _changed()
        if any(path.startswith("follow_up.") for path in changes):
            # Who is silent already is looked at by the new rules.
            await scope.row("forget_job_mark", actor.tenant_id, FollowUpPlans.name)
        scope.changed(ChangeKind.SETTINGS, actor.tenant_id)
        await audit(actor.tenant_id, actor, "settings.changed", fields=", ".join(sorted(changes)))
    return SeenSettings(values, changed["settings_version"], seen.ai_paused)


async def _loaded(scope: Scope, tenant_id: UUID) -> SeenSettings:
    row = await scope.row("settings_of_tenant", tenant_id)
    if row is None:
        message = "no such tenant"
        raise NotFound(message)
    values = BusinessSettings(
        row["name"],
        row["timezone"],
        row["locale"],
        row["debounce_seconds"],
        stored_settings(loads(row["settings"]) or {}),
    )
    return SeenSettings(values, row["settings_version"], row["ai_paused"])


async def _check(scope: Scope, tenant_id: UUID, changes: Mapping[str, Any], rules: HandOffRules) -> None:
    faults = list(faults_in(changes)) or list(faults_between(changes, rules))
    zone = changes.get("timezone")
    if zone is not None and not faults and await scope.row("timezone_known", tenant_id, zone) is None:
        faults.append(SettingFault("timezone", "is not known to the database"))
    if changes.get("follow_up.stages"):
        known = {row["key"] for row in await scope.rows("stages_of_tenant", tenant_id)}
        unknown = [stage for stage in changes["follow_up.stages"] if stage not in known]
        faults += [SettingFault("follow_up.stages", f"has a stage that there is not: {stage}") for stage in unknown]
    if faults:
        raise SettingsInvalid(faults)


def _stored(values: BusinessSettings) -> tuple[object, ...]:
    settings = orjson.dumps(asdict(values.settings)).decode()
    return values.name.strip(), values.timezone, values.locale, values.debounce_seconds, settings


def _changed() -> SettingsChanged:
    return SettingsChanged("the settings were changed since they were read")
