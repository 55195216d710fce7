"""A transaction that cannot begin leaves nothing behind."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from tortoise import connections
from tortoise.backends.asyncpg.client import TransactionWrapper

from core.domain.ids import uuid7
from db.tenancy import platform_scope, tenant_scope
from db.transactions import Transaction
from tests.patience import PATIENCE

POOL = 10


def _failing(error: BaseException) -> Callable[[Transaction], Awaitable[None]]:
    async def begin(_self: Transaction) -> None:
        await asyncio.sleep(0)
        raise error

    return begin


@pytest.mark.usefixtures("opened")
@pytest.mark.parametrize("error", [TimeoutError(), asyncio.CancelledError()])
async def test_the_pool_keeps_its_places_when_begin_fails(
    monkeypatch: pytest.MonkeyPatch, error: BaseException
) -> None:
    """More failures than places, and the next transaction still finds one."""
    with monkeypatch.context() as patch:
        patch.setattr(Transaction, "begin", _failing(error))
        for _ in range(POOL * 2):
            with pytest.raises(type(error)):
                async with platform_scope():
                    pass
    async with asyncio.timeout(PATIENCE), platform_scope() as scope:
        assert await scope.rows("first_tenant") == []


@pytest.mark.usefixtures("opened")
async def test_a_task_begins_anew_after_a_begin_that_failed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The task's next scope is a transaction of its own, not a savepoint on the dead connection."""
    with monkeypatch.context() as patch:
        patch.setattr(Transaction, "begin", _failing(TimeoutError()))
        with pytest.raises(TimeoutError):
            async with tenant_scope(uuid7()):
                pass
    assert not isinstance(connections.get("app"), TransactionWrapper)


@pytest.mark.usefixtures("opened")
async def test_a_failed_commit_leaves_no_transaction_in_the_task(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever became of the commit, the next scope starts clean."""

    async def commit(_self: Any) -> None:
        raise ConnectionResetError

    with monkeypatch.context() as patch:
        patch.setattr(Transaction, "commit", commit)
        for _ in range(POOL * 2):
            with pytest.raises(ConnectionResetError):
                async with platform_scope():
                    pass
    async with asyncio.timeout(PATIENCE), platform_scope() as scope:
        assert await scope.rows("first_tenant") == []
