"""What a database URL says reaches the driver."""

from typing import Any

from db.database import tortoise_config


def _credentials(url: str) -> dict[str, Any]:
    config: dict[str, Any] = tortoise_config({"app": url}, default="app")
    credentials: dict[str, Any] = config["connections"]["app"]["credentials"]
    return credentials


def test_sslmode_of_the_url_is_kept() -> None:
    """A URL that demands TLS is not connected to in the clear."""
    assert _credentials("postgresql://u:p@db.example/reveza?sslmode=require")["ssl"] == "require"


def test_without_sslmode_the_driver_decides() -> None:
    """Nothing is said of TLS where the URL says nothing."""
    assert "ssl" not in _credentials("postgresql://u:p@db.example/reveza")


def test_an_encoded_password_is_decoded() -> None:
    """A password may hold any character."""
    assert _credentials("postgresql://u:p%40ss%2Fword@db.example/reveza")["password"] == "p@ss/word"
