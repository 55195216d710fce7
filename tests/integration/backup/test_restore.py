"""A backup takes the place of what is there: whole, of this schema or an older one, or not at all."""

import base64
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg
import pytest

from app.commands.migrate import plan_of
from app.restoring import Restored, Restorer
from app.settings import Settings
from app.tombstones import tombstone_journal
from core.domain.errors import BadRequest, Conflict
from core.domain.ids import uuid7
from core.domain.tombstone import Tombstone, TombstoneKind
from core.services.audit import OPERATOR
from core.services.erasure import Erasures
from core.services.sealing import Sealer
from db.backup.archive import BackupReader, BackupWriter
from db.backup.dump import back_up
from db.database import DatabaseUrls, open_database
from db.migrate import known_migrations, migrate
from tests.conftest import Databases
from tests.factories import Seeder
from tests.fakes import RecordedLive
from tests.integration.backup.conftest import PRODUCT, once, settings_for

_PREFIX = "house"
_AT = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
_REPLACED = "_before_20260302093000"


@dataclass(frozen=True, slots=True)
class House:
    """An installation of a test's own, with roles of its own."""

    name: str
    settings: Settings
    superuser: str
    sealer: Sealer
    folder: Path

    async def seeded(self, *slugs: str) -> None:
        """Businesses of these names, with a row in every table."""
        connection = await asyncpg.connect(self.superuser)
        seed = Seeder(connection, self.sealer)
        for slug in slugs:
            await seed.everything(await seed.business(slug))
        await connection.close()

    async def slugs(self) -> list[str]:
        """The businesses there are."""
        return [row["slug"] for row in await self.asked("SELECT slug FROM tenants ORDER BY slug")]

    async def asked(self, question: str) -> list[asyncpg.Record]:
        """What the database says, past row-level security."""
        connection = await asyncpg.connect(self.superuser)
        try:
            return list(await connection.fetch(question))
        finally:
            await connection.close()

    async def saved(self) -> Path:
        """A backup of what is there now."""
        path = self.folder / "backup.zip"
        with BackupWriter(path) as writer:
            keys = self.settings.key_fingerprints
            await back_up(self.settings.database_url_for("backup"), writer, product=PRODUCT, keys=keys)
            writer.finish()
        return path

    async def restored(self, path: Path, say: Callable[[str], None] = print) -> Restored:
        """The backup in the place of what is there."""
        with BackupReader(path) as reader:
            restorer = Restorer(self.settings, reader, say)
            await restorer.look()
            return await restorer.restore(_AT)


@pytest.fixture(scope="session")
def house_template(databases: Databases, valkey_url: str) -> str:
    """A migrated database with the houses' roles, which all of them share."""

    async def make() -> str:
        name = await databases.create()
        await migrate(plan_of(settings_for(databases.url(name), _PREFIX, valkey_url)))
        return name

    return once(make)


@pytest.fixture
async def house(
    databases: Databases, house_template: str, valkey_url: str, sealer: Sealer, tmp_path: Path
) -> AsyncIterator[House]:
    """A migrated installation without rows."""
    name = await databases.create(template=house_template)
    settings = settings_for(databases.url(name), _PREFIX, valkey_url)
    yield House(name, settings, databases.url(name, superuser=True), sealer, tmp_path)
    for left in ("", _REPLACED, "_restoring", "_rehearsing"):
        await databases.drop(f"{name}{left}")


async def _databases(house: House) -> set[str]:
    rows = await house.asked("SELECT datname FROM pg_database")
    return {row["datname"] for row in rows if row["datname"].startswith(house.name)}


@pytest.mark.slow
async def test_what_was_there_then_is_there_again(house: House) -> None:
    """Businesses that came since are gone, and are kept under another name; the roles see what they should."""
    await house.seeded("first", "second")
    path = await house.saved()
    await house.seeded("third")
    done = await house.restored(path)
    replaced = await asyncpg.connect(urlsplit(house.superuser)._replace(path=f"/{done.replaced}").geturl())
    before = await replaced.fetchval("SELECT count(*) FROM tenants")
    await replaced.close()
    platform = await asyncpg.connect(house.settings.database_url_for("platform"))
    seen = await platform.fetchval("SELECT count(*) FROM tenants")
    await platform.close()
    assert (await house.slugs(), before, seen) == (["first", "second"], 3, 2)
    assert await _databases(house) == {house.name, done.replaced}


@pytest.mark.slow
async def test_a_backup_of_an_older_schema_is_brought_up_to_date(house: House) -> None:
    """It is loaded into the schema that it is of, and migrated: its rows are those of today."""
    await house.seeded("first")
    await migrate(plan_of(house.settings), target="0008_truthful")
    path = await house.saved()
    await migrate(plan_of(house.settings))
    await house.restored(path)
    newest = await house.asked("SELECT max(name) AS name FROM tortoise_migrations")
    assert (await house.slugs(), newest[0]["name"]) == (["first"], known_migrations()[-1])


async def test_a_backup_of_a_newer_schema_is_refused(house: House) -> None:
    """It says which version is missing, and nothing is touched."""
    await house.seeded("first")
    path = await house.saved()
    with BackupReader(path) as reader:
        newer = (*reader.manifest.migrations, "9999_tomorrow")
        reader.manifest = reader.manifest.model_copy(update={"migrations": newer})
        with pytest.raises(Conflict, match="9999_tomorrow"):
            await Restorer(house.settings, reader, print).look()
    assert await house.slugs() == ["first"]


async def test_nothing_is_replaced_while_somebody_works_there(house: House) -> None:
    """Who has the database open is named, before anything is begun."""
    await house.seeded("first")
    path = await house.saved()
    worker = await asyncpg.connect(house.settings.database_url_for("app"))
    with pytest.raises(Conflict, match=f"{_PREFIX}_app"):
        await house.restored(path)
    await worker.close()
    assert await _databases(house) == {house.name}


