"""What refusals cost: the credentials behind a key are looked up anew once a second, however many deliveries they refuse."""

import pytest

from core.services.accounts import Accounts
from core.services.sealing import Sealer
from tests.factories import CHANNEL, Seeder
from tests.fakes import ManualClock


@pytest.mark.usefixtures("opened")
async def test_refusals_look_up_once_a_second(seed: Seeder, sealer: Sealer) -> None:
    """A stranger who posts what nobody signed does not ask the database each time; an operator's new secret is good soon."""
    await seed.credential_set("loja")
    clock = ManualClock()
    accounts = Accounts(sealer, clock.monotonic)
    assert await accounts.credentials(CHANNEL, "loja") is not None
    assert await accounts.renewed_credentials(CHANNEL, "loja") is None
    clock.advance(1.5)
    renewed = [await accounts.renewed_credentials(CHANNEL, "loja") for _ in range(3)]
    assert [one is not None for one in renewed] == [True, False, False]
