"""``reveza channels parse``: one JSON object a file, whatever the file."""

from pathlib import Path

import orjson
from click.testing import CliRunner

from app.commands.channels import channels
from tests.unit.channels.deliveries import ACCOUNT, ANA, delivery, message

_BODY = delivery(messages=[message()])


def test_an_event_is_told_with_all_its_keys() -> None:
    """Standard input is read when no file is named, and every key is there."""
    result = CliRunner().invoke(channels, ["parse", "meta_whatsapp"], input=_BODY)
    expected = {
        "kind": "inbound_message",
        "account": ACCOUNT,
        "sender_ids": [ANA],
        "external_id": "wamid.A=",
        "type": "text",
        "text": "oi",
        "media": None,
        "ts": "2026-09-21T14:13:20Z",
        "ref_id": None,
        "flags": [],
    }
    assert {"file": "-", "events": [expected]} == orjson.loads(result.stdout)


def test_a_bad_file_does_not_stop_the_others(tmp_path: Path) -> None:
    """Each file gets its line in order, and the exit code tells that one was unreadable."""
    (tmp_path / "bad.json").write_bytes(b"{")
    (tmp_path / "good.json").write_bytes(_BODY)
    files = [str(tmp_path / name) for name in ("bad.json", "missing.json", "good.json")]
    result = CliRunner().invoke(channels, ["parse", "meta_whatsapp", *files])
    lines = [orjson.loads(line) for line in result.stdout.splitlines()]
    assert (1, files, ["error", "error", "events"]) == (
        result.exit_code,
        [line["file"] for line in lines],
        [list(line)[1] for line in lines],
    )


def test_readable_files_exit_with_nothing_wrong(tmp_path: Path) -> None:
    """All read: exit code 0."""
    (tmp_path / "good.json").write_bytes(_BODY)
    assert CliRunner().invoke(channels, ["parse", "meta_whatsapp", str(tmp_path / "good.json")]).exit_code == 0


def test_an_unknown_channel_is_named() -> None:
    """The error says which channels there are."""
    result = CliRunner().invoke(channels, ["parse", "pigeon"], input=_BODY)
    assert (result.exit_code, "meta_whatsapp" in result.stderr) == (2, True)