@pytest.mark.slow
async def test_who_comes_meanwhile_keeps_what_is_there(house: House) -> None:
    """A process that starts while the backup is being loaded is not pushed out: the restore ends and leaves nothing."""
    await house.seeded("first")
    path = await house.saved()
    await house.seeded("second")
    workers: list[asyncpg.Connection] = []
    with BackupReader(path) as reader:
        restorer = Restorer(house.settings, reader, print)
        await restorer.look()
        workers.append(await asyncpg.connect(house.settings.database_url_for("app")))
        with pytest.raises(Conflict):
            await restorer.restore(_AT)
    await workers[0].close()
    assert (await house.slugs(), await _databases(house)) == (["first", "second"], {house.name})


@pytest.mark.slow
async def test_a_restore_that_fails_leaves_what_was_there(house: House) -> None:
    """A backup that turns out to be damaged half way takes nobody's place."""
    await house.seeded("first")
    path = await house.saved()
    content = bytearray(path.read_bytes())
    with BackupReader(path) as reader:
        place = reader._zip.getinfo("tables/tenants.copy")
    content[place.header_offset + 30 + len(place.filename) + place.compress_size // 2] ^= 0x10
    path.write_bytes(content)
    await house.seeded("second")
    with pytest.raises(BadRequest):
        await house.restored(path)
    assert (await house.slugs(), await _databases(house)) == (["first", "second"], {house.name})


async def test_whether_there_is_something_to_replace(house: House) -> None:
    """An installation without a business has nothing to lose; one with a business has."""
    path = await house.saved()
    with BackupReader(path) as reader:
        restorer = Restorer(house.settings, reader, print)
        empty = await restorer.look()
        await house.seeded("first")
        filled = await restorer.look()
    assert (empty, filled) == (False, True)


@pytest.mark.slow
async def test_a_rehearsal_compares_every_row_and_leaves_nothing(house: House) -> None:
    """What is loaded into a scratch database adds up to what was saved, also while somebody works."""
    await house.seeded("first")
    path = await house.saved()
    worker = await asyncpg.connect(house.settings.database_url_for("app"))
    with BackupReader(path) as reader:
        await Restorer(house.settings, reader, print).rehearse()
    await worker.close()
    assert await _databases(house) == {house.name}


@pytest.mark.slow
async def test_a_rehearsal_finds_rows_that_changed_on_their_way(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows that are not what was saved, though nothing refused them, are told by table."""
    await house.seeded("first")
    path = await house.saved()

    async def loaded_otherwise(url: str, reader: BackupReader) -> None:
        from db.backup.load import load  # noqa: PLC0415 - the real one

        await load(url, reader)
        superuser = urlsplit(house.superuser)._replace(path=urlsplit(url).path).geturl()
        connection = await asyncpg.connect(superuser)
        await connection.execute("UPDATE tenants SET name = 'Another'")
        await connection.close()

    monkeypatch.setattr("app.restoring.load", loaded_otherwise)
    with BackupReader(path) as reader, pytest.raises(Conflict, match="tenants"):
        await Restorer(house.settings, reader, print).rehearse()


@pytest.mark.slow
async def test_who_was_forgotten_since_stays_forgotten(house: House) -> None:
    """The backup has him still; what is put in its place has not, and no table names him but where that is told."""
    house = replace(house, settings=house.settings.model_copy(update={"tombstones": house.folder / "tombstones"}))
    await house.seeded("acme")
    path = await house.saved()
    (lead,) = await house.asked("SELECT tenant_id, id FROM leads")
    urls = DatabaseUrls(
        app=house.settings.database_url_for("app"), platform=house.settings.database_url_for("platform")
    )
    async with open_database(urls, RecordedLive(), pool=2):
        await Erasures(tombstone_journal(house.settings)).forget(lead["tenant_id"], lead["id"], by=OPERATOR)
    await house.restored(path)
    assert await house.asked("SELECT id FROM leads UNION ALL SELECT id FROM messages") == []


async def test_another_secret_key_is_noticed_before_anything_is_loaded(house: House) -> None:
    """The refusal says what to do; behind the current one the key of the backup is enough."""
    await house.seeded("first")
    path = await house.saved()
    other = base64.b64encode(bytes(range(64, 96))).decode()
    foreign = house.settings.model_copy(update={"secret_key": other})
    both = house.settings.model_copy(update={"secret_key": f"{other},{house.settings.secret_key}"})
    with BackupReader(path) as reader:
        with pytest.raises(Conflict, match="another REVEZA_SECRET_KEY"):
            await Restorer(foreign, reader, print).look()
        assert await Restorer(both, reader, print).look()
        assert await Restorer(foreign, reader, print).look(without_key=True)


async def test_a_business_that_was_deleted_since_does_not_come_back(house: House) -> None:
    """Nor does the key of its credentials."""
    await house.seeded("first", "second")
    path = await house.saved()
    (row,) = await house.asked("SELECT id FROM tenants WHERE slug = 'first'")
    tenant = row["id"]
    stone = Tombstone(uuid7(), TombstoneKind.TENANT, tenant, tenant, _AT)
    tombstone_journal(house.settings).append(stone)
    told: list[str] = []
    await house.restored(path, told.append)
    assert await house.slugs() == ["second"]
    assert [row["tenant_id"] for row in await house.asked("SELECT tenant_id FROM tenant_keys")] != [tenant]
    assert len(await house.asked("SELECT 1 FROM tenant_keys")) == 1
    assert "1 businesses of the backup were deleted since, and are again" in told
