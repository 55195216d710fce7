"""``reveza follow-ups``, as an operator types it."""

from app.commands.follow_ups import follow_ups
from app.demo import SLUG
from core.domain.errors import NotFound
from tests.integration.services.installation import Installation

PLANNED = """INSERT INTO follow_ups (id, tenant_id, lead_id, conversation_id, step, silent_since, kind, due_at, state, reason)
    SELECT uuid_v7(), c.tenant_id, c.lead_id, c.id, g.step, now(), 'template', now() + interval '1 hour', g.state, g.reason
    FROM conversations c, (VALUES (1, 'held', 'template'), (2, 'planned', NULL)) g(step, state, reason)"""


def test_results_and_a_preview_are_printed(installed: Installation) -> None:
    """Of a business that has none so far, and of one that has."""
    assert installed.call(follow_ups, "results", SLUG).output == "nothing was planned in 30 days\n"
    nobody = installed.call(follow_ups, "preview", SLUG).output.splitlines()
    assert nobody[0].startswith(f"{SLUG}: follow-ups are off; the next run is at 20")
    assert nobody[1:] == ["nobody"]
    installed.run(
        "WITH lead AS (INSERT INTO leads (id, tenant_id, name, stage_key) SELECT uuid_v7(), id, 'Ana', 'new' FROM tenants RETURNING *)"
        " INSERT INTO conversations (id, tenant_id, lead_id, channel_account_id, status, last_inbound_at, last_activity_at, reply_kind, reply_address)"
        " SELECT uuid_v7(), l.tenant_id, l.id, a.id, 'ai', now(), now(), 'phone', '5511980000001' FROM lead l JOIN channel_accounts a USING (tenant_id) LIMIT 1"
    )
    installed.run(PLANNED)
    assert installed.call(follow_ups, "results", SLUG).output.splitlines() == [
        "step 1: 0 sent, 0 answered, 0 opted out, 0 under way",
        "  held 1 (template)",
        "step 2: 0 sent, 0 answered, 0 opted out, 1 under way",
    ]
    line = installed.call(follow_ups, "preview", SLUG).output.splitlines()[1]
    assert "step 2 (template)" in line
    assert "  Ana  lead " in line
    assert line.endswith("not to go out (off)")
    assert len(installed.call(follow_ups, "preview", SLUG, "--part", "held").output.splitlines()) == 2
    assert isinstance(installed.call(follow_ups, "preview", "nobody").exception, NotFound)
