"""``reveza channels connect`` and its like as an operator types them, on an installation of their own."""

import json
from collections.abc import Iterator

import pytest
from click.testing import CliRunner, Result

from app.commands.channels import channels
from app.demo import SLUG
from core.domain.errors import BadRequest, Conflict, NotFound
from core.services.accounts import CREDENTIALS_COLUMN, SECRETS_COLUMN
from core.services.sealing import Sealer
from core.services.tenant_keys import opened_key
from tests.conftest import Databases
from tests.integration.services.installation import Installation, open_installation
from tests.migrated import KEY

NEW = ("connect", SLUG, "--channel", "meta_whatsapp", "--account-key", "loja", "--external-id", "900")
SECRETS = {"app_secret": "s", "verify_token": "v", "access_token": "first"}
VARIABLES = ("META_APP_SECRET", "META_VERIFY_TOKEN", "META_ACCESS_TOKEN", "ZAPI_INSTANCE_TOKEN", "ZAPI_CLIENT_TOKEN")
INSTANCE = ("connect", SLUG, "--channel", "zapi", "--account-key", "loja", "--external-id", "900")


@pytest.fixture(scope="module")
def installation(
    databases: Databases, valkey_url: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Installation]:
    """One for all tests of this module: migrating takes longer than all of them."""
    with (
        pytest.MonkeyPatch.context() as patch,
        open_installation(databases, valkey_url, patch, tmp_path_factory.mktemp("state")) as made,
    ):
        yield made


@pytest.fixture
def installed(installation: Installation, monkeypatch: pytest.MonkeyPatch) -> Installation:
    """With the demo tenant's account alone, and no secrets in the environment."""
    for variable in VARIABLES:
        monkeypatch.delenv(variable, raising=False)
    installation.run("DELETE FROM channel_accounts WHERE external_id IN ('900', '901')")
    installation.run("DELETE FROM credential_sets WHERE account_key = 'loja'")
    return installation


def typed(*words: str, keys: str | None = None) -> Result:
    """Type a command, and then these keys."""
    return CliRunner().invoke(channels, words, input=keys)


def connected() -> Result:
    """The number 900, bound by a pipe."""
    result = typed(*NEW, "--business-id", "waba", "--stdin", keys=json.dumps(SECRETS))
    assert result.exit_code == 0, result.output
    return result


def token(installed: Installation) -> object:
    """The access token of the number 900."""
    return sealed_for_sending(installed)["access_token"]


def sealed_for_sending(installed: Installation) -> dict[str, str]:
    """All that sending through 900 uses."""
    question = "SELECT {} FROM channel_accounts WHERE external_id = '900'"
    tenant, sealed = [installed.value(question.format(column)) for column in ("tenant_id", "sealed")]
    key = installed.value("SELECT sealed FROM tenant_keys WHERE tenant_id = $1", tenant)
    sealer = Sealer([KEY])
    return sealer.with_key(opened_key(sealer, tenant, key)).open(sealed, owner=tenant, column=SECRETS_COLUMN)


def verifying(installed: Installation) -> dict[str, str]:
    """What deliveries to the account key ``loja`` are verified by."""
    question = "SELECT {} FROM credential_sets WHERE account_key = 'loja'"
    set_id, sealed = [installed.value(question.format(column)) for column in ("id", "sealed")]
    return Sealer([KEY]).open(sealed, owner=set_id, column=CREDENTIALS_COLUMN)


def status(installed: Installation) -> object:
    """How the number 900 stands."""
    return installed.value("SELECT status FROM channel_accounts WHERE external_id = '900'")


def test_a_number_is_connected_from_a_pipe(installed: Installation) -> None:
    """The callback's path is told, the secrets are not."""
    output = connected().output
    assert "callback: /webhooks/meta_whatsapp/loja\n" in output
    assert "first" not in output
    assert (status(installed), token(installed)) == ("active", "first")


def test_a_number_is_connected_by_prompts(installed: Installation) -> None:
    """What is typed is not shown."""
    result = typed(*NEW, keys="hush\nhush\nhush\n")
    assert result.exit_code == 0, result.output
    assert "hush" not in result.output
    assert token(installed) == "hush"


def test_a_known_key_asks_for_the_token_only(installed: Installation) -> None:
    """The credentials of the first number verify the second's deliveries too."""
    connected()
    result = typed(*NEW[:-1], "901", keys="second\n")
    assert result.exit_code == 0, result.output
    assert installed.value("SELECT count(*) FROM credential_sets WHERE account_key = 'loja'") == 1


