"""What verifies the deliveries to an account key: made with its first account, renewed when the provider's secrets are."""

from collections.abc import Mapping
from uuid import UUID

from tortoise.exceptions import IntegrityError

from core.domain.errors import BadRequest, Conflict
from core.domain.ids import uuid7
from core.services.accounts import CREDENTIALS_COLUMN
from core.services.sealing import Sealer
from db.tenancy import Scope, platform_scope


class CredentialSets:
    """The use cases. A set belongs to the installation: accounts of several tenants may stand behind its key."""

    def __init__(self, sealer: Sealer) -> None:
        self._sealer = sealer

    async def is_known(self, channel: str, account_key: str) -> bool:
        """Whether this channel's account key has its credentials already."""
        async with platform_scope() as scope:
            return await scope.row("credential_set_of_key", account_key, channel) is not None

    async def ensure(
        self, channel: str, account_key: str, credentials: Mapping[str, str], own: Mapping[str, str]
    ) -> UUID:
        """The set behind the key, made from ``credentials`` if the key is new.

        ``own`` is what of them is the account's own and no app's (the token of a Z-API instance). It replaces what an
        account that is gone has left behind. Raises ``Conflict`` where it is not that of an account behind the key:
        one of the two would be refused for ever. Raises ``BadRequest`` for a new key without credentials.
        """
        try:
            async with platform_scope() as scope:
                found = await scope.row("credential_set_of_key", account_key, channel)
                if found is not None:
                    await self._made_fit(scope, found["id"], account_key, own)
                    return UUID(str(found["id"]))
                if not credentials or not all(credentials.values()):
                    message = f"the account key {account_key!r} is new: what verifies its deliveries is missing"
                    raise BadRequest(message)
                set_id = uuid7()
                await scope.row("make_credential_set", set_id, account_key, channel, self._sealed(set_id, credentials))
        except IntegrityError as error:
            message = f"the account key {account_key!r} is taken; choose another, or try again"
            raise Conflict(message) from error
        return set_id

    async def _made_fit(self, scope: Scope, set_id: UUID, account_key: str, own: Mapping[str, str]) -> None:
        known = await self._locked(scope, set_id)
        if known.items() >= own.items():
            return
        if await scope.row("account_behind_set", set_id) is not None:
            message = f"the account key {account_key!r} is another account's, with secrets of its own; choose another"
            raise Conflict(message)
        await scope.row("renew_credential_set", set_id, self._sealed(set_id, {**known, **own}))

    async def renew(self, set_id: UUID, given: Mapping[str, str]) -> None:
        """These are new, for every account behind the key; the others stay. Web processes look at a refusal at once."""
        async with platform_scope() as scope:
            known = await self._locked(scope, set_id)
            await scope.row("renew_credential_set", set_id, self._sealed(set_id, {**known, **given}))

    async def _locked(self, scope: Scope, set_id: UUID) -> dict[str, str]:
        row = await scope.row("lock_credential_set", set_id)
        return {} if row is None else self._sealer.open(row["sealed"], owner=set_id, column=CREDENTIALS_COLUMN)

    def _sealed(self, set_id: UUID, credentials: Mapping[str, str]) -> bytes:
        return self._sealer.seal(credentials, owner=set_id, column=CREDENTIALS_COLUMN)