def test_variables_take_the_place_of_prompts(installed: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    """For scripts."""
    for variable in VARIABLES:
        monkeypatch.setenv(variable, "from-the-environment")
    assert typed(*NEW).exit_code == 0
    assert token(installed) == "from-the-environment"


def test_secrets_are_no_arguments(installed: Installation) -> None:
    """A command line is everybody's to read."""
    assert typed(*NEW, "--access-token", "t").exit_code == 2


def test_a_number_is_connected_once(installed: Installation) -> None:
    """The second time is refused."""
    connected()
    assert isinstance(typed(*NEW, "--stdin", keys=json.dumps(SECRETS)).exception, Conflict)


def test_a_missing_secret_is_named(installed: Installation) -> None:
    """Nothing is stored without it."""
    result = typed(*NEW, "--stdin", keys=json.dumps({**SECRETS, "access_token": ""}))
    assert isinstance(result.exception, BadRequest)
    assert "META_ACCESS_TOKEN" in str(result.exception)


def test_a_stopped_number_is_listed_and_reconnected(installed: Installation) -> None:
    """The reason is shown; a new token makes it active."""
    connected()
    installed.run(
        "UPDATE channel_accounts SET status = 'stopped', stopped_reason = '190: expired' WHERE external_id = '900'"
    )
    assert "meta_whatsapp  900  stopped  190: expired\n" in typed("list", SLUG).output
    assert typed("reconnect", SLUG, "900", keys="second\n\n\n").exit_code == 0
    assert (status(installed), token(installed)) == ("active", "second")


@pytest.mark.parametrize(("words", "keys"), [(("--keep-secrets",), None), ((), "\n\n\n"), (("--stdin",), "{}")])
def test_the_token_may_stay(installed: Installation, words: tuple[str, ...], keys: str | None) -> None:
    """Where only a permission was mended."""
    connected()
    result = typed("reconnect", SLUG, "900", *words, keys=keys)
    assert result.exit_code == 0, result.output
    assert (status(installed), token(installed)) == ("active", "first")


def test_a_renewed_instance_token_verifies_deliveries_too(installed: Installation) -> None:
    """Z-API puts it into every delivery: with the old one there, each of them was refused, and lost."""
    assert typed(*INSTANCE, keys="first\nsecurity\n").exit_code == 0
    assert verifying(installed) == {"instance_token": "first"}
    result = typed("reconnect", SLUG, "900", keys="second\n\n")
    assert result.exit_code == 0, result.output
    assert verifying(installed) == {"instance_token": "second"}
    assert sealed_for_sending(installed) == {"instance_token": "second", "client_token": "security"}


def test_a_renewed_app_secret_verifies_deliveries(installed: Installation) -> None:
    """The other secret of the key stays, and so does the access token."""
    connected()
    result = typed("reconnect", SLUG, "900", "--stdin", keys='{"app_secret": "renewed"}')
    assert result.exit_code == 0, result.output
    assert verifying(installed) == {"app_secret": "renewed", "verify_token": "v"}
    assert token(installed) == "first"


def test_an_instance_without_a_security_token_is_connected(installed: Installation) -> None:
    """Z-API asks for one only where it was switched on."""
    result = typed(*INSTANCE, keys="first\n\n")
    assert result.exit_code == 0, result.output
    assert sealed_for_sending(installed) == {"instance_token": "first"}


def test_an_instance_that_comes_back_brings_its_token(installed: Installation) -> None:
    """Under the key that it had, of which the old token is all that was left."""
    typed(*INSTANCE, keys="first\n\n")
    typed("disconnect", SLUG, "900")
    result = typed(*INSTANCE, keys="second\n\n")
    assert result.exit_code == 0, result.output
    assert verifying(installed) == {"instance_token": "second"}


def test_two_instances_do_not_share_a_key(installed: Installation) -> None:
    """Each has a token of its own: the deliveries of one of them would be refused."""
    typed(*INSTANCE, keys="first\n\n")
    assert isinstance(typed(*INSTANCE[:-1], "901", keys="second\n\n").exception, Conflict)
    assert verifying(installed) == {"instance_token": "first"}


def test_keeping_and_giving_exclude_each_other(installed: Installation) -> None:
    """Which of both is meant would be a guess."""
    assert typed("reconnect", SLUG, "900", "--keep-secrets", "--stdin").exit_code == 2


def test_a_number_is_disconnected(installed: Installation) -> None:
    """And stays in the list, as such."""
    connected()
    assert typed("disconnect", SLUG, "900").exit_code == 0
    assert "900  disconnected\n" in typed("list", SLUG).output


def test_a_disconnected_number_is_connected_anew(installed: Installation) -> None:
    """As if it had never been."""
    connected()
    typed("disconnect", SLUG, "900")
    connected()
    assert typed("list", SLUG).output.count("  900  ") == 2


def test_an_unknown_number_is_not_found(installed: Installation) -> None:
    """Nor is an unknown tenant."""
    assert isinstance(typed("reconnect", SLUG, "999", "--keep-secrets").exception, NotFound)
    assert isinstance(typed("list", "nobody").exception, NotFound)
