-- Queries that are worth reading, by name. Placeholders are PostgreSQL's own ($1, $2, …).

-- name: credential_set_of_key
-- What verifies deliveries to an account key of a channel.
SELECT id, sealed FROM credential_sets WHERE account_key = $1 AND channel = $2;

-- name: credential_set
-- The same by its id.
SELECT account_key, channel, sealed FROM credential_sets WHERE id = $1;

-- name: account_bound_to_set
-- The tenant's account behind a provider's id, if it is bound to these credentials.
SELECT id, tenant_id FROM channel_accounts
WHERE credential_set_id = $1 AND external_id = $2 AND status <> 'disconnected';

-- name: account_of_business
-- The first account under a business id, for events that name no account.
SELECT id, tenant_id FROM channel_accounts
WHERE credential_set_id = $1 AND business_id = $2 AND status <> 'disconnected' ORDER BY id LIMIT 1;

-- name: account_for_sending
-- What sending through an account needs.
SELECT channel, external_id, sealed, status FROM channel_accounts WHERE tenant_id = $1 AND id = $2;

-- name: begin_turn
-- Take the due turn of a conversation, with all that it looks at (see db/sql/0013_turns.up.sql). A transaction of its own.
SELECT * FROM begin_turn($1, $2, $3, $4, $5, $6, $7);

-- name: renew_turn_leases
-- Renew the leases of all of a process's turns, locked in the order in which webhooks lock conversations. Back come those
-- that go on: ours, and those that a person has taken over, for what the AI was about to say is his suggestion. Those missing
-- belong to somebody else now.
WITH held AS (
    SELECT h.tenant_id, h.id, h.token FROM unnest($1::uuid[], $2::uuid[], $3::bigint[]) AS h(tenant_id, id, token)),
mine AS MATERIALIZED (
    SELECT c.tenant_id, c.id
    FROM held JOIN conversations c ON c.tenant_id = held.tenant_id AND c.id = held.id AND c.turn_token = held.token
    WHERE c.turn_lease_until IS NOT NULL
    ORDER BY c.id FOR NO KEY UPDATE OF c),
renewed AS (
    UPDATE conversations c SET turn_lease_until = now() + make_interval(secs => $4)
    FROM mine WHERE c.tenant_id = mine.tenant_id AND c.id = mine.id
    RETURNING c.id)
SELECT id FROM renewed
UNION ALL
SELECT c.id FROM held JOIN conversations c ON c.tenant_id = held.tenant_id AND c.id = held.id
WHERE c.turn_token > held.token AND c.status = 'human';

-- name: due_turns
-- Turns that are overdue by more than a moment and that nobody holds, one tenant after the other, so that a tenant
-- with a thousand of them does not hold back a tenant with one.
SELECT d.tenant_id, d.id FROM (
    SELECT c.tenant_id, c.id, c.turn_due_at, row_number() OVER (PARTITION BY c.tenant_id ORDER BY c.turn_due_at) AS place
    FROM conversations c
    WHERE c.turn_due_at < now() - make_interval(secs => $1) AND c.status = 'ai'
      AND (c.turn_lease_until IS NULL OR c.turn_lease_until < now())) d
ORDER BY d.place, d.turn_due_at
LIMIT $2;

-- name: turn_context
-- What a turn looks at, once more. A transaction of its own.
SELECT turn_context($1, $2, $3, $4, $5, $6) AS context;

-- name: earlier_messages
-- The latest messages of the conversation that are not new: what reached the lead and what he said, never notes.
SELECT m.seq, m.author, m.type, m.text, m.purpose, m.sent_at FROM messages m
WHERE m.tenant_id = $1 AND m.conversation_id = $2 AND m.seq > $3 AND m.status NOT IN ('cancelled', 'failed')
  AND m.status <> 'internal' AND m.type <> 'waiting_message' AND NOT (m.direction = 'in' AND m.seq > $4)
ORDER BY m.seq DESC LIMIT $5;

-- name: commit_turn
-- Write a turn that stays with the AI, if all is as it looked; else there is no row. A transaction of its own.
SELECT due_in FROM commit_turn($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15);

-- name: lock_turn
-- The state that decides whether a turn may be committed, locked until it is.
-- So is the lead as he stands now, and before the conversation, as webhooks lock them.
WITH lead AS MATERIALIZED (
    SELECT l.score, l.stage_key FROM conversations o JOIN leads l ON l.tenant_id = o.tenant_id AND l.id = o.lead_id
    WHERE o.tenant_id = $1 AND o.id = $2 FOR NO KEY UPDATE OF l)
SELECT c.status, c.turn_token, c.inbound_seq, c.message_seq, extract(epoch FROM c.turn_due_at - now())::float8 AS due_in,
       lead.score, lead.stage_key
FROM lead CROSS JOIN conversations c WHERE c.tenant_id = $1 AND c.id = $2 FOR UPDATE OF c;

-- name: finish_turn
-- A committed turn leaves the conversation. due_in: what came meanwhile is due.
SELECT due_in FROM finish_turn($1, $2, $3, $4, $5, $6, $7, $8, $9);

-- name: release_turn
-- Give a turn back unanswered: at once ($4 = 0) or later; only while it is running and the token is ours. One that
-- was taken over meanwhile is due no more, and one that is committed already is left alone, whoever believes it is not.
UPDATE conversations
SET turn_lease_until = NULL,
    turn_due_at = CASE WHEN turn_due_at IS NOT NULL THEN GREATEST(turn_due_at, now() + make_interval(secs => $4)) END
WHERE tenant_id = $1 AND id = $2 AND turn_token = $3 AND turn_lease_until IS NOT NULL
RETURNING id;

-- name: drop_turn
-- No turn is due any more (the AI is off here); only while the token is ours.
UPDATE conversations SET turn_lease_until = NULL, turn_due_at = NULL, turn_attempts = 0
WHERE tenant_id = $1 AND id = $2 AND turn_token = $3
RETURNING id;

-- name: record_turn
-- A turn ($3) of a conversation with a lead ($4) over an account ($5), with its messages ($7), which follow number $6, and
-- what it found out of the lead ($8).
SELECT c.id FROM conversations c CROSS JOIN record_turn($1, $2, $3, $4, $5, $6, $7, $8)
WHERE c.tenant_id = $1 AND c.id = $2;

-- name: inspected_turns
-- The latest $2 turns with all that explains them: whose phone it was, what was said, what was decided and found out, what
-- it cost, and what became of a hand-off.
SELECT t.id, t.created_at, t.conversation_id, t.outcome, t.restarts, t.duration_ms, t.decision, t.verdicts, t.prompt,
       a.channel, a.external_id AS account, c.reply_kind, c.reply_address, c.status, l.name AS lead, l.score, l.stage_key AS stage,
       (SELECT COALESCE(jsonb_agg(m.text ORDER BY m.seq), '[]') FROM messages m
        WHERE m.tenant_id = t.tenant_id AND m.conversation_id = t.conversation_id AND m.direction = 'in'
          AND m.seq BETWEEN t.from_seq AND t.to_seq) AS heard,
       (SELECT COALESCE(jsonb_agg(jsonb_build_object('text', m.text, 'purpose', m.purpose, 'status', m.status) ORDER BY m.seq), '[]')
        FROM messages m WHERE m.tenant_id = t.tenant_id AND m.conversation_id = t.conversation_id AND m.turn_id = t.id) AS said,
       (SELECT jsonb_build_object('before', s.before, 'after', s.after) FROM score_changes s
        WHERE s.tenant_id = t.tenant_id AND s.turn_id = t.id ORDER BY s.id LIMIT 1) AS score_change,
       (SELECT jsonb_build_object('reason', h.reason, 'detail', h.detail, 'summary', h.summary, 'claimed_by', b.name,
                                  'returned_at', h.returned_at, 'return_reason', h.return_reason)
        FROM hand_offs h LEFT JOIN members b ON b.tenant_id = h.tenant_id AND b.id = h.claimed_by
        WHERE h.tenant_id = t.tenant_id AND h.turn_id = t.id ORDER BY h.id LIMIT 1) AS hand_off,
       (SELECT COALESCE(jsonb_agg(jsonb_build_object('model', k.model, 'outcome', k.outcome, 'latency_ms', k.latency_ms,
                'tokens_in', k.tokens_in, 'tokens_out', k.tokens_out, 'tokens_cache_read', k.tokens_cache_read,
                'tokens_cache_write', k.tokens_cache_write, 'cost_micros', k.cost_micros) ORDER BY k.id), '[]')
        FROM ai_calls k WHERE k.tenant_id = t.tenant_id AND k.turn_id = t.id) AS calls
FROM turns t
JOIN conversations c ON c.tenant_id = t.tenant_id AND c.id = t.conversation_id
JOIN channel_accounts a ON a.tenant_id = c.tenant_id AND a.id = c.channel_account_id
JOIN leads l ON l.tenant_id = c.tenant_id AND l.id = c.lead_id
WHERE t.tenant_id = $1 ORDER BY t.id DESC LIMIT $2;

-- name: record_calls
-- Calls of the model in a conversation ($2), in a turn ($3) or beside one, for a purpose ($4). Comes last in a transaction.
SELECT t.id FROM tenants t CROSS JOIN record_calls($1, $2, $3, $4, $5) WHERE t.id = $1;

-- name: lock_conversation
-- One sender, committer or claimer at a time.
SELECT status, channel_account_id, lead_id, message_seq, assignee_id FROM conversations
WHERE tenant_id = $1 AND id = $2 FOR UPDATE;

-- name: claim_send
-- Mark the conversation's next message as being sent, if one is due. A transaction of its own.
SELECT * FROM claim_send($1, $2, $3);

-- name: send_target
-- Where a conversation's messages go.
SELECT c.reply_kind, c.reply_address, a.id AS account_id, a.channel, a.external_id, a.sealed, a.status AS account_status
FROM conversations c JOIN channel_accounts a ON a.tenant_id = c.tenant_id AND a.id = c.channel_account_id
WHERE c.tenant_id = $1 AND c.id = $2;

-- name: record_sent
-- The provider took it, under the id $4. more: the conversation has another queued one. A transaction of its own.
SELECT more FROM record_sent($1, $2, $3, $4);

-- name: yield_id
-- An echo under the id $3 was faster than the send call of $2, and was taken for an earlier message with the same words:
-- of that one nobody knows anything again, for $4 seconds. How far it seemed to have come is how far $2 has.
WITH held AS (
    SELECT o.id, o.status, o.delivered_at, o.read_at, o.error_code FROM messages m
    JOIN messages o ON o.tenant_id = m.tenant_id AND o.channel_account_id = m.channel_account_id AND o.external_id = $3
    WHERE m.tenant_id = $1 AND m.id = $2 AND o.id <> m.id AND o.conversation_id = m.conversation_id AND o.attempts > 0
      AND as_compared(o.text) = as_compared(m.text)
    FOR UPDATE OF o)
UPDATE messages o
SET external_id = NULL, status = 'unknown', settle_by = now() + make_interval(secs => $4), error_code = 'send_unknown',
    sent_at = NULL, delivered_at = NULL, read_at = NULL
FROM held WHERE o.tenant_id = $1 AND o.id = held.id
RETURNING held.id, held.status, COALESCE(held.read_at, held.delivered_at) AS at, held.error_code;

-- name: apply_receipt
-- Forward only.
UPDATE messages
SET status = $3::text, error_code = $5,
    delivered_at = CASE WHEN $3::text IN ('delivered', 'read') THEN COALESCE(delivered_at, $4, now()) ELSE delivered_at END,
    read_at = CASE WHEN $3::text = 'read' THEN COALESCE(read_at, $4, now()) ELSE read_at END,
    settle_by = CASE WHEN $3::text = 'failed' THEN now() END
WHERE tenant_id = $1 AND id = $2 AND message_rank($3::text) > message_rank(status)
RETURNING id;

-- name: put_back
-- It certainly did not leave: queued again, to be tried after $4 seconds. The AI's words stay unsaid when a person
-- took over meanwhile.
UPDATE messages m
SET status = CASE WHEN m.author = 'ai' AND c.status = 'human' THEN 'cancelled' ELSE 'queued' END,
    next_attempt_at = now() + make_interval(secs => $4), send_lease_until = NULL, settle_by = NULL,
    error_code = $5, error_detail = $6, attempts = m.attempts - $7
FROM conversations c
WHERE m.tenant_id = $1 AND m.id = $2 AND m.send_token = $3 AND m.status IN ('sending', 'unknown')
  AND c.tenant_id = m.tenant_id AND c.id = m.conversation_id
RETURNING m.id;

-- name: record_unknown
-- The call left and never returned: what the provider tells within $4 seconds decides.
UPDATE messages
SET status = 'unknown', settle_by = now() + make_interval(secs => $4), send_lease_until = NULL, error_code = $5, error_detail = $6
WHERE tenant_id = $1 AND id = $2 AND send_token = $3 AND status = 'sending'
RETURNING id;

-- name: record_failed
-- The provider will never take it.
UPDATE messages
SET status = 'failed', send_lease_until = NULL, settle_by = NULL, error_code = $4, error_detail = $5
WHERE tenant_id = $1 AND id = $2 AND send_token = $3 AND status IN ('sending', 'unknown')
RETURNING id;

-- name: due_sends
-- Conversations in which a queued message is overdue by more than a moment and nothing before it holds it back, one
-- tenant after the other.
SELECT d.tenant_id, d.conversation_id FROM (
    SELECT m.tenant_id, m.conversation_id, min(m.next_attempt_at) AS since,
           row_number() OVER (PARTITION BY m.tenant_id ORDER BY min(m.next_attempt_at)) AS place
    FROM messages m
    WHERE m.status = 'queued' AND m.next_attempt_at < now() - make_interval(secs => $1)
      AND NOT EXISTS (
          SELECT 1 FROM messages x
          WHERE x.tenant_id = m.tenant_id AND x.conversation_id = m.conversation_id
            AND (x.status = 'sending' OR (x.status = 'unknown' AND x.seq < m.seq AND m.author = 'ai')
                 OR (x.status = 'queued' AND x.seq < m.seq AND x.next_attempt_at > now())))
    GROUP BY m.tenant_id, m.conversation_id) d
ORDER BY d.place, d.since LIMIT $2;

-- name: abandoned_sends
-- Messages whose sender is gone: they may or may not have left.
SELECT m.tenant_id, m.conversation_id, m.id, m.send_token FROM messages m
WHERE m.status = 'sending' AND m.send_lease_until < now() ORDER BY m.send_lease_until LIMIT $1;

-- name: unsettled_sends
-- Messages whose outcome somebody has to deal with: unknown for too long, or reported as failed.
SELECT m.tenant_id, m.conversation_id, m.id FROM messages m WHERE m.settle_by <= now() ORDER BY m.settle_by LIMIT $1;

-- name: lock_unsettled
-- One of them, locked, if it is still to be dealt with.
SELECT id, conversation_id, status, author, purpose, error_code, error_detail, attempts FROM messages
WHERE tenant_id = $1 AND id = $2 AND settle_by <= now() FOR UPDATE;

-- name: settle
-- Dealt with: an unknown one counts as failed, a failed one stays so.
UPDATE messages SET status = 'failed', settle_by = NULL, error_code = COALESCE(error_code, $3)
WHERE tenant_id = $1 AND id = $2 RETURNING id;

-- name: stop_account
-- Nothing leaves through this account until somebody mends it.
UPDATE channel_accounts SET status = 'stopped', stopped_reason = $3
WHERE tenant_id = $1 AND id = $2 AND status = 'active' RETURNING id;

-- name: to_human
-- The conversation waits for a person, for $3 minutes at most (null: for as long as it takes); no turn of the AI is due.
UPDATE conversations
SET status = 'waiting_human', turn_due_at = NULL, turn_lease_until = NULL, turn_token = turn_token + 1, turn_attempts = 0,
    waiting_since = now(), waiting_until = now() + make_interval(mins => $3), last_activity_at = now(), first_unanswered_at = NULL
WHERE tenant_id = $1 AND id = $2 AND status = 'ai'
RETURNING lead_id, channel_account_id, message_seq;

-- name: due_waits
-- Conversations of which somebody is to look what comes next while they wait for the team, one tenant after the other.
SELECT d.tenant_id, d.id FROM (
    SELECT c.tenant_id, c.id, c.waiting_due_at, row_number() OVER (PARTITION BY c.tenant_id ORDER BY c.waiting_due_at) AS place
    FROM conversations c WHERE c.waiting_due_at <= now()) d
ORDER BY d.place, d.waiting_due_at LIMIT $1;

-- name: lock_wait
-- One of them, locked, with its open hand-off (null: it has none).
SELECT c.lead_id, c.channel_account_id, c.message_seq, COALESCE(c.waiting_since, c.last_activity_at) AS since, c.woken_at,
       c.waiting_until AS until, c.waiting_step AS step,
       (SELECT h.id FROM hand_offs h WHERE h.tenant_id = c.tenant_id AND h.conversation_id = c.id AND h.returned_at IS NULL
        ORDER BY h.created_at DESC LIMIT 1) AS hand_off_id,
       (SELECT a.channel FROM channel_accounts a WHERE a.tenant_id = c.tenant_id AND a.id = c.channel_account_id) AS channel
FROM conversations c
WHERE c.tenant_id = $1 AND c.id = $2 AND c.waiting_due_at <= now() AND c.status = 'waiting_human' FOR NO KEY UPDATE OF c;

-- name: watch_wait
-- When somebody looks again (null: when something happens), and the last of what has happened in this wait.
UPDATE conversations SET waiting_due_at = $3, waiting_step = $4
WHERE tenant_id = $1 AND id = $2 AND status = 'waiting_human' RETURNING id;

-- name: back_to_ai
-- Nobody took it: the AI goes on, and answers what the lead said meanwhile.
UPDATE conversations
SET status = 'ai', waiting_since = NULL, waiting_until = NULL, assignee_id = NULL, idle_turns = 0, unreadable_run = 0,
    last_activity_at = now(), turn_attempts = 0, turn_lease_until = NULL,
    turn_due_at = CASE WHEN inbound_seq > answered_seq THEN now() END,
    first_unanswered_at = CASE WHEN inbound_seq > answered_seq THEN now() END
WHERE tenant_id = $1 AND id = $2 AND status = 'waiting_human' AND waiting_until <= now()
RETURNING lead_id, channel_account_id, message_seq, turn_due_at IS NOT NULL AS due,
    (SELECT a.channel FROM channel_accounts a
     WHERE a.tenant_id = conversations.tenant_id AND a.id = conversations.channel_account_id) AS channel;

-- name: wait_for_team
-- Nobody took it and nothing is done about it: it waits for as long as it takes.
UPDATE conversations SET waiting_until = NULL
WHERE tenant_id = $1 AND id = $2 AND status = 'waiting_human' AND waiting_until <= now() RETURNING id;

-- name: put_to_sleep
-- It sleeps until then, unless something happens in it before.
UPDATE conversations SET asleep_until = $3
WHERE tenant_id = $1 AND id = $2 AND status IN ('human', 'waiting_human') RETURNING id;

-- name: wake
-- It sleeps no more; that is something that has happened in it.
UPDATE conversations SET asleep_until = NULL, last_activity_at = now() WHERE tenant_id = $1 AND id = $2 AND asleep_until IS NOT NULL RETURNING id;

-- name: due_wakings
-- Conversations that have slept until their time.
SELECT c.tenant_id, c.id FROM conversations c WHERE c.asleep_until <= now() ORDER BY c.asleep_until LIMIT $1;

-- name: wake_in_time
-- One of them, for this caller alone.
UPDATE conversations SET asleep_until = NULL, last_activity_at = now() WHERE tenant_id = $1 AND id = $2 AND asleep_until <= now() RETURNING id;

-- name: close_hand_off
-- The open hand-off of a conversation ends.
UPDATE hand_offs SET returned_at = now(), return_reason = $3
WHERE tenant_id = $1 AND conversation_id = $2 AND returned_at IS NULL RETURNING id;

-- name: purge_early_receipts
-- Receipts for messages that are not ours (sent from elsewhere) are kept for a day.
DELETE FROM early_receipts WHERE created_at < now() - interval '1 day' RETURNING id;

-- name: found_knowledge
-- The entries that fit a question best, best first.
SELECT title, content FROM search_knowledge($1, $2);

-- name: requeue_turn
-- A dead turn is tried again: the conversation goes back to the AI, if no person has it. What the turn answered with
-- the generic message ($3 to $4) counts as unanswered again, unless a later turn has dealt with it.
UPDATE conversations
SET status = 'ai', turn_due_at = now(), turn_attempts = 0, turn_lease_until = NULL, waiting_since = NULL, waiting_until = NULL,
    answered_seq = CASE WHEN answered_seq = $4 THEN LEAST(answered_seq, $3 - 1) ELSE answered_seq END
WHERE tenant_id = $1 AND id = $2 AND status IN ('ai', 'waiting_human') AND (answered_seq = $4 OR inbound_seq > answered_seq)
RETURNING id;

-- name: requeue_message
-- A failed message is tried again from the start.
UPDATE messages SET status = 'queued', next_attempt_at = now(), attempts = 0, error_code = NULL, error_detail = NULL, settle_by = NULL,
    external_id = NULL, sent_at = NULL
WHERE tenant_id = $1 AND id = $2 AND status = 'failed' RETURNING conversation_id;

-- name: reopen_account
-- Somebody mended the account: messages come and leave through it again, with new secrets if there are some.
UPDATE channel_accounts SET status = 'active', stopped_reason = NULL, sealed = COALESCE($3::bytea, sealed)
WHERE tenant_id = $1 AND id = $2 RETURNING credential_set_id;

-- name: disconnect_account
-- Nothing comes or leaves through this account any more; its number may be bound anew.
UPDATE channel_accounts SET status = 'disconnected', stopped_reason = NULL
WHERE tenant_id = $1 AND id = $2 AND status <> 'disconnected' RETURNING id;

-- name: lengthen
-- Room for more messages than were counted, or for notes that never leave.
UPDATE conversations SET message_seq = message_seq + $3 WHERE tenant_id = $1 AND id = $2 RETURNING id;

-- name: make_tenant
-- A new tenant, unless its slug is taken.
INSERT INTO tenants (id, slug, name, timezone, locale, debounce_seconds, settings, plan)
SELECT $1::uuid, $2::text, $3::text, $4::text, $5::text, $6::float8, $7::jsonb, $8::text ON CONFLICT (slug) DO NOTHING RETURNING id;

-- name: make_credential_set
-- What verifies deliveries to a new account key.
INSERT INTO credential_sets (id, account_key, channel, sealed) VALUES ($1, $2, $3, $4) RETURNING id;

-- name: lock_credential_set
-- What verifies deliveries, for whoever renews a part of it.
SELECT sealed FROM credential_sets WHERE id = $1 FOR UPDATE;

-- name: renew_credential_set
-- The provider's secrets are new.
UPDATE credential_sets SET sealed = $2 WHERE id = $1 RETURNING id;

-- name: account_behind_set
-- Any account that is verified by these credentials now.
SELECT id FROM channel_accounts WHERE credential_set_id = $1 AND status <> 'disconnected' LIMIT 1;

-- name: due_fetches
-- Messages that were told of more than $1 seconds ago, that are not here yet and that nobody fetches just now, one tenant
-- after the other.
SELECT d.tenant_id, d.id FROM (
    SELECT f.tenant_id, f.id, f.due_at, row_number() OVER (PARTITION BY f.tenant_id ORDER BY f.due_at) AS place
    FROM message_fetches f
    WHERE f.due_at < now() - make_interval(secs => $1) AND (f.lease_until IS NULL OR f.lease_until < now())) d
ORDER BY d.place, d.due_at LIMIT $2;

-- name: claim_fetch
-- A due message is this caller's to fetch, for $3 seconds.
UPDATE message_fetches f SET attempts = f.attempts + 1, lease_until = now() + make_interval(secs => $3)
FROM channel_accounts a
WHERE f.tenant_id = $1 AND f.id = $2 AND f.due_at <= now() AND (f.lease_until IS NULL OR f.lease_until < now())
  AND a.tenant_id = f.tenant_id AND a.id = f.channel_account_id
RETURNING f.channel_account_id, f.external_id, f.attempts, a.credential_set_id;

-- name: fetched
-- The message is here.
DELETE FROM message_fetches WHERE tenant_id = $1 AND id = $2 RETURNING id;

-- name: put_off_fetch
-- It could not be fetched: again after $3 seconds.
UPDATE message_fetches SET due_at = now() + make_interval(secs => $3), lease_until = NULL
WHERE tenant_id = $1 AND id = $2 AND due_at IS NOT NULL RETURNING id;

-- name: give_up_fetch
-- It could not be fetched, and nobody tries again by himself.
UPDATE message_fetches SET due_at = NULL, lease_until = NULL
WHERE tenant_id = $1 AND id = $2 AND due_at IS NOT NULL RETURNING now() AS at;

-- name: requeue_fetch
-- One that was given up is tried again, as often as at first.
UPDATE message_fetches SET due_at = now(), lease_until = NULL, attempts = 0
WHERE tenant_id = $1 AND id = $2 AND due_at IS NULL RETURNING id;

-- name: due_emptyings
-- Accounts whose provider keeps words for a phone that is away.
SELECT tenant_id, id FROM channel_accounts WHERE purge_due_at <= now() AND status <> 'disconnected'
ORDER BY purge_due_at LIMIT $1;

-- name: claim_emptying
-- One of them is this caller's, for $3 seconds; another disconnection makes it due anew.
UPDATE channel_accounts SET purge_due_at = now() + make_interval(secs => $3)
WHERE tenant_id = $1 AND id = $2 AND purge_due_at <= now() AND status <> 'disconnected' RETURNING purge_due_at;

-- name: emptying_over
-- Nothing is to be emptied any more, unless the phone went away once more since.
UPDATE channel_accounts SET purge_due_at = NULL WHERE tenant_id = $1 AND id = $2 AND purge_due_at = $3 RETURNING id;

-- name: unsay_queued
-- The queue was emptied: what was taken in over $2 in the last $3 seconds and never heard of since may have been in it. For $4
-- seconds the provider may still tell that it had left.
UPDATE messages m SET status = 'unknown', settle_by = now() + make_interval(secs => $4), error_code = 'queue_emptied', sent_at = NULL
FROM conversations c
WHERE c.tenant_id = $1 AND c.channel_account_id = $2 AND c.last_activity_at > now() - interval '1 day'
  AND m.tenant_id = c.tenant_id AND m.conversation_id = c.id AND m.seq > c.message_seq - 100
  AND m.direction = 'out' AND m.status = 'sent' AND m.external_id IS NOT NULL
  AND m.sent_at > now() - make_interval(secs => $3)
  AND NOT EXISTS (SELECT 1 FROM raw_events r
                  WHERE r.tenant_id = m.tenant_id AND r.channel_account_id = m.channel_account_id
                    AND r.kind IN ('status', 'outbound_echo') AND r.external_id = m.external_id)
RETURNING m.id, m.conversation_id;

-- name: tenant_of_slug
-- A tenant by its short name.
SELECT id FROM tenants WHERE slug = $1;

-- name: tenants_of_installation
-- Every tenant, for operators.
SELECT slug, name, status, plan, deletion_due_at FROM tenants ORDER BY slug;

-- name: operated_tenants
-- Every tenant, or the one of that short name ($1) or id ($2), with what this month has of its plan.
SELECT t.id, t.slug, t.name, t.status, t.deletion_due_at, p.name AS plan, COALESCE(u.leads, 0) AS leads, p.leads AS limit
FROM tenants t JOIN plans p ON p.key = t.plan
LEFT JOIN usage_months u ON u.tenant_id = t.id AND u.month = date_trunc('month', now() AT TIME ZONE t.timezone)::date
WHERE ($1::text IS NULL OR t.slug = $1) AND ($2::uuid IS NULL OR t.id = $2) ORDER BY t.slug;

-- name: set_tenant_status
-- A tenant is stopped, or goes on; nothing when it is so already. What a webhook that saw it stopped writes just as it goes on is
-- looked for a little later.
-- to_go_at: when it was to be deleted.
UPDATE tenants t SET status = $2, ai_resumed_at = CASE WHEN $2 = 'active' AND NOT t.ai_paused THEN now() END,
    deletion_due_at = CASE WHEN $2 <> 'active' THEN t.deletion_due_at END
FROM (SELECT o.id, o.deletion_due_at FROM tenants o WHERE o.id = $1 FOR NO KEY UPDATE) was
WHERE t.id = was.id AND t.status <> $2 RETURNING t.id, was.deletion_due_at AS to_go_at;

-- name: lock_what_ai_says
-- Conversations in which the AI is at work or has something to say, locked in the order in which webhooks lock them.
SELECT c.id FROM conversations c
WHERE c.tenant_id = $1 AND c.status <> 'closed'
  AND (c.turn_due_at IS NOT NULL OR c.turn_lease_until IS NOT NULL
       OR EXISTS (SELECT 1 FROM messages m WHERE m.tenant_id = c.tenant_id AND m.conversation_id = c.id AND m.status = 'queued' AND m.author = 'ai'))
ORDER BY c.id FOR NO KEY UPDATE;

-- name: stop_turns
-- No turn is due, and whoever is at one comes too late.
UPDATE conversations SET turn_token = turn_token + 1, turn_due_at = NULL, turn_lease_until = NULL, turn_attempts = 0
WHERE tenant_id = $1 AND (turn_due_at IS NOT NULL OR turn_lease_until IS NOT NULL) RETURNING id;

-- name: unsay_turns
-- What the AI was about to say stays unsaid; a turn of which nothing was said has answered nothing.
WITH unsaid AS (
    UPDATE messages m SET status = 'cancelled', next_attempt_at = NULL
    WHERE m.tenant_id = $1 AND m.status = 'queued' AND m.author = 'ai' RETURNING m.id, m.conversation_id, m.turn_id),
back AS (
    SELECT u.conversation_id, min(t.from_seq) AS from_seq
    FROM unsaid u JOIN turns t ON t.tenant_id = $1 AND t.id = u.turn_id
    WHERE NOT EXISTS (SELECT 1 FROM messages s WHERE s.tenant_id = $1 AND s.conversation_id = u.conversation_id AND s.turn_id = u.turn_id
                      AND s.status NOT IN ('queued', 'cancelled', 'internal'))
    GROUP BY u.conversation_id),
rewound AS (
    UPDATE conversations c SET answered_seq = LEAST(c.answered_seq, b.from_seq - 1)
    FROM back b WHERE c.tenant_id = $1 AND c.id = b.conversation_id AND c.status = 'ai')
SELECT u.id, u.conversation_id FROM unsaid u;

-- name: late_for_ai
-- Leads of the AI's who wait, and whose channel ($2) takes no words but templates any more, so many seconds ($3) after they wrote;
-- not those who wrote longer than $4 seconds ago, whom nobody answers unasked.
SELECT c.id FROM conversations c JOIN channel_accounts a ON a.tenant_id = c.tenant_id AND a.id = c.channel_account_id
JOIN unnest($2::text[], $3::float8[]) w(channel, seconds) ON w.channel = a.channel
WHERE c.tenant_id = $1 AND c.status = 'ai' AND c.inbound_seq > c.answered_seq AND c.turn_due_at IS NULL
  AND c.last_inbound_at <= now() - make_interval(secs => w.seconds) AND c.last_inbound_at > now() - make_interval(secs => $4)
ORDER BY c.id FOR NO KEY UPDATE OF c;

-- name: first_tenant
-- Any tenant at all.
SELECT id FROM tenants LIMIT 1;

-- name: tenant_profile
-- The tenant as rules and wording need it.
SELECT t.name AS tenant_name, t.status AS tenant_status, t.timezone, t.locale, t.ai_paused, t.debounce_seconds, t.settings,
       now() AS db_now
FROM tenants t WHERE t.id = $1;

-- name: claim_summary
-- A hand-off that wants its summary, with the lead it is about. It comes again if nobody writes it within $3 seconds, as
-- often as three times.
WITH claimed AS (
    UPDATE hand_offs SET summary_attempts = summary_attempts + 1,
        summary_due_at = CASE WHEN summary_attempts < 2 THEN now() + make_interval(secs => $3) END
    WHERE tenant_id = $1 AND id = $2 AND summary IS NULL AND summary_due_at <= now()
    RETURNING conversation_id, lead_id)
SELECT h.conversation_id, l.name, l.facts, l.score, l.stage_key,
       COALESCE((SELECT u.ai_cost_micros FROM usage_months u JOIN tenants t ON t.id = u.tenant_id
                 WHERE u.tenant_id = $1 AND u.month = date_trunc('month', now() AT TIME ZONE t.timezone)::date), 0) AS cost_micros
FROM claimed h JOIN leads l ON l.tenant_id = $1 AND l.id = h.lead_id;

-- name: due_summaries
-- Hand-offs whose summary is overdue by more than a moment.
SELECT h.tenant_id, h.id FROM hand_offs h WHERE h.summary_due_at < now() - make_interval(secs => $1)
ORDER BY h.summary_due_at LIMIT $2;

-- name: give_up_turn
-- The turn failed every attempt: its words count as dealt with, a person goes on.
UPDATE conversations c
SET status = 'waiting_human', answered_seq = c.inbound_seq, turn_attempts = 0,
    turn_due_at = NULL, turn_lease_until = NULL, first_unanswered_at = NULL, last_activity_at = now(),
    waiting_since = now(), waiting_until = now() + make_interval(mins => $3)
FROM conversations o
WHERE c.tenant_id = $1 AND c.id = $2 AND o.tenant_id = c.tenant_id AND o.id = c.id
RETURNING c.lead_id, c.channel_account_id, c.message_seq, o.answered_seq + 1 AS from_seq, c.inbound_seq AS to_seq,
    (SELECT a.channel FROM channel_accounts a WHERE a.tenant_id = c.tenant_id AND a.id = c.channel_account_id) AS channel;

-- name: park_payload
-- A queue entry nobody here can read is kept.
INSERT INTO parked_payloads (id, reason, body) VALUES (uuid_v7(), $1, $2) RETURNING id;

-- name: lock_for_member
-- A conversation, locked, with the name of whoever has it.
SELECT c.status, c.assignee_id, c.lead_id, c.channel_account_id, c.message_seq, c.last_inbound_at, now() AS db_now,
       COALESCE((SELECT m.name FROM members m WHERE m.tenant_id = c.tenant_id AND m.id = c.assignee_id), '') AS holder
FROM conversations c WHERE c.tenant_id = $1 AND c.id = $2 FOR NO KEY UPDATE;

-- name: take_over
-- A member has it from now on. The new token makes a turn that is running come too late, also when the AI has the
-- conversation back by then.
UPDATE conversations
SET status = 'human', assignee_id = $3, turn_due_at = NULL, turn_lease_until = NULL, turn_token = turn_token + 1,
    turn_attempts = 0, waiting_since = NULL, waiting_until = NULL, first_unanswered_at = NULL, last_activity_at = now()
WHERE tenant_id = $1 AND id = $2
RETURNING id;

-- name: cancel_unsent
-- What the AI was about to say stays unsaid.
UPDATE messages SET status = 'cancelled', next_attempt_at = NULL
WHERE tenant_id = $1 AND conversation_id = $2 AND status = 'queued' AND author = 'ai'
RETURNING id;

-- name: ai_words_on_their_way
-- Words of the AI's that may reach the lead yet: the provider is being called (called), or nobody knows what became of it.
SELECT bool_or(status = 'sending') AS called FROM messages
WHERE tenant_id = $1 AND conversation_id = $2 AND status IN ('sending', 'unknown') AND author = 'ai' HAVING count(*) > 0;

-- name: claim_hand_off
-- The open hand-off of a conversation has its person.
UPDATE hand_offs SET claimed_by = $3, claimed_at = now()
WHERE tenant_id = $1 AND conversation_id = $2 AND returned_at IS NULL
RETURNING id;

-- name: return_to_ai
-- A person gives it back. What the lead said after the person's last word is the AI's to answer, now if it answers ($3).
WITH said AS (SELECT COALESCE(last_word_of_team($1, $2), 0) AS seq),
state AS (
    SELECT c.tenant_id, c.id, GREATEST(c.answered_seq, said.seq) AS answered,
           CASE WHEN $3::bool AND c.inbound_seq > GREATEST(c.answered_seq, said.seq) THEN now() END AS due
    FROM conversations c CROSS JOIN said WHERE c.tenant_id = $1 AND c.id = $2)
UPDATE conversations c
SET status = 'ai', assignee_id = NULL, answered_seq = state.answered, turn_due_at = state.due, first_unanswered_at = state.due,
    waiting_since = NULL, waiting_until = NULL, idle_turns = 0, unreadable_run = 0, automatic_run = 0, turn_attempts = 0,
    turn_lease_until = NULL, last_activity_at = now()
FROM state WHERE c.tenant_id = state.tenant_id AND c.id = state.id
RETURNING c.turn_due_at IS NOT NULL AS due;

-- name: assign
-- Another member has it from now on.
UPDATE conversations SET assignee_id = $3, last_activity_at = now() WHERE tenant_id = $1 AND id = $2 RETURNING id;

-- name: close_conversation
-- It is over until the lead writes again; a turn that is running comes too late.
UPDATE conversations
SET status = 'closed', closed_at = now(), assignee_id = NULL, turn_due_at = NULL, turn_lease_until = NULL, automatic_run = 0,
    turn_token = turn_token + 1, turn_attempts = 0, waiting_since = NULL, waiting_until = NULL, first_unanswered_at = NULL,
    last_activity_at = now()
WHERE tenant_id = $1 AND id = $2
RETURNING id;

-- name: active_member
-- A member who has not left, and does not until this transaction ends.
SELECT id, name, role FROM members WHERE tenant_id = $1 AND id = $2 AND removed_at IS NULL FOR SHARE;

-- name: parts_of_word
-- The messages that a member's words make, of which $2 is the first; none when it is not written.
SELECT p.id FROM messages f
JOIN messages p ON p.tenant_id = f.tenant_id AND p.conversation_id = f.conversation_id AND p.seq >= f.seq
     AND p.seq = f.seq + p.bubble AND p.author = f.author AND p.member_id = f.member_id
WHERE f.tenant_id = $1 AND f.id = $2 ORDER BY p.seq;

-- name: invite_of_hash
-- Whose invitation a token's hash is.
SELECT id, tenant_id FROM invites WHERE token_hash = $1;

-- name: use_invite
-- Each works once, and in time.
UPDATE invites SET used_at = now() WHERE tenant_id = $1 AND id = $2 AND used_at IS NULL AND expires_at > now()
RETURNING role;

-- name: member_of_person
-- The member that a Telegram user is in a tenant.
SELECT id, name, role, language, on_duty FROM members
WHERE tenant_id = $1 AND telegram_user_id = $2 AND removed_at IS NULL;

-- name: put_member
-- A person joins, or comes back with the role of the new invitation.
INSERT INTO members AS m (id, tenant_id, telegram_user_id, name, role, language)
SELECT $2::uuid, t.id, $3::bigint, $4::text, $5::text, $6::text FROM tenants t WHERE t.id = $1
ON CONFLICT (tenant_id, telegram_user_id) DO UPDATE
SET name = EXCLUDED.name, language = EXCLUDED.language, removed_at = NULL, on_duty = true,
    role = CASE WHEN m.removed_at IS NULL THEN m.role ELSE EXCLUDED.role END
RETURNING id, role;

-- name: memberships_of
-- Every tenant in which a Telegram user is somebody, first the one he acts in.
SELECT m.tenant_id, m.id, m.role, m.language, t.name AS tenant_name, t.status AS tenant_status, t.deletion_due_at
FROM members m JOIN tenants t ON t.id = m.tenant_id
WHERE m.telegram_user_id = $1 AND m.removed_at IS NULL
ORDER BY m.acts_since DESC NULLS LAST, t.name, m.tenant_id;

-- name: act_in
-- The person acts in this tenant from now on, wherever else he is a member.
UPDATE members SET acts_since = clock_timestamp()
WHERE tenant_id = $1 AND telegram_user_id = $2 AND removed_at IS NULL RETURNING id;

-- name: team
-- Who works in a tenant, how many conversations each has, and whether the bot can tell him of one: in his own chat, or in
-- the group where the team works.
SELECT m.id, m.telegram_user_id, m.name, m.role, m.on_duty,
       EXISTS (SELECT 1 FROM telegram_chats k JOIN tenants t ON t.id = k.tenant_id
               WHERE k.tenant_id = m.tenant_id AND k.status = 'active'
                 AND (k.member_id = m.id OR (k.kind = 'group' AND t.settings->>'inbox' IS DISTINCT FROM 'private'))) AS reachable,
       (SELECT count(*) FROM conversations c
        WHERE c.tenant_id = m.tenant_id AND c.assignee_id = m.id AND c.status = 'human')::int AS conversations
FROM members m WHERE m.tenant_id = $1 AND m.removed_at IS NULL ORDER BY m.name, m.id;

-- name: lock_admins
-- The admins of a tenant, locked, so that two cannot both leave as the last but one.
SELECT id FROM members WHERE tenant_id = $1 AND role = 'admin' AND removed_at IS NULL ORDER BY id FOR NO KEY UPDATE;

-- name: change_role
-- A member's role.
UPDATE members SET role = $3::text WHERE tenant_id = $1 AND id = $2 AND removed_at IS NULL RETURNING id;

-- name: change_duty
-- Whether a member is there for new leads.
UPDATE members SET on_duty = $3 WHERE tenant_id = $1 AND id = $2 AND removed_at IS NULL RETURNING id;

-- name: remove_member
-- A member leaves the team.
UPDATE members SET removed_at = now() WHERE tenant_id = $1 AND id = $2 AND removed_at IS NULL RETURNING id;

-- name: lock_held
-- The conversations that a member has, locked in the order in which webhooks lock them.
SELECT id FROM conversations WHERE tenant_id = $1 AND assignee_id = $2 AND status = 'human' ORDER BY id FOR NO KEY UPDATE;

-- name: chats_of_member
-- A member's own chats with the bot.
SELECT id FROM telegram_chats WHERE tenant_id = $1 AND member_id = $2 ORDER BY id;

-- name: change_language
-- The language in which a member is spoken to.
UPDATE members SET language = $3::text WHERE tenant_id = $1 AND id = $2 AND removed_at IS NULL RETURNING id;

-- name: set_ai_paused
-- The AI of a tenant pauses, or goes on; nothing when it does already.
UPDATE tenants SET ai_paused = $2, ai_resumed_at = CASE WHEN NOT $2 THEN now() END WHERE id = $1 AND ai_paused <> $2 RETURNING id;

-- name: resumed_tenants
-- Tenants whose AI went on so many seconds ago, and that were not looked at again since.
SELECT t.id FROM tenants t WHERE t.ai_resumed_at <= now() - make_interval(secs => $1) ORDER BY t.ai_resumed_at;

-- name: resumption_over
-- One of them is looked at again now, by this caller alone.
UPDATE tenants SET ai_resumed_at = NULL
WHERE id = $1 AND ai_resumed_at <= now() - make_interval(secs => $2) RETURNING id;

-- name: wait_for_ai
-- Leads who were left to the team while the AI paused wait $2 minutes more, as if they began to wait now; not those whom
-- it is not to have back, nor those for whom the tenant's choice has happened. Locked in the order in which webhooks lock conversations.
WITH left_over AS MATERIALIZED (
    SELECT c.id FROM conversations c
    WHERE c.tenant_id = $1 AND c.status = 'waiting_human' AND c.waiting_until IS NULL AND c.waiting_step < 3
      AND NOT EXISTS (SELECT 1 FROM hand_offs h WHERE h.tenant_id = c.tenant_id AND h.conversation_id = c.id
                      AND h.returned_at IS NULL AND h.reason IN ('automatic', 'beyond_plan'))
    ORDER BY c.id FOR NO KEY UPDATE)
UPDATE conversations c SET waiting_until = now() + make_interval(mins => $2)
FROM left_over l WHERE c.tenant_id = $1 AND c.id = l.id RETURNING c.id;

-- name: resume_turns
-- What leads wrote while the AI paused, $4 seconds ago at most, is due, $2 seconds apart and all of it within $3, those who wrote
-- first first; locked in the order in which webhooks lock conversations.
WITH unanswered AS MATERIALIZED (
    SELECT c.id, c.last_inbound_at FROM conversations c
    WHERE c.tenant_id = $1 AND c.status = 'ai' AND c.inbound_seq > c.answered_seq AND c.turn_due_at IS NULL
      AND COALESCE(c.last_inbound_at, c.last_activity_at) > now() - make_interval(secs => $4)
    ORDER BY c.id FOR NO KEY UPDATE),
placed AS (SELECT u.id, row_number() OVER (ORDER BY u.last_inbound_at, u.id) - 1 AS place FROM unanswered u)
UPDATE conversations c
SET turn_due_at = now() + make_interval(secs => LEAST(p.place * $2::float8, $3::float8)), turn_attempts = 0,
    first_unanswered_at = COALESCE(c.first_unanswered_at, now())
FROM placed p WHERE c.tenant_id = $1 AND c.id = p.id
RETURNING c.id;

-- name: queue_view
-- What people have or should have, those who wait longest first. since: when it began to wait for anybody, or the lead
-- for the answer of whoever has it.
SELECT c.id, c.status, c.asleep_until, l.name, l.phone, c.reply_address, m.name AS member, count(*) OVER ()::int AS total,
       CASE WHEN c.status = 'waiting_human' THEN COALESCE(c.waiting_since, c.last_inbound_at)
            WHEN c.last_inbound_at > COALESCE(s.at, '-infinity') THEN c.last_inbound_at END AS since
FROM conversations c
JOIN leads l ON l.tenant_id = c.tenant_id AND l.id = c.lead_id
LEFT JOIN members m ON m.tenant_id = c.tenant_id AND m.id = c.assignee_id
LEFT JOIN LATERAL (
    SELECT x.created_at AS at FROM messages x
    WHERE x.tenant_id = c.tenant_id AND x.conversation_id = c.id AND x.seq = last_word_of_team(c.tenant_id, c.id)) s ON true
WHERE c.tenant_id = $1 AND c.status IN ('waiting_human', 'human')
ORDER BY c.asleep_until NULLS FIRST, c.status = 'waiting_human' DESC, since NULLS LAST, c.id LIMIT $2;

-- name: members_on_duty
-- How many are there for new leads.
SELECT count(*)::int AS members FROM members WHERE tenant_id = $1 AND removed_at IS NULL AND on_duty GROUP BY tenant_id;

-- name: places_at
-- Whose chats a chat of Telegram is.
SELECT id, tenant_id, kind, status FROM telegram_chats WHERE bot_id = $1 AND chat_id = $2 ORDER BY id;

-- name: open_private_chat
-- A member's private chat with the bot; came: it could not be reached before.
WITH before AS (SELECT status FROM telegram_chats WHERE tenant_id = $1 AND bot_id = $2 AND chat_id = $3)
INSERT INTO telegram_chats (id, tenant_id, bot_id, chat_id, kind, member_id, title)
SELECT uuid_v7(), m.tenant_id, $2, $3, 'private', m.id, $5::text FROM members m
WHERE m.tenant_id = $1 AND m.id = $4 AND m.removed_at IS NULL
ON CONFLICT (tenant_id, bot_id, chat_id) DO UPDATE
SET status = 'active', member_id = EXCLUDED.member_id, title = EXCLUDED.title
RETURNING id, COALESCE((SELECT status FROM before), '') <> 'active' AS came;

-- name: link_group
-- A group is this tenant's; an index refuses another tenant's. came: it could not be reached before.
WITH before AS (SELECT status FROM telegram_chats WHERE tenant_id = $1 AND bot_id = $2 AND chat_id = $3)
INSERT INTO telegram_chats (id, tenant_id, bot_id, chat_id, kind, title)
SELECT uuid_v7(), t.id, $2, $3, 'group', $4::text FROM tenants t WHERE t.id = $1
ON CONFLICT (tenant_id, bot_id, chat_id) DO UPDATE SET status = 'active', title = EXCLUDED.title
RETURNING id, COALESCE((SELECT status FROM before), '') <> 'active' AS came;

-- name: chats_to_mend_group
-- Where it is told that the group $2 lacks something: there, and in the admins' own chats, each with its language.
SELECT c.id, c.kind, c.bot_id, c.chat_id, COALESCE(m.language, t.locale) AS language
FROM telegram_chats c JOIN tenants t ON t.id = c.tenant_id
LEFT JOIN members m ON m.tenant_id = c.tenant_id AND m.id = c.member_id
WHERE c.tenant_id = $1 AND c.status = 'active' AND (c.id = $2 OR (m.role = 'admin' AND m.removed_at IS NULL))
ORDER BY c.id;

-- name: chat_reachable
-- The bot was let in again; nothing when it was in.
UPDATE telegram_chats SET status = 'active' WHERE tenant_id = $1 AND id = $2 AND status <> 'active' RETURNING id;

-- name: forget_chat_messages
-- What a chat's messages were about.
DELETE FROM telegram_messages WHERE tenant_id = $1 AND chat_ref = $2 RETURNING id;

-- name: forget_chat_posts
-- What a chat showed and was to show.
DELETE FROM telegram_posts WHERE tenant_id = $1 AND chat_ref = $2 RETURNING id;

-- name: forget_chat_topics
-- Which topics a chat had.
DELETE FROM telegram_topics WHERE tenant_id = $1 AND chat_ref = $2 RETURNING id;

-- name: forget_group
-- A group is nobody's from now on.
DELETE FROM telegram_chats WHERE tenant_id = $1 AND id = $2 AND kind = 'group' RETURNING id;

-- name: put_reply
-- An answer to somebody, said once under its key; $6: the conversation that a reply to it is about.
INSERT INTO telegram_posts (id, tenant_id, chat_ref, conversation_id, kind, subject_id, payload, thread_id, due_at)
SELECT uuid_v7(), c.tenant_id, c.id, $6, 'reply', $3, $4::jsonb, $5, clock_timestamp()
FROM telegram_chats c WHERE c.tenant_id = $1 AND c.id = $2
ON CONFLICT (tenant_id, chat_ref, kind, subject_id) DO NOTHING RETURNING id;

-- name: store_updates
-- What Telegram gave, each once.
INSERT INTO telegram_updates (id, bot_id, update_id, lane, body)
SELECT u.id, $1::bigint, u.update_id, u.lane, u.body
FROM unnest($2::uuid[], $3::bigint[], $4::bigint[], $5::bytea[]) AS u(id, update_id, lane, body)
ORDER BY u.update_id
ON CONFLICT (bot_id, update_id) DO NOTHING
RETURNING id;

-- name: claim_updates
-- The first undone update of each lane, unless somebody has it or its time has not come.
WITH heads AS (
    SELECT DISTINCT ON (u.lane) u.id FROM telegram_updates u
    WHERE u.bot_id = $1 AND u.done_at IS NULL ORDER BY u.lane, u.update_id),
free AS MATERIALIZED (
    SELECT u.id FROM telegram_updates u JOIN heads h ON h.id = u.id
    WHERE u.done_at IS NULL AND (u.lease_until IS NULL OR u.lease_until < now())
    ORDER BY u.update_id LIMIT $2 FOR UPDATE OF u SKIP LOCKED)
UPDATE telegram_updates u SET lease_until = now() + make_interval(secs => $3), attempts = u.attempts + 1
FROM free WHERE u.id = free.id
RETURNING u.id, u.update_id, u.lane, u.body, u.attempts;

-- name: finish_update
-- Processed: the number stays, so that it is not taken again; the words go.
UPDATE telegram_updates SET done_at = now(), lease_until = NULL, body = '' WHERE id = $1 AND done_at IS NULL RETURNING id;

-- name: postpone_update
-- Tried again after $2 seconds; what comes behind it in its lane waits.
UPDATE telegram_updates SET lease_until = now() + make_interval(secs => $2), error = $3
WHERE id = $1 AND done_at IS NULL RETURNING id;

-- name: give_up_update
-- It failed every attempt: kept with its error, and what is behind it goes on.
UPDATE telegram_updates SET done_at = now(), lease_until = NULL, error = $2 WHERE id = $1 AND done_at IS NULL RETURNING id;

-- name: purge_updates
-- Telegram gives no update again after a day; those given up are kept longer.
DELETE FROM telegram_updates
WHERE done_at < now() - make_interval(hours => CASE WHEN error IS NULL THEN $1::int ELSE $2::int END)
RETURNING id;

-- name: due_notifications
-- What nobody has been told yet, one tenant after the other; of each tenant first what was never tried, then the oldest.
SELECT d.tenant_id, d.id FROM (
    SELECT n.tenant_id, n.id, n.due_at,
           row_number() OVER (PARTITION BY n.tenant_id ORDER BY n.attempts > 0, n.due_at, n.id) AS place
    FROM notifications n WHERE n.status = 'queued' AND n.due_at <= now()) d
ORDER BY d.place, d.due_at LIMIT $1;

-- name: lock_notification
-- One of them, for this caller alone.
SELECT id, kind, subject_id, payload, attempts FROM notifications
WHERE tenant_id = $1 AND id = $2 AND status = 'queued' AND due_at <= now() FOR UPDATE SKIP LOCKED;

-- name: notification_told
-- Every chat that is to show it has its post.
UPDATE notifications SET status = 'told', told_at = now() WHERE tenant_id = $1 AND id = $2 RETURNING id;

-- name: notify_later
-- Nobody can be told now: again after $3 seconds.
UPDATE notifications SET due_at = now() + make_interval(secs => $3), attempts = attempts + 1
WHERE tenant_id = $1 AND id = $2 RETURNING id;

-- name: announce_open_hand_offs
-- Who can be reached from now on is told of everybody who still waits, and of whatever nobody could be told; who was told
-- already is not told again. What somebody is telling at this moment is passed over, and told of anew if it is a hand-off.
WITH woken AS (
    UPDATE notifications n SET due_at = now(), attempts = 0
    FROM (SELECT q.id FROM notifications q WHERE q.tenant_id = $1 AND q.status = 'queued' FOR UPDATE SKIP LOCKED) waiting
    WHERE n.tenant_id = $1 AND n.id = waiting.id
    RETURNING n.kind, n.subject_id)
INSERT INTO notifications (id, tenant_id, kind, subject_id, due_at)
SELECT uuid_v7(), h.tenant_id, 'hand_off_card', h.id, now()
FROM hand_offs h JOIN conversations c ON c.tenant_id = h.tenant_id AND c.id = h.conversation_id
WHERE h.tenant_id = $1 AND h.returned_at IS NULL AND c.status = 'waiting_human' AND c.asleep_until IS NULL
  AND NOT EXISTS (SELECT 1 FROM woken w WHERE w.kind = 'hand_off_card' AND w.subject_id = h.id)
RETURNING id;

-- name: chats_of_team
-- Where a tenant's team can be reached, with whose chat it is.
SELECT c.id, c.kind, c.member_id, m.role, m.on_duty
FROM telegram_chats c LEFT JOIN members m ON m.tenant_id = c.tenant_id AND m.id = c.member_id
WHERE c.tenant_id = $1 AND c.status = 'active' AND (c.kind = 'group' OR m.removed_at IS NULL) ORDER BY c.id;

-- name: put_post
-- A chat is to show something that it does not show yet. What it shows stays as it is, and unlocked: what is said once is
-- not said again, and a card is made due by what changes it.
INSERT INTO telegram_posts (id, tenant_id, chat_ref, conversation_id, kind, subject_id, payload, due_at)
SELECT uuid_v7(), c.tenant_id, c.id, $3, $4::text, $5, $6::jsonb, now()
FROM telegram_chats c WHERE c.tenant_id = $1 AND c.id = $2
ON CONFLICT (tenant_id, chat_ref, kind, subject_id) DO NOTHING RETURNING id;

-- name: put_relay
-- What is said in a conversation from the message after number $4 on is to be seen in a chat. Messages may be told of in
-- any order: of those that wait the first counts, and none is shown twice (see unrelayed_lines).
INSERT INTO telegram_posts AS p (id, tenant_id, chat_ref, conversation_id, kind, subject_id, shown_seq, due_at)
SELECT uuid_v7(), c.tenant_id, c.id, $3, 'relay', $3, $4, now() FROM telegram_chats c WHERE c.tenant_id = $1 AND c.id = $2
ON CONFLICT (tenant_id, chat_ref, kind, subject_id) DO UPDATE
SET shown_seq = CASE WHEN p.due_at IS NULL THEN EXCLUDED.shown_seq ELSE LEAST(p.shown_seq, EXCLUDED.shown_seq) END,
    due_at = COALESCE(p.due_at, now()), version = p.version + 1
RETURNING p.id;

-- name: refresh_cards
-- Cards of a conversation that somebody may still act on show it anew, but for those in the chats $3; locked in the order in
-- which the triggers lock them.
UPDATE telegram_posts p SET due_at = COALESCE(p.due_at, now()), version = p.version + 1
FROM (SELECT x.id FROM telegram_posts x
      WHERE x.tenant_id = $1 AND x.conversation_id = $2 AND x.kind = 'card' AND x.shown <> 'ended'
        AND x.chat_ref <> ALL ($3::uuid[])
      ORDER BY x.id FOR NO KEY UPDATE) locked
WHERE p.tenant_id = $1 AND p.id = locked.id
RETURNING p.id;

-- name: conversation_of_message
-- Where a message was said, and who has it now.
SELECT m.seq, m.conversation_id, c.status, c.assignee_id
FROM messages m JOIN conversations c ON c.tenant_id = m.tenant_id AND c.id = m.conversation_id
WHERE m.tenant_id = $1 AND m.id = $2;

-- name: hand_off_scene
-- Whose conversation a hand-off is about, how that stands, and whether it is over.
SELECT h.conversation_id, h.returned_at, c.status
FROM hand_offs h JOIN conversations c ON c.tenant_id = h.tenant_id AND c.id = h.conversation_id WHERE h.tenant_id = $1 AND h.id = $2;

-- name: leaders_unheard
-- Those who lead the team and have no chat of their own in which they can be reached.
SELECT m.id FROM members m
WHERE m.tenant_id = $1 AND m.removed_at IS NULL AND m.role IN ('manager', 'admin')
  AND NOT EXISTS (SELECT 1 FROM telegram_chats c
                  WHERE c.tenant_id = m.tenant_id AND c.member_id = m.id AND c.kind = 'private' AND c.status = 'active')
ORDER BY m.id;

-- name: waiting_scene
-- A hand-off whose lead waits for anybody still: for how many minutes, and the number of its card in the chat $3.
SELECT c.id AS conversation_id, c.lead_id, l.name, l.phone, c.reply_address,
       (extract(epoch FROM now() - COALESCE(c.waiting_since, h.created_at)) / 60)::int AS minutes,
       (SELECT p.number FROM telegram_posts p
        WHERE p.tenant_id = h.tenant_id AND p.chat_ref = $3 AND p.kind = 'card' AND p.subject_id = h.id) AS card_number
FROM hand_offs h
JOIN conversations c ON c.tenant_id = h.tenant_id AND c.id = h.conversation_id
JOIN leads l ON l.tenant_id = c.tenant_id AND l.id = c.lead_id
WHERE h.tenant_id = $1 AND h.id = $2 AND h.returned_at IS NULL AND c.status = 'waiting_human' AND c.asleep_until IS NULL;

-- name: woken_scene
-- A conversation that people have, or are to take, and that is awake, with the number of its card in the chat $3.
SELECT c.lead_id, c.status, c.assignee_id, l.name, l.phone, c.reply_address,
       (SELECT p.number FROM telegram_posts p JOIN hand_offs h ON h.tenant_id = p.tenant_id AND h.id = p.subject_id
        WHERE p.tenant_id = c.tenant_id AND p.chat_ref = $3 AND p.kind = 'card' AND h.conversation_id = c.id AND h.returned_at IS NULL
        ORDER BY p.created_at DESC LIMIT 1) AS card_number
FROM conversations c JOIN leads l ON l.tenant_id = c.tenant_id AND l.id = c.lead_id
WHERE c.tenant_id = $1 AND c.id = $2 AND c.status IN ('human', 'waiting_human') AND c.asleep_until IS NULL;

-- name: wish_scene
-- The lead of a conversation, whoever has it, with the number of its card in the chat $3.
SELECT c.lead_id, c.assignee_id, l.name, l.phone, c.reply_address,
       (SELECT p.number FROM telegram_posts p JOIN hand_offs h ON h.tenant_id = p.tenant_id AND h.id = p.subject_id
        WHERE p.tenant_id = c.tenant_id AND p.chat_ref = $3 AND p.kind = 'card' AND h.conversation_id = c.id AND h.returned_at IS NULL
        ORDER BY p.created_at DESC LIMIT 1) AS card_number
FROM conversations c JOIN leads l ON l.tenant_id = c.tenant_id AND l.id = c.lead_id
WHERE c.tenant_id = $1 AND c.id = $2;

-- name: people_named
-- Members by their ids, as Telegram knows them.
SELECT m.telegram_user_id, m.name FROM members m
WHERE m.tenant_id = $1 AND m.id = ANY ($2::uuid[]) AND m.removed_at IS NULL ORDER BY m.name, m.id;

-- name: card_chats
-- The chats that have a card of this conversation.
SELECT DISTINCT p.chat_ref FROM telegram_posts p
WHERE p.tenant_id = $1 AND p.conversation_id = $2 AND p.kind = 'card' AND p.shown <> 'ended';

-- name: claim_posts
-- The next post of each chat that may be written to now, for this caller alone: one process at a time writes to a chat.
-- The chats in which something has been due longest come first; lease_until tells this claim from every later one.
WITH due AS (
    SELECT DISTINCT ON (p.tenant_id, p.chat_ref) p.tenant_id, p.chat_ref, p.id,
           min(p.due_at) OVER (PARTITION BY p.tenant_id, p.chat_ref) AS since
    FROM telegram_posts p JOIN telegram_chats c ON c.tenant_id = p.tenant_id AND c.id = p.chat_ref
    WHERE p.due_at <= now() AND c.bot_id = $1 AND c.status = 'active' AND (c.next_at IS NULL OR c.next_at <= now())
      AND (c.lease_until IS NULL OR c.lease_until < now())
    ORDER BY p.tenant_id, p.chat_ref, p.kind <> 'tick', p.kind <> 'reply', p.due_at, p.id),
free AS MATERIALIZED (
    SELECT c.tenant_id, c.id, d.id AS post_id FROM due d
    JOIN telegram_chats c ON c.tenant_id = d.tenant_id AND c.id = d.chat_ref
    WHERE (c.next_at IS NULL OR c.next_at <= now()) AND (c.lease_until IS NULL OR c.lease_until < now())
    ORDER BY d.since, c.id LIMIT $2 FOR NO KEY UPDATE OF c SKIP LOCKED)
UPDATE telegram_chats c SET lease_until = now() + make_interval(secs => $3)
FROM free f WHERE c.tenant_id = f.tenant_id AND c.id = f.id
RETURNING c.tenant_id, c.id AS chat_ref, c.kind, c.lease_until, f.post_id;

-- name: claimed_post
-- What is to be shown, and where; nothing to somebody who has left the team.
SELECT p.conversation_id, p.kind, p.subject_id, p.payload, p.thread_id, p.number, p.shown, p.shown_seq, p.version,
       p.attempts, c.chat_id, c.member_id, COALESCE(m.language, t.locale) AS language, m.role
FROM telegram_posts p JOIN telegram_chats c ON c.tenant_id = p.tenant_id AND c.id = p.chat_ref
JOIN tenants t ON t.id = p.tenant_id
LEFT JOIN members m ON m.tenant_id = c.tenant_id AND m.id = c.member_id
WHERE p.tenant_id = $1 AND p.id = $2 AND p.due_at <= now() AND m.removed_at IS NULL;

-- name: finish_post
-- It is shown; due again if it changed meanwhile, or after $8 seconds when there is more to come.
UPDATE telegram_posts
SET number = COALESCE($3, number), thread_id = COALESCE($4, thread_id), shown = $5::text,
    shown_seq = CASE WHEN version = $7 THEN GREATEST(shown_seq, $6) ELSE shown_seq END,
    attempts = 0, faults = 0, error = NULL, payload = CASE WHEN kind IN ('notice', 'reply') THEN '{}' ELSE payload END,
    due_at = CASE WHEN $8::float8 IS NOT NULL THEN now() + make_interval(secs => $8) WHEN version <> $7 THEN now() END
WHERE tenant_id = $1 AND id = $2 RETURNING due_at IS NOT NULL AS again;

-- name: count_fault
-- It failed for a reason that nobody foresaw: how often it has, since it was last shown.
UPDATE telegram_posts SET faults = faults + 1 WHERE tenant_id = $1 AND id = $2 RETURNING faults;

-- name: postpone_post
-- It could not be shown: again after $3 seconds.
UPDATE telegram_posts SET due_at = now() + make_interval(secs => $3), attempts = attempts + 1, error = $4
WHERE tenant_id = $1 AND id = $2 RETURNING id;

-- name: give_up_post
-- As it was at version $4 it will never be shown; what has changed meanwhile is.
UPDATE telegram_posts
SET due_at = CASE WHEN version <> $4::int THEN now() END, attempts = attempts + 1, error = $3
WHERE tenant_id = $1 AND id = $2 RETURNING id;

-- name: forget_number
-- The message of Telegram is gone: the post is shown anew.
UPDATE telegram_posts SET number = NULL, thread_id = NULL, shown = '' WHERE tenant_id = $1 AND id = $2 RETURNING id;

-- name: release_chat
-- The chat is free again, unless the lease $8 is over and it is somebody else's. $3 messages were counted there; it takes a
-- burst of $4, then $5 a second, $6 seconds apart, and nothing within $7 seconds.
UPDATE telegram_chats c
SET lease_until = NULL, tokens = s.left_over, tokens_at = now(),
    next_at = now() + make_interval(secs => GREATEST($7::float8, CASE WHEN $3::int > 0 THEN $6::float8 ELSE 0 END,
                                                     CASE WHEN s.left_over < 1 THEN (1 - s.left_over) / $5::float8 ELSE 0 END))
FROM (SELECT x.id, LEAST($4::float8, x.tokens + extract(epoch FROM now() - COALESCE(x.tokens_at, now() - interval '1 hour'))::float8
                         * $5::float8) - $3::int AS left_over
      FROM telegram_chats x WHERE x.tenant_id = $1 AND x.id = $2) s
WHERE c.tenant_id = $1 AND c.id = $2 AND s.id = c.id AND c.lease_until = $8
RETURNING c.id;

-- name: card
-- Everything a card shows but the last messages.
SELECT h.conversation_id, h.lead_id, h.reason, h.summary, h.created_at, h.claimed_at, h.returned_at, h.return_reason,
       c.status, c.assignee_id, c.asleep_until, a.channel, l.name AS lead_name, l.phone, c.reply_address, l.score, l.source,
       COALESCE(s.name, l.stage_key) AS stage, t.name AS tenant_name, t.timezone, COALESCE(m.name, '') AS holder,
       EXISTS (SELECT 1 FROM messages x WHERE x.tenant_id = c.tenant_id AND x.conversation_id = c.id
               AND x.status IN ('sending', 'unknown') AND x.author = 'ai') AS ai_is_sending,
       (SELECT count(*) FROM members o WHERE o.tenant_id = h.tenant_id AND o.removed_at IS NULL)::int AS team
FROM hand_offs h
JOIN conversations c ON c.tenant_id = h.tenant_id AND c.id = h.conversation_id
JOIN channel_accounts a ON a.tenant_id = c.tenant_id AND a.id = c.channel_account_id
JOIN leads l ON l.tenant_id = h.tenant_id AND l.id = h.lead_id
JOIN tenants t ON t.id = h.tenant_id
LEFT JOIN stages s ON s.tenant_id = l.tenant_id AND s.key = l.stage_key
LEFT JOIN members m ON m.tenant_id = c.tenant_id AND m.id = c.assignee_id
WHERE h.tenant_id = $1 AND h.id = $2;

-- name: latest_lines
-- The latest messages of a conversation, last first, notes too ($4) or not.
SELECT m.id, m.seq, m.author, m.purpose, m.type, m.text, m.created_at, COALESCE(x.name, '') AS member
FROM messages m LEFT JOIN members x ON x.tenant_id = m.tenant_id AND x.id = m.member_id
WHERE m.tenant_id = $1 AND m.conversation_id = $2 AND m.status NOT IN ('cancelled', 'failed')
  AND (m.status <> 'internal' OR ($4 AND m.purpose = 'note'))
ORDER BY m.seq DESC LIMIT $3;

-- name: unrelayed_lines
-- What was said since number $3 and is not in this chat yet: the lead's words, and a person's from elsewhere.
SELECT m.id, m.seq, m.author, m.purpose, m.type, m.text, m.created_at, COALESCE(x.name, '') AS member
FROM messages m LEFT JOIN members x ON x.tenant_id = m.tenant_id AND x.id = m.member_id
WHERE m.tenant_id = $1 AND m.conversation_id = $2 AND m.seq > $3
  AND (m.direction = 'in' OR (m.author = 'attendant' AND m.status <> 'internal'))
  AND NOT EXISTS (SELECT 1 FROM telegram_messages k WHERE k.tenant_id = m.tenant_id AND k.chat_ref = $4 AND k.message_id = m.id)
ORDER BY m.seq LIMIT $5;

-- name: means
-- A message of Telegram is about a conversation from now on, and holds these messages of ours (null: none of them).
INSERT INTO telegram_messages (id, tenant_id, chat_ref, number, conversation_id, message_id, purpose)
SELECT uuid_v7(), c.tenant_id, $2, $3, c.id, m.id, $6
FROM conversations c CROSS JOIN unnest($5::uuid[]) AS m(id) WHERE c.tenant_id = $1 AND c.id = $4
ON CONFLICT (tenant_id, chat_ref, number, message_id) DO NOTHING RETURNING id;

-- name: meaning
-- What a message of Telegram is about.
SELECT conversation_id, message_id, purpose FROM telegram_messages WHERE tenant_id = $1 AND chat_ref = $2 AND number = $3 LIMIT 1;

-- name: topic_of_lead
-- The lead's topic in a group.
SELECT thread_id FROM telegram_topics WHERE tenant_id = $1 AND chat_ref = $2 AND lead_id = $3;

-- name: put_topic
-- The lead has a topic; the first one stays.
INSERT INTO telegram_topics AS t (id, tenant_id, chat_ref, lead_id, thread_id)
SELECT uuid_v7(), l.tenant_id, $2, l.id, $4 FROM leads l WHERE l.tenant_id = $1 AND l.id = $3
ON CONFLICT (tenant_id, chat_ref, lead_id) DO UPDATE SET thread_id = t.thread_id RETURNING t.thread_id;

-- name: forget_topic
-- Somebody deleted the topic in Telegram.
DELETE FROM telegram_topics WHERE tenant_id = $1 AND chat_ref = $2 AND thread_id = $3 RETURNING id;

-- name: forget_posts_of_topic
-- What stood in it is gone with it; what people may still act on is shown anew. Locked in the order in which cards always are.
UPDATE telegram_posts p
SET number = NULL, thread_id = NULL, shown = CASE WHEN p.shown = 'ended' THEN p.shown ELSE '' END,
    due_at = CASE WHEN p.kind = 'card' AND p.shown <> 'ended' THEN now() ELSE p.due_at END
FROM (SELECT x.id FROM telegram_posts x WHERE x.tenant_id = $1 AND x.chat_ref = $2 AND x.thread_id = $3
      ORDER BY x.id FOR NO KEY UPDATE) locked
WHERE p.tenant_id = $1 AND p.id = locked.id RETURNING p.id;

-- name: conversation_of_topic
-- The lead's conversation that a topic is about: one that people have, else the one that went on last.
SELECT c.id FROM telegram_topics t JOIN conversations c ON c.tenant_id = t.tenant_id AND c.lead_id = t.lead_id
     AND (c.status <> 'closed' OR c.status = 'closed')    -- two indexes hold a lead's conversations
WHERE t.tenant_id = $1 AND t.chat_ref = $2 AND t.thread_id = $3
ORDER BY c.status = 'human' DESC, c.status = 'waiting_human' DESC, c.last_activity_at DESC LIMIT 1;

-- name: lead_of_conversation
-- Whose conversation it is.
SELECT c.lead_id, l.name, l.phone, c.reply_address, c.status FROM conversations c
JOIN leads l ON l.tenant_id = c.tenant_id AND l.id = c.lead_id
WHERE c.tenant_id = $1 AND c.id = $2;

-- name: tick_state
-- How far a member's words have come, the piece that is least far first, and the error of one that failed.
SELECT m.status, m.error_code, m.error_detail, m.id = $3 AS asked, l.name AS lead_name, l.phone, c.reply_address
FROM telegram_posts o
JOIN telegram_posts p ON p.tenant_id = o.tenant_id AND p.chat_ref = o.chat_ref AND p.kind = 'tick' AND p.number = o.number
JOIN messages m ON m.tenant_id = p.tenant_id AND m.id = p.subject_id
JOIN leads l ON l.tenant_id = m.tenant_id AND l.id = m.lead_id
JOIN conversations c ON c.tenant_id = m.tenant_id AND c.id = m.conversation_id
WHERE o.tenant_id = $1 AND o.id = $2
ORDER BY message_rank(m.status), m.seq;

-- name: put_tick
-- How far this message comes is to be seen on the member's own.
INSERT INTO telegram_posts (id, tenant_id, chat_ref, conversation_id, kind, subject_id, number, thread_id, due_at)
SELECT uuid_v7(), m.tenant_id, $2, m.conversation_id, 'tick', m.id, $4, $5, now() FROM messages m WHERE m.tenant_id = $1 AND m.id = $3
ON CONFLICT (tenant_id, chat_ref, kind, subject_id) DO NOTHING RETURNING id;

-- name: make_active
-- Whom a member writes to in his private chat without replying to anything; he acts in that tenant from now on.
UPDATE members SET active_conversation_id = $3, acts_since = now() WHERE tenant_id = $1 AND id = $2 RETURNING id;

-- name: drop_active
-- Nobody is left to be written to in that conversation.
UPDATE members SET active_conversation_id = NULL WHERE tenant_id = $1 AND active_conversation_id = $2 RETURNING id;

-- name: open_hand_off
-- The hand-off of a conversation that people still have.
SELECT id FROM hand_offs WHERE tenant_id = $1 AND conversation_id = $2 AND returned_at IS NULL ORDER BY created_at DESC LIMIT 1;

-- name: move_chat
-- A group was upgraded: it has another id now.
UPDATE telegram_chats SET chat_id = $3, status = 'active', next_at = NULL WHERE tenant_id = $1 AND id = $2 RETURNING id;

-- name: chat_unreachable
-- The bot was blocked or thrown out.
UPDATE telegram_chats SET status = 'unreachable' WHERE tenant_id = $1 AND id = $2 RETURNING id;

-- name: active_of_person
-- Whom a person writes to in his private chat without replying to anything: where he acted last.
SELECT tenant_id, id, active_conversation_id FROM members
WHERE telegram_user_id = $1 AND removed_at IS NULL AND active_conversation_id IS NOT NULL
ORDER BY acts_since DESC NULLS LAST LIMIT 1;

-- name: letters_page
-- What is still to be dealt with, of one kind ($2) or of all, the oldest first, after the one that a page ended with ($3).
SELECT id, kind, subject_id, error, attempts, status, created_at FROM dead_letters
WHERE tenant_id = $1 AND status = 'open' AND ($2::text IS NULL OR kind = $2)
  AND ($3::uuid IS NULL OR (created_at, id) > (SELECT b.created_at, b.id FROM dead_letters b WHERE b.tenant_id = $1 AND b.id = $3))
ORDER BY created_at, id LIMIT $4;

-- name: letters_by_kind
-- How much of each kind is still to be dealt with.
SELECT kind, count(*)::int AS letters FROM dead_letters WHERE tenant_id = $1 AND status = 'open' GROUP BY kind ORDER BY kind;

-- name: kind_of_letter
-- What kind a dead letter is of, and whether it is still to be dealt with.
SELECT kind, status = 'open' AS open FROM dead_letters WHERE tenant_id = $1 AND id = $2;

-- name: letter_alert_turn
-- Those who tell of dead letters of one kind ($2) of a tenant go one after the other: each sees whether the other has told.
SELECT pg_advisory_xact_lock(hashtextextended('letters:' || t.id || ':' || $2::text, 0)) IS NULL AS waited FROM tenants t WHERE t.id = $1;

-- name: letter_alerted
-- In how many seconds the team may be told of this kind ($2) again, when it was told within $3 seconds.
SELECT extract(epoch FROM max(told_at) + make_interval(secs => $3) - now())::float8 AS again_in FROM notifications
WHERE tenant_id = $1 AND kind = 'dead_letter' AND status = 'told' AND payload ->> 'letters' = $2
  AND told_at > now() - make_interval(secs => $3) HAVING max(told_at) IS NOT NULL;

-- name: fold_letter_alerts
-- What waits to be told of this kind ($3) besides $2 is told with it; what somebody is telling at this moment is passed over.
UPDATE notifications SET status = 'told', told_at = now()
WHERE tenant_id = $1 AND id IN (
    SELECT n.id FROM notifications n JOIN dead_letters l ON l.tenant_id = n.tenant_id AND l.id = n.subject_id
    WHERE n.tenant_id = $1 AND n.kind = 'dead_letter' AND n.status = 'queued' AND n.id <> $2 AND l.kind = $3
    FOR UPDATE OF n SKIP LOCKED) RETURNING subject_id;

-- name: letter_alert_kept
-- Of which kind ($3) the team is told by this.
UPDATE notifications SET payload = payload || jsonb_build_object('letters', $3::text) WHERE tenant_id = $1 AND id = $2 RETURNING id;

-- name: put_off_alert
-- The team was told of the like lately: with the rest in $3 seconds. That is no failure.
UPDATE notifications SET due_at = now() + make_interval(secs => $3) WHERE tenant_id = $1 AND id = $2 RETURNING id;

-- name: drop_letter
-- What was given up is dealt with by doing nothing.
UPDATE dead_letters SET status = 'dropped', resolved_at = now()
WHERE tenant_id = $1 AND id = $2 AND status = 'open' RETURNING id;

-- name: letters_retried
-- What was given up about a message or a conversation is being tried again.
UPDATE dead_letters SET status = 'retried', resolved_at = now()
WHERE tenant_id = $1 AND subject_id = $2 AND status = 'open' RETURNING id;

-- name: topic_of_post
-- The topic in which a post stands or would stand: its own, else its lead's.
SELECT COALESCE(p.thread_id, t.thread_id) AS thread_id FROM telegram_posts p
LEFT JOIN conversations c ON c.tenant_id = p.tenant_id AND c.id = p.conversation_id
LEFT JOIN telegram_topics t ON t.tenant_id = p.tenant_id AND t.chat_ref = p.chat_ref AND t.lead_id = c.lead_id
WHERE p.tenant_id = $1 AND p.id = $2 AND COALESCE(p.thread_id, t.thread_id) IS NOT NULL;

-- name: held_by_member
-- The conversations that a member has, the liveliest first.
SELECT c.id, l.name, l.phone, c.reply_address FROM conversations c JOIN leads l ON l.tenant_id = c.tenant_id AND l.id = c.lead_id
WHERE c.tenant_id = $1 AND c.assignee_id = $2 AND c.status = 'human' ORDER BY c.last_activity_at DESC LIMIT 20;

-- name: purge_posts
-- At most $1 posts that show what they will always show: what is said once and what relays words after $2 days, ticks after
-- $3; cards when their hand-off is over. Whoever is at one of them is not waited for.
DELETE FROM telegram_posts d
USING (SELECT p.tenant_id, p.id FROM telegram_posts p
       WHERE p.due_at IS NULL AND p.created_at < now() - make_interval(days => $2)
         AND (p.kind <> 'tick' OR p.created_at < now() - make_interval(days => $3))
         AND (p.kind <> 'card' OR NOT EXISTS (SELECT 1 FROM hand_offs h WHERE h.tenant_id = p.tenant_id AND h.id = p.subject_id
                                              AND h.returned_at IS NULL))
       ORDER BY p.created_at LIMIT $1 FOR UPDATE SKIP LOCKED) old
WHERE d.tenant_id = old.tenant_id AND d.id = old.id RETURNING d.id;

-- name: purge_unshown_posts
-- At most $1 posts that have been due for $2 days in chats that cannot be reached, but for cards of hand-offs that go on.
DELETE FROM telegram_posts d
USING (SELECT p.tenant_id, p.id FROM telegram_posts p JOIN telegram_chats c ON c.tenant_id = p.tenant_id AND c.id = p.chat_ref
       WHERE p.due_at < now() - make_interval(days => $2) AND c.status = 'unreachable'
         AND (p.kind <> 'card' OR NOT EXISTS (SELECT 1 FROM hand_offs h WHERE h.tenant_id = p.tenant_id AND h.id = p.subject_id
                                              AND h.returned_at IS NULL))
       LIMIT $1 FOR UPDATE OF p SKIP LOCKED) old
WHERE d.tenant_id = old.tenant_id AND d.id = old.id RETURNING d.id;

-- name: purge_meanings
-- At most $1 messages of Telegram of which after $2 days nobody needs to know what they are about.
DELETE FROM telegram_messages
WHERE (tenant_id, id) IN (SELECT k.tenant_id, k.id FROM telegram_messages k
                          WHERE k.created_at < now() - make_interval(days => $2) ORDER BY k.created_at LIMIT $1)
RETURNING id;

-- name: purge_told_notifications
-- At most $1 notifications that were told $2 days ago.
DELETE FROM notifications
WHERE (tenant_id, id) IN (SELECT n.tenant_id, n.id FROM notifications n
                          WHERE n.told_at < now() - make_interval(days => $2) ORDER BY n.told_at LIMIT $1)
RETURNING id;

-- name: purge_untold_notifications
-- At most $1 notifications that nobody could be told for $2 days.
DELETE FROM notifications
WHERE (tenant_id, id) IN (SELECT n.tenant_id, n.id FROM notifications n
                          WHERE n.status = 'queued' AND n.attempts > 0
                            AND n.created_at < now() - make_interval(days => $2) LIMIT $1)
RETURNING id;

-- name: due_silences
-- Conversations of which somebody is to look whether whoever has them answers, one tenant after the other.
SELECT d.tenant_id, d.id FROM (
    SELECT c.tenant_id, c.id, c.silent_due_at, row_number() OVER (PARTITION BY c.tenant_id ORDER BY c.silent_due_at) AS place
    FROM conversations c WHERE c.silent_due_at <= now()) d
ORDER BY d.place, d.silent_due_at LIMIT $1;

-- name: lock_silence
-- One of them, locked, with the lead's words that nobody of the team has answered (first_at is null: there are none).
SELECT c.status, c.lead_id, c.assignee_id, c.last_inbound_at AS last_at, c.silent_told_at AS told_at, now() AS db_now,
       (SELECT min(m.created_at) FROM messages m
        WHERE m.tenant_id = c.tenant_id AND m.conversation_id = c.id AND m.direction = 'in' AND m.seq > s.seq) AS first_at,
       GREATEST((SELECT max(h.claimed_at) FROM hand_offs h
                 WHERE h.tenant_id = c.tenant_id AND h.conversation_id = c.id AND h.returned_at IS NULL), c.woken_at) AS held_since
FROM conversations c
CROSS JOIN LATERAL (SELECT COALESCE(last_word_of_team(c.tenant_id, c.id), 0) AS seq) s
WHERE c.tenant_id = $1 AND c.id = $2 AND c.silent_due_at <= now() FOR UPDATE OF c;

-- name: watch_silence
-- When somebody looks again (null: when the lead has written), and when the team was told of this silence.
UPDATE conversations SET silent_due_at = $3, silent_told_at = $4 WHERE tenant_id = $1 AND id = $2 RETURNING id;

-- name: release_to_team
-- Nobody has it any more: it waits for anybody, for $3 minutes at most. What a person has answered is answered.
UPDATE conversations c
SET status = 'waiting_human', assignee_id = NULL, waiting_since = now(), waiting_until = now() + make_interval(mins => $3),
    last_activity_at = now(),
    answered_seq = GREATEST(c.answered_seq, COALESCE(last_word_of_team(c.tenant_id, c.id), 0))
WHERE c.tenant_id = $1 AND c.id = $2 AND c.status = 'human'
RETURNING c.lead_id;

-- name: open_session
-- A session of the Mini App, opened by a launch that opened none yet; nothing for one that did, or for who is no member.
INSERT INTO app_sessions (id, tenant_id, member_id, launch, renewed_at, client)
SELECT $2::uuid, m.tenant_id, m.id, $4::bytea, now(), $5::text FROM members m
WHERE m.tenant_id = $1 AND m.id = $3 AND m.removed_at IS NULL
ON CONFLICT (launch) DO NOTHING RETURNING id, now() AS at;

-- name: session_to_renew
-- A session as it is, locked: two who renew it at once come after each other. lately: within the grace of $3 seconds.
SELECT s.number, s.ended_at IS NOT NULL OR m.removed_at IS NOT NULL OR t.status <> 'active'
           OR s.renewed_at < now() - make_interval(days => $4) AS over,
       s.renewed_at > now() - make_interval(secs => $3) AS lately, s.member_id, now() AS at
FROM app_sessions s
JOIN members m ON m.tenant_id = s.tenant_id AND m.id = s.member_id
JOIN tenants t ON t.id = s.tenant_id
WHERE s.tenant_id = $1 AND s.id = $2 FOR UPDATE OF s;

-- name: renew_session
-- The next refresh token is the one that is good now.
UPDATE app_sessions SET number = number + 1, renewed_at = now(), client = $3
WHERE tenant_id = $1 AND id = $2 RETURNING number;

-- name: signed_in
-- Who acts in a session that has not ended, as he is now.
SELECT m.id AS member_id, m.name, m.role, m.language, m.on_duty, m.telegram_user_id, t.name AS tenant_name, t.timezone
FROM app_sessions s
JOIN members m ON m.tenant_id = s.tenant_id AND m.id = s.member_id
JOIN tenants t ON t.id = s.tenant_id
WHERE s.tenant_id = $1 AND s.id = $2 AND s.ended_at IS NULL AND m.removed_at IS NULL AND t.status = 'active';

-- name: sessions_of_team
-- Sessions that are open, the last used first: of one member, or of all when none is named.
SELECT s.id, s.member_id, m.name, s.client, s.created_at, s.renewed_at
FROM app_sessions s JOIN members m ON m.tenant_id = s.tenant_id AND m.id = s.member_id
WHERE s.tenant_id = $1 AND s.ended_at IS NULL AND m.removed_at IS NULL AND ($2::uuid IS NULL OR s.member_id = $2)
      AND s.renewed_at >= now() - make_interval(days => $3)
ORDER BY s.renewed_at DESC, s.id;

-- name: end_session
-- A session ends, once: of one member, or of whoever has it when none is named.
UPDATE app_sessions SET ended_at = now(), end_reason = $4
WHERE tenant_id = $1 AND id = $2 AND ended_at IS NULL AND ($3::uuid IS NULL OR member_id = $3) RETURNING member_id;

-- name: put_idempotency_key
-- A request is carried out now for the first time; nothing when it was before. Another that is being carried out under the
-- key is waited for. A few keys that are older than $5 hours go, so that as many go as come.
WITH old AS MATERIALIZED (
    SELECT k.id FROM idempotency_keys k WHERE k.tenant_id = $1 AND k.created_at < now() - make_interval(hours => $5)
    ORDER BY k.created_at LIMIT 10 FOR UPDATE SKIP LOCKED),
gone AS (DELETE FROM idempotency_keys k USING old WHERE k.tenant_id = $1 AND k.id = old.id)
INSERT INTO idempotency_keys (id, tenant_id, member_id, fingerprint)
SELECT $2::uuid, m.tenant_id, m.id, $4::bytea FROM members m WHERE m.tenant_id = $1 AND m.id = $3
ON CONFLICT (tenant_id, id) DO NOTHING RETURNING id;

-- name: idempotency_key
-- What came of a request of this member's; nothing when the key was used for another.
SELECT ARRAY(SELECT jsonb_array_elements_text(answer)::uuid) AS answer FROM idempotency_keys
WHERE tenant_id = $1 AND id = $2 AND member_id = $3 AND fingerprint = $4;

-- name: answer_idempotency_key
-- What came of it.
UPDATE idempotency_keys SET answer = to_jsonb($3::uuid[]) WHERE tenant_id = $1 AND id = $2 RETURNING id;

-- name: conversation_page
-- A conversation as its screen shows it; nothing when its lead is a colleague's ($3: who looks; null: whoever sees all),
-- for a lead is whose latest conversation is.
SELECT c.id, c.lead_id, a.channel, c.status, c.assignee_id, COALESCE(m.name, '') AS holder, c.created_at, c.last_activity_at,
       c.waiting_since, c.waiting_until, c.asleep_until, c.closed_at, c.last_inbound_at, now() AS db_now,
       (SELECT min(x.created_at) FROM messages x
        WHERE x.tenant_id = c.tenant_id AND x.conversation_id = c.id AND x.direction = 'in' AND x.seq > COALESCE((
            SELECT max(o.seq) FROM messages o
            WHERE o.tenant_id = c.tenant_id AND o.conversation_id = c.id AND o.direction = 'out'
              AND o.status NOT IN ('internal', 'failed', 'cancelled')), 0)) AS unanswered_since
FROM conversations c
JOIN channel_accounts a ON a.tenant_id = c.tenant_id AND a.id = c.channel_account_id
LEFT JOIN members m ON m.tenant_id = c.tenant_id AND m.id = c.assignee_id
CROSS JOIN LATERAL (
    SELECT o.assignee_id FROM conversations o
    WHERE o.tenant_id = c.tenant_id AND o.lead_id = c.lead_id AND (o.status <> 'closed' OR o.status = 'closed')
    ORDER BY o.created_at DESC, o.id DESC LIMIT 1) latest
WHERE c.tenant_id = $1 AND c.id = $2 AND ($3::uuid IS NULL OR latest.assignee_id IS NULL OR latest.assignee_id = $3);

-- name: open_hand_off_of_conversation
-- Why people have it, or are to have it.
SELECT h.reason, h.summary, h.detail, h.created_at, m.name AS claimed_by
FROM hand_offs h LEFT JOIN members m ON m.tenant_id = h.tenant_id AND m.id = h.claimed_by
WHERE h.tenant_id = $1 AND h.conversation_id = $2 AND h.returned_at IS NULL ORDER BY h.created_at DESC LIMIT 1;

-- name: suggestion_of_conversation
-- What the AI was about to say when a person took over, in as many pieces as it was, as long as nothing was said since.
SELECT (array_agg(d.id ORDER BY d.seq))[1] AS id, string_agg(d.text, E'\n\n' ORDER BY d.seq) AS text
FROM messages d
WHERE d.tenant_id = $1 AND d.conversation_id = $2 AND d.purpose = 'suggestion' AND d.deleted_at IS NULL
  AND d.turn_id = (SELECT s.turn_id FROM messages s
                   WHERE s.tenant_id = $1 AND s.conversation_id = $2 AND s.purpose = 'suggestion' ORDER BY s.seq DESC LIMIT 1)
  AND NOT EXISTS (SELECT 1 FROM messages o
                  WHERE o.tenant_id = d.tenant_id AND o.conversation_id = d.conversation_id AND o.seq > d.seq
                    AND o.direction = 'out' AND o.status NOT IN ('internal', 'cancelled'))
HAVING count(*) > 0;

-- name: dismiss_suggestion
-- Nobody wants to say it.
UPDATE messages SET deleted_at = now()
WHERE tenant_id = $1 AND conversation_id = $2 AND purpose = 'suggestion' AND deleted_at IS NULL RETURNING id;

-- name: thread_after
-- At most $4 messages of a conversation after number $3, in order.
SELECT m.id, m.seq, m.direction, m.author, m.purpose, m.type, m.text, m.media, m.status, m.error_code, m.member_id,
       x.name AS member_name, m.created_at, m.delivered_at, m.read_at, m.edited_at, m.deleted_at, r.seq AS ref_seq, r.text AS ref_text
FROM messages m
LEFT JOIN members x ON x.tenant_id = m.tenant_id AND x.id = m.member_id
LEFT JOIN messages r ON r.tenant_id = m.tenant_id AND r.channel_account_id = m.channel_account_id AND r.external_id = m.ref_external_id
WHERE m.tenant_id = $1 AND m.conversation_id = $2 AND m.seq > $3 AND m.purpose IS DISTINCT FROM 'suggestion'
ORDER BY m.seq LIMIT $4;

-- name: thread_before
-- The same before it, last first.
SELECT m.id, m.seq, m.direction, m.author, m.purpose, m.type, m.text, m.media, m.status, m.error_code, m.member_id,
       x.name AS member_name, m.created_at, m.delivered_at, m.read_at, m.edited_at, m.deleted_at, r.seq AS ref_seq, r.text AS ref_text
FROM messages m
LEFT JOIN members x ON x.tenant_id = m.tenant_id AND x.id = m.member_id
LEFT JOIN messages r ON r.tenant_id = m.tenant_id AND r.channel_account_id = m.channel_account_id AND r.external_id = m.ref_external_id
WHERE m.tenant_id = $1 AND m.conversation_id = $2 AND m.seq < $3 AND m.purpose IS DISTINCT FROM 'suggestion'
ORDER BY m.seq DESC LIMIT $4;

-- name: settings_of_tenant
-- All that a business has set, and how often it was changed.
SELECT name, timezone, locale, debounce_seconds, settings, settings_version, ai_paused FROM tenants WHERE id = $1;

-- name: timezone_known
-- Whether the database can count in a time zone.
SELECT z.name FROM pg_timezone_names z JOIN tenants t ON t.id = $1 WHERE z.name = $2;

-- name: change_settings
-- A business sets anew all that it sets, unless somebody has changed it since version $2.
UPDATE tenants SET name = $3, timezone = $4, locale = $5, debounce_seconds = $6, settings = $7::jsonb
WHERE id = $1 AND settings_version = $2 RETURNING settings_version;

-- name: stages_of_tenant
-- The pipeline, in order.
SELECT key, name, position, min_score, outcome FROM stages WHERE tenant_id = $1 ORDER BY position, key;

-- name: lock_stages
-- The same, for this caller alone to change.
SELECT key FROM stages WHERE tenant_id = $1 ORDER BY key FOR UPDATE;

-- name: put_stages
-- The stages in $2 are as they stand there; a key that is not known is a new stage's.
INSERT INTO stages AS s (id, tenant_id, key, name, position, min_score, outcome)
SELECT uuid_v7(), t.id, r.key, r.name, r.position, r.min_score, r.outcome
FROM tenants t, jsonb_to_recordset($2::jsonb) AS r(key text, name text, position int, min_score int, outcome text)
WHERE t.id = $1
ON CONFLICT (tenant_id, key) DO UPDATE
SET name = EXCLUDED.name, position = EXCLUDED.position, min_score = EXCLUDED.min_score, outcome = EXCLUDED.outcome
RETURNING s.id;

-- name: remove_stages
-- These stages are no more.
DELETE FROM stages WHERE tenant_id = $1 AND key = ANY($2::text[]) RETURNING id;

-- name: move_leads
-- Every lead of stage $2 is in $3 from now on, and his way through the pipeline tells it.
WITH moved AS (UPDATE leads SET stage_key = $3::text WHERE tenant_id = $1 AND stage_key = $2 RETURNING id)
INSERT INTO stage_changes (id, tenant_id, lead_id, before, after, reason)
SELECT uuid_v7(), $1, m.id, $2, $3, 'stage_removed' FROM moved m RETURNING lead_id;

-- name: find_leads
-- Leads by what is asked of them ($1), in an order ($2), after the one that a page ended with ($3, $4), $5 of them.
SELECT lead_id, key FROM find_leads($1::jsonb, $2::text, $3::text, $4::uuid, $5::int);

-- name: count_leads
-- How many of them there are, by stage.
SELECT stage_key, leads FROM count_leads($1::jsonb);

-- name: board_leads
-- The first $2 of each stage, those with whom something was said last.
SELECT stage_key, lead_id, key FROM board_leads($1::jsonb, $2::int);

-- name: lead_rows
-- Leads as lists show them, in the order of $2. A lead is whose latest conversation is, and as that one stands.
SELECT l.id, l.name, l.phone, l.stage_key, l.score, l.tags, source_kind(l.source) AS source_kind, l.created_at,
       a.channel, COALESCE(c.last_activity_at, l.created_at) AS last_activity_at, left(said.text, 120) AS last_text,
       said.author AS last_author, c.id AS conversation_id, c.status AS conversation_status, c.assignee_id,
       c.asleep_until, x.name AS assignee_name, waits.since AS unanswered_since
FROM unnest($2::uuid[]) WITH ORDINALITY w(id, place)
JOIN leads l ON l.tenant_id = $1 AND l.id = w.id
LEFT JOIN LATERAL (
    SELECT o.* FROM conversations o
    WHERE o.tenant_id = l.tenant_id AND o.lead_id = l.id AND (o.status <> 'closed' OR o.status = 'closed')
    ORDER BY o.created_at DESC, o.id DESC LIMIT 1) c ON true
LEFT JOIN channel_accounts a ON a.tenant_id = c.tenant_id AND a.id = c.channel_account_id
LEFT JOIN members x ON x.tenant_id = c.tenant_id AND x.id = c.assignee_id
LEFT JOIN LATERAL (
    SELECT m.text, m.author FROM messages m
    WHERE m.tenant_id = c.tenant_id AND m.conversation_id = c.id AND m.status NOT IN ('internal', 'cancelled')
    ORDER BY m.seq DESC LIMIT 1) said ON true
LEFT JOIN LATERAL (
    SELECT min(m.created_at) AS since FROM messages m
    WHERE m.tenant_id = c.tenant_id AND m.conversation_id = c.id AND m.direction = 'in' AND m.seq > COALESCE((
        SELECT o.seq FROM messages o
        WHERE o.tenant_id = c.tenant_id AND o.conversation_id = c.id AND o.direction = 'out'
          AND o.status NOT IN ('internal', 'failed', 'cancelled') ORDER BY o.seq DESC LIMIT 1), 0)) waits ON true
ORDER BY w.place;

-- name: lead_page
-- What a lead's own page shows besides; nothing when he is a colleague's ($3: who looks; null: whoever sees all).
SELECT l.facts, l.source, l.opted_out_at, c.last_inbound_at
FROM leads l
LEFT JOIN LATERAL (
    SELECT o.assignee_id, o.last_inbound_at FROM conversations o
    WHERE o.tenant_id = l.tenant_id AND o.lead_id = l.id AND (o.status <> 'closed' OR o.status = 'closed')
    ORDER BY o.created_at DESC, o.id DESC LIMIT 1) c ON true
WHERE l.tenant_id = $1 AND l.id = $2 AND ($3::uuid IS NULL OR c.assignee_id IS NULL OR c.assignee_id = $3);

-- name: wish_standing
-- Since when the lead of a conversation is not to be written to unasked, and up to which message somebody beside the AI's turns listened.
SELECT l.opted_out_at AS left_since, c.heard_seq
FROM conversations c JOIN leads l ON l.tenant_id = c.tenant_id AND l.id = c.lead_id WHERE c.tenant_id = $1 AND c.id = $2;

-- name: due_hearings
-- Conversations whose leads said something that no turn hears, one tenant after the other.
SELECT d.tenant_id, d.id FROM (
    SELECT c.tenant_id, c.id, c.listen_due_at, row_number() OVER (PARTITION BY c.tenant_id ORDER BY c.listen_due_at) AS place
    FROM conversations c WHERE c.listen_due_at <= now()) d
ORDER BY d.place, d.listen_due_at LIMIT $1;

-- name: lock_unheard
-- One of them, for this caller alone; its lead before it, as webhooks lock them.
WITH lead AS MATERIALIZED (
    SELECT l.id FROM conversations o JOIN leads l ON l.tenant_id = o.tenant_id AND l.id = o.lead_id
    WHERE o.tenant_id = $1 AND o.id = $2 FOR NO KEY UPDATE OF l)
SELECT lead.id AS lead_id, c.heard_seq, c.inbound_seq, now() AS at
FROM lead CROSS JOIN conversations c WHERE c.tenant_id = $1 AND c.id = $2 AND c.listen_due_at <= now() FOR UPDATE OF c;

-- name: unheard_words
-- What the lead said after message $3, up to message $4, in order; $5 of it.
SELECT m.seq, m.text FROM messages m
WHERE m.tenant_id = $1 AND m.conversation_id = $2 AND m.seq > $3 AND m.seq <= $4 AND m.direction = 'in' AND m.text IS NOT NULL
ORDER BY m.seq LIMIT $5;

-- name: heard
-- Somebody has listened up to message $3; to what is behind it somebody listens next.
UPDATE conversations SET heard_seq = $3, listen_due_at = CASE WHEN inbound_seq > $3 THEN now() END
WHERE tenant_id = $1 AND id = $2 RETURNING id;

-- name: opt_out
-- He is left alone from now on; nothing when he is.
UPDATE leads SET opted_out_at = now() WHERE tenant_id = $1 AND id = $2 AND opted_out_at IS NULL RETURNING id;

-- name: opt_in
-- He may be written to again; nothing when he may.
UPDATE leads SET opted_out_at = NULL WHERE tenant_id = $1 AND id = $2 AND opted_out_at IS NOT NULL RETURNING id;

-- name: score_reasons
-- Why a lead's score is what it is, the newest first.
SELECT created_at AS at, before, after, reason FROM score_changes
WHERE tenant_id = $1 AND lead_id = $2 ORDER BY created_at DESC, id DESC LIMIT $3;

-- name: identities_of_lead
-- What channels call him; an address that means something to one account only is not shown twice.
SELECT DISTINCT kind, address FROM contact_identities WHERE tenant_id = $1 AND lead_id = $2 ORDER BY kind, address;

-- name: conversations_of_lead
-- All of them, the latest first.
SELECT c.id, a.channel, c.status, c.created_at AS opened_at, c.closed_at
FROM conversations c JOIN channel_accounts a ON a.tenant_id = c.tenant_id AND a.id = c.channel_account_id
WHERE c.tenant_id = $1 AND c.lead_id = $2 AND (c.status <> 'closed' OR c.status = 'closed')
ORDER BY c.created_at DESC, c.id DESC;

-- name: timeline_of_lead
-- What became of a lead, the newest first, before a moment ($3) and a place in it ($4); $5 of it. Each kind of thing is looked
-- for by its own index and no further than the page goes.
SELECT e.at, e.place, e.kind, e.text, e.before, e.after, e.member_name, e.reason, e.conversation_id FROM (
    (SELECT c.created_at AS at, 'o' || c.id AS place, 'conversation_opened' AS kind, NULL AS text, NULL AS before, NULL AS after,
            NULL AS member_name, NULL AS reason, c.id AS conversation_id
     FROM conversations c WHERE c.tenant_id = $1 AND c.lead_id = $2 AND (c.status <> 'closed' OR c.status = 'closed'))
    UNION ALL
    (SELECT c.closed_at, 'c' || c.id, 'conversation_closed', NULL, NULL, NULL, NULL, NULL, c.id
     FROM conversations c WHERE c.tenant_id = $1 AND c.lead_id = $2 AND c.status = 'closed' AND c.closed_at IS NOT NULL)
    UNION ALL
    (SELECT l.opted_out_at, 'x' || l.id, 'opted_out', NULL, NULL, NULL, NULL, NULL, NULL
     FROM leads l WHERE l.tenant_id = $1 AND l.id = $2 AND l.opted_out_at IS NOT NULL)
    UNION ALL
    (SELECT s.created_at, 's' || s.id, 'stage', NULL, s.before, s.after, NULL, s.reason, NULL
     FROM stage_changes s WHERE s.tenant_id = $1 AND s.lead_id = $2 AND s.created_at <= $3 AND (s.created_at, 's' || s.id) < ($3, $4)
     ORDER BY s.created_at DESC, s.id DESC LIMIT $5)
    UNION ALL
    (SELECT s.created_at, 'p' || s.id, 'score', NULL, s.before::text, s.after::text, NULL, s.reason, NULL
     FROM score_changes s WHERE s.tenant_id = $1 AND s.lead_id = $2 AND s.created_at <= $3 AND (s.created_at, 'p' || s.id) < ($3, $4)
     ORDER BY s.created_at DESC, s.id DESC LIMIT $5)
    UNION ALL
    (SELECT w.at, w.place, w.kind, w.text, NULL, NULL, w.member_name, w.reason, h.conversation_id
     FROM conversations c
     JOIN hand_offs h ON h.tenant_id = c.tenant_id AND h.conversation_id = c.id
     LEFT JOIN members m ON m.tenant_id = h.tenant_id AND m.id = h.claimed_by
     CROSS JOIN LATERAL (VALUES
         (h.created_at, 'h' || h.id, 'hand_off', h.summary, NULL, h.reason),
         (h.claimed_at, 't' || h.id, 'taken', NULL, m.name, NULL),
         (h.returned_at, 'r' || h.id, 'given_back', NULL, m.name, h.return_reason)) w(at, place, kind, text, member_name, reason)
     WHERE c.tenant_id = $1 AND c.lead_id = $2 AND (c.status <> 'closed' OR c.status = 'closed') AND w.at IS NOT NULL)
    UNION ALL
    (SELECT n.created_at, 'n' || n.id, 'note', n.text, NULL, NULL, x.name, NULL, n.conversation_id
     FROM conversations c
     JOIN messages n ON n.tenant_id = c.tenant_id AND n.conversation_id = c.id AND n.purpose = 'note'
     LEFT JOIN members x ON x.tenant_id = n.tenant_id AND x.id = n.member_id
     WHERE c.tenant_id = $1 AND c.lead_id = $2 AND (c.status <> 'closed' OR c.status = 'closed'))) e
WHERE (e.at, e.place) < ($3, $4)
ORDER BY e.at DESC, e.place DESC LIMIT $5;

-- name: put_data_request
-- What a lead asks of his data ($3), written down by whom ($4), at a moment ($5), to be answered by another ($6); nothing while the same
-- is open already.
INSERT INTO data_requests (id, tenant_id, lead_id, kind, origin, asked_at, due_at)
SELECT uuid_v7(), l.tenant_id, l.id, $3, $4, $5, $6 FROM leads l WHERE l.tenant_id = $1 AND l.id = $2
ON CONFLICT (tenant_id, lead_id, kind) WHERE state = 'open' DO NOTHING RETURNING id;

-- name: open_data_request
-- Until when what he asks of this kind is to be answered, if he has asked.
SELECT r.id, r.due_at FROM data_requests r WHERE r.tenant_id = $1 AND r.lead_id = $2 AND r.kind = $3 AND r.state = 'open';

-- name: data_requests_page
-- What was asked, what is open first and by its term, then the latest; those of one lead ($2) where one is named; $3 of them.
SELECT r.id, r.lead_id, r.kind, r.origin, r.asked_at, r.due_at, r.state, r.reason, r.closed_at, m.name AS closed_by, l.name, l.phone,
       l.id IS NOT NULL AS lead_is_there, c.id AS conversation_id
FROM data_requests r
LEFT JOIN leads l ON l.tenant_id = r.tenant_id AND l.id = r.lead_id
LEFT JOIN conversations c ON c.tenant_id = r.tenant_id AND c.lead_id = r.lead_id AND c.is_latest AND (c.status <> 'closed' OR c.status = 'closed')
LEFT JOIN members m ON m.tenant_id = r.tenant_id AND m.id = r.closed_by
WHERE r.tenant_id = $1 AND ($2::uuid IS NULL OR r.lead_id = $2)
ORDER BY r.state <> 'open', CASE WHEN r.state = 'open' THEN r.due_at END, r.asked_at DESC, r.id LIMIT $3;

-- name: data_request
-- One that is open, with whoever asks.
SELECT r.id, r.lead_id, r.kind, r.due_at, r.due_at <= now() AS overdue, l.name, l.phone
FROM data_requests r JOIN leads l ON l.tenant_id = r.tenant_id AND l.id = r.lead_id
WHERE r.tenant_id = $1 AND r.id = $2 AND r.state = 'open';

-- name: close_data_request
-- It is answered so ($3), by whom ($4), and why if it is not done ($5); nothing when it was.
UPDATE data_requests SET state = $3, closed_at = now(), closed_by = $4, reason = $5
WHERE tenant_id = $1 AND id = $2 AND state = 'open' RETURNING id, lead_id, kind;

-- name: answer_data_requests
-- What a lead asks of this kind ($3) is done, by whom ($4).
UPDATE data_requests SET state = 'done', closed_at = now(), closed_by = $4
WHERE tenant_id = $1 AND lead_id = $2 AND kind = $3 AND state = 'open' RETURNING id;

-- name: data_requests_to_tell
-- Open ones whose term ends within $3 of a moment ($2), or is over by then, of which admins were not told yet; $4 of them.
SELECT r.id, r.due_at <= $2 AS overdue, now() AS at FROM data_requests r
WHERE r.tenant_id = $1 AND r.state = 'open' AND r.due_at <= $2::timestamptz + $3::interval
  AND CASE WHEN r.due_at <= $2 THEN r.overdue_told_at ELSE r.reminded_at END IS NULL
ORDER BY r.due_at, r.id LIMIT $4 FOR UPDATE;

-- name: data_request_told
-- Admins are told that its term nears its end, or ($3) that it is over.
UPDATE data_requests SET reminded_at = COALESCE(reminded_at, now()), overdue_told_at = CASE WHEN $3 THEN now() END
WHERE tenant_id = $1 AND id = $2 RETURNING id;

-- name: forget_requests
-- That leads asked, and when, stays; in nobody's words. Who asked to be erased has what he asked, what else was asked has come to nothing.
UPDATE data_requests r SET reason = NULL, closed_at = COALESCE(r.closed_at, now()),
    state = CASE WHEN r.state <> 'open' THEN r.state WHEN r.kind = 'erasure' THEN 'done' ELSE 'lapsed' END
WHERE r.tenant_id = $1 AND r.lead_id = ANY ($2::uuid[]) RETURNING r.id, r.lead_id;

-- name: archive_lead
-- What is known of a lead himself.
SELECT l.id, l.name, l.phone, l.created_at AS first_seen_at, l.source, l.stage_key AS stage, s.name AS stage_name, l.score, l.tags, l.facts,
       l.opted_out_at
FROM leads l LEFT JOIN stages s ON s.tenant_id = l.tenant_id AND s.key = l.stage_key
WHERE l.tenant_id = $1 AND l.id = $2;

-- name: archive_identities
-- What channels call him; an address that means something to one account only is named with its channel.
SELECT i.kind, i.address, a.channel, i.created_at AS known_since
FROM contact_identities i LEFT JOIN channel_accounts a ON a.tenant_id = i.tenant_id AND a.id::text = i.scope
WHERE i.tenant_id = $1 AND i.lead_id = $2 ORDER BY i.created_at, i.id;

-- name: archive_months
-- The months in which he was counted among those whom the business had to do with.
SELECT to_char(m.month, 'YYYY-MM') AS month, m.created_at AS counted_at
FROM lead_months m WHERE m.tenant_id = $1 AND m.lead_id = $2 ORDER BY m.month;

-- name: archive_wishes
-- What he wanted of being written to unasked, the oldest first, and whether he said so himself.
SELECT a.created_at AS at, CASE a.action WHEN 'lead.opted_out' THEN 'leave' ELSE 'return' END AS wish, a.details ->> 'said' AS said
FROM audit_log a
WHERE a.tenant_id = $1 AND a.subject = $2::uuid::text AND a.action IN ('lead.opted_out', 'lead.opted_in') ORDER BY a.number;

-- name: archive_notices
-- Messages that led him to the privacy notice: those with one of these texts ($3) in them.
SELECT m.id AS message_id, m.created_at AS at, m.status, m.delivered_at, m.read_at
FROM conversations c JOIN messages m ON m.tenant_id = c.tenant_id AND m.conversation_id = c.id
WHERE c.tenant_id = $1 AND c.lead_id = $2 AND (c.status <> 'closed' OR c.status = 'closed') AND m.direction = 'out'
  AND EXISTS (SELECT 1 FROM unnest($3::text[]) n WHERE n <> '' AND position(n IN m.text) > 0)
ORDER BY m.created_at, m.id;

-- name: archive_conversations
-- His conversations, the oldest first.
SELECT c.id, a.channel, c.reply_address AS address, c.status, x.name AS with_member, c.created_at AS opened_at, c.last_activity_at, c.closed_at,
       c.message_seq AS messages
FROM conversations c JOIN channel_accounts a ON a.tenant_id = c.tenant_id AND a.id = c.channel_account_id
LEFT JOIN members x ON x.tenant_id = c.tenant_id AND x.id = c.assignee_id
WHERE c.tenant_id = $1 AND c.lead_id = $2 AND (c.status <> 'closed' OR c.status = 'closed') ORDER BY c.created_at, c.id;

-- name: archive_messages
-- All that was said with him and written down about him. What a message answers is named only where that is a message of his own
-- conversations.
SELECT m.id, m.conversation_id, m.seq AS number, m.created_at AS at, m.direction, m.author, x.name AS member, m.purpose, m.type, m.text,
       m.media IS NOT NULL AS has_media, r.id AS answers, m.status, m.provider_ts AS sent_by_provider_at, m.sent_at, m.delivered_at, m.read_at,
       m.edited_at, m.deleted_at, m.error_code, m.turn_id AS decision_id
FROM conversations c JOIN messages m ON m.tenant_id = c.tenant_id AND m.conversation_id = c.id
LEFT JOIN members x ON x.tenant_id = m.tenant_id AND x.id = m.member_id
LEFT JOIN messages r ON r.tenant_id = m.tenant_id AND r.channel_account_id = m.channel_account_id AND r.external_id = m.ref_external_id
                    AND r.lead_id = c.lead_id
WHERE c.tenant_id = $1 AND c.lead_id = $2 AND (c.status <> 'closed' OR c.status = 'closed') ORDER BY c.created_at, c.id, m.seq;

-- name: archive_media
-- Files of his conversations: what they are, and by which name the provider keeps them. Addresses carry keys of the business's, and expire.
SELECT m.id AS message_id, m.conversation_id, m.created_at AS at, m.direction, m.type, m.media ->> 'mime_type' AS mime_type,
       m.media ->> 'filename' AS filename, m.media ->> 'id' AS provider_id, NULL AS file
FROM conversations c JOIN messages m ON m.tenant_id = c.tenant_id AND m.conversation_id = c.id
WHERE c.tenant_id = $1 AND c.lead_id = $2 AND (c.status <> 'closed' OR c.status = 'closed') AND m.media IS NOT NULL
ORDER BY c.created_at, c.id, m.seq;

-- name: archive_hand_offs
-- When the AI gave him to people: why, who took him, when he was given back.
SELECT h.id, h.conversation_id, h.created_at AS at, h.reason, h.detail, h.summary, x.name AS taken_by, h.claimed_at AS taken_at, h.returned_at,
       h.return_reason, h.turn_id AS decision_id
FROM conversations c JOIN hand_offs h ON h.tenant_id = c.tenant_id AND h.conversation_id = c.id
LEFT JOIN members x ON x.tenant_id = h.tenant_id AND x.id = h.claimed_by
WHERE c.tenant_id = $1 AND c.lead_id = $2 AND (c.status <> 'closed' OR c.status = 'closed') ORDER BY h.created_at, h.id;

-- name: archive_decisions
-- What was decided about him without a person: what the model said, and what was found of his words and its answer.
SELECT t.id, t.conversation_id, t.created_at AS at, t.from_seq AS from_number, t.to_seq AS to_number, t.outcome, t.decision,
       t.verdicts -> 'guard' ->> 'verdict' AS words_verdict, t.verdicts -> 'reply' ->> 'verdict' AS answer_verdict
FROM conversations c JOIN turns t ON t.tenant_id = c.tenant_id AND t.conversation_id = c.id
WHERE c.tenant_id = $1 AND c.lead_id = $2 AND (c.status <> 'closed' OR c.status = 'closed') ORDER BY t.created_at, t.id;

-- name: archive_model_calls
-- Which model was asked about him, when, for what, and how that ended.
SELECT k.id, k.turn_id AS decision_id, k.conversation_id, k.created_at AS at, k.purpose, k.model, k.outcome
FROM conversations c JOIN ai_calls k ON k.tenant_id = c.tenant_id AND k.conversation_id = c.id
WHERE c.tenant_id = $1 AND c.lead_id = $2 AND (c.status <> 'closed' OR c.status = 'closed') ORDER BY k.created_at, k.id;

-- name: archive_incidents
-- What was caught in his conversations, by which layer, and whether a person found it was none.
SELECT i.id, i.conversation_id, i.turn_id AS decision_id, i.created_at AS at, i.layer, i.verdict, i.false_positive
FROM conversations c JOIN security_incidents i ON i.tenant_id = c.tenant_id AND i.conversation_id = c.id
WHERE c.tenant_id = $1 AND c.lead_id = $2 AND (c.status <> 'closed' OR c.status = 'closed') ORDER BY i.created_at, i.id;

-- name: archive_scores
-- How he was rated, and why.
SELECT s.created_at AS at, s.before, s.after, s.reason, s.turn_id AS decision_id
FROM score_changes s WHERE s.tenant_id = $1 AND s.lead_id = $2 ORDER BY s.created_at, s.id;

-- name: archive_stages
-- His way through the pipeline.
SELECT s.created_at AS at, s.before, s.after, s.reason
FROM stage_changes s WHERE s.tenant_id = $1 AND s.lead_id = $2 ORDER BY s.created_at, s.id;

-- name: archive_deeds
-- What members, operators and the product did with him or his conversations, by the names that members go by.
SELECT a.created_at AS at, a.action, COALESCE(x.name, CASE WHEN a.actor LIKE 'member:%' THEN 'member' ELSE a.actor END) AS who
FROM audit_log a LEFT JOIN members x ON x.tenant_id = a.tenant_id AND 'member:' || x.id = a.actor
WHERE a.tenant_id = $1 AND (a.subject = $2::uuid::text OR a.subject IN (
    SELECT c.id::text FROM conversations c
    WHERE c.tenant_id = $1 AND c.lead_id = $2 AND (c.status <> 'closed' OR c.status = 'closed')))
ORDER BY a.number;

-- name: archive_follow_ups
-- When he was written to unasked, or was to be, and what became of it.
SELECT f.id, f.conversation_id, f.step, f.kind, f.silent_since, f.due_at, f.state, f.reason, f.message_id, f.sent_at, f.answered_at
FROM follow_ups f WHERE f.tenant_id = $1 AND f.lead_id = $2 ORDER BY f.created_at, f.id;

-- name: archive_requests
-- What he asked of his data, and what became of it.
SELECT r.id, r.kind, r.origin, r.asked_at, r.due_at, r.state, r.reason, r.closed_at, m.name AS closed_by
FROM data_requests r LEFT JOIN members m ON m.tenant_id = r.tenant_id AND m.id = r.closed_by
WHERE r.tenant_id = $1 AND r.lead_id = $2 ORDER BY r.asked_at, r.id;

-- name: lead_to_forget
-- What a lead is called, if there is such a lead.
SELECT l.name FROM leads l WHERE l.tenant_id = $1 AND l.id = $2;

-- name: names_of_lead
-- What channels call a lead.
SELECT i.kind::text AS kind, i.match_key, i.address FROM contact_identities i WHERE i.tenant_id = $1 AND i.lead_id = $2
ORDER BY i.kind, i.match_key;

-- name: conversation_ids_of_lead
-- A lead's conversations, open and closed: each condition has an index of its own.
SELECT c.id FROM conversations c
WHERE c.tenant_id = $1 AND c.lead_id = $2 AND (c.status <> 'closed' OR c.status = 'closed') ORDER BY c.id;

-- name: lock_leads_to_forget
-- Nobody adds anything to these leads until the transaction ends. Comes after their conversations: whoever has one may add to its lead.
SELECT l.id FROM leads l WHERE l.tenant_id = $1 AND l.id = ANY ($2::uuid[]) ORDER BY l.id FOR UPDATE;

-- name: lock_conversations_of_lead
-- His conversations, in the order in which everybody locks them.
SELECT c.id FROM conversations c
WHERE c.tenant_id = $1 AND c.lead_id = $2 AND (c.status <> 'closed' OR c.status = 'closed') ORDER BY c.id FOR UPDATE;

-- name: take_back_shown
-- What chats show of leads ($3) and their conversations ($2) is to go, on account of an erasure ($4): their topics, then single messages,
-- each once; also what admins were told of their requests.
WITH shown AS (
    SELECT p.chat_ref, p.number FROM telegram_posts p
    WHERE p.tenant_id = $1 AND p.kind <> 'take_back' AND p.number IS NOT NULL AND (p.conversation_id = ANY ($2::uuid[])
        OR p.subject_id IN (SELECT m.id FROM messages m WHERE m.tenant_id = $1 AND m.conversation_id = ANY ($2::uuid[]))
        OR p.subject_id IN (SELECT h.id FROM hand_offs h WHERE h.tenant_id = $1 AND h.conversation_id = ANY ($2::uuid[]))
        OR p.subject_id IN (SELECT n.id FROM notifications n JOIN data_requests r ON r.tenant_id = $1 AND r.id = n.subject_id
                            WHERE n.tenant_id = $1 AND r.lead_id = ANY ($3::uuid[])))
    UNION
    SELECT t.chat_ref, t.number FROM telegram_messages t WHERE t.tenant_id = $1 AND t.conversation_id = ANY ($2::uuid[]))
INSERT INTO telegram_posts (id, tenant_id, chat_ref, kind, subject_id, payload, thread_id, number, due_at)
SELECT uuid_v7(), $1, x.chat_ref, 'take_back', uuid_v7(), jsonb_build_object('erasure', $4::uuid), x.thread_id, x.number, now()
FROM (SELECT t.chat_ref, t.thread_id, NULL::bigint AS number FROM telegram_topics t WHERE t.tenant_id = $1 AND t.lead_id = ANY ($3::uuid[])
      UNION ALL SELECT s.chat_ref, NULL, s.number FROM shown s) x
ORDER BY x.number DESC NULLS FIRST
RETURNING id;

-- name: tell_left
-- Once all that an erasure ($2) takes out of chats was tried, admins are told how much is left there, if anything.
INSERT INTO notifications (id, tenant_id, kind, subject_id, payload, due_at)
SELECT $2::uuid, $1::uuid, 'erasure_left', $2::uuid, jsonb_build_object('left', tried.kept), now()
FROM (SELECT count(*) FILTER (WHERE p.due_at IS NOT NULL) AS due, count(*) FILTER (WHERE p.shown = 'left') AS kept FROM telegram_posts p
      WHERE p.tenant_id = $1 AND p.kind = 'take_back' AND p.payload ->> 'erasure' = $2::uuid::text) tried
WHERE tried.due = 0 AND tried.kept > 0
ON CONFLICT DO NOTHING RETURNING id;

-- name: forget_posts_about
-- What chats show, or were to show, of conversations: cards, words, ticks, notices and answers.
DELETE FROM telegram_posts p
WHERE p.tenant_id = $1 AND (p.conversation_id = ANY ($2::uuid[]) OR p.subject_id = ANY ($2::uuid[])
    OR p.subject_id IN (SELECT m.id FROM messages m WHERE m.tenant_id = $1 AND m.conversation_id = ANY ($2::uuid[]))
    OR p.subject_id IN (SELECT h.id FROM hand_offs h WHERE h.tenant_id = $1 AND h.conversation_id = ANY ($2::uuid[])))
RETURNING p.id;

-- name: forget_meanings
-- What messages of Telegram about conversations mean.
DELETE FROM telegram_messages t WHERE t.tenant_id = $1 AND t.conversation_id = ANY ($2::uuid[]) RETURNING t.id;

-- name: forget_active
-- Nobody writes there without replying to anything any more.
UPDATE members SET active_conversation_id = NULL
WHERE tenant_id = $1 AND active_conversation_id = ANY ($2::uuid[]) RETURNING id;

-- name: forget_notifications
-- What the team was to be told about conversations.
DELETE FROM notifications n
WHERE n.tenant_id = $1 AND (n.subject_id = ANY ($2::uuid[])
    OR n.subject_id IN (SELECT m.id FROM messages m WHERE m.tenant_id = $1 AND m.conversation_id = ANY ($2::uuid[]))
    OR n.subject_id IN (SELECT h.id FROM hand_offs h WHERE h.tenant_id = $1 AND h.conversation_id = ANY ($2::uuid[])))
RETURNING n.id;

-- name: forget_letters
-- What was given up in conversations, and that the team was told so.
WITH gone AS (
    DELETE FROM dead_letters d
    WHERE d.tenant_id = $1 AND (d.subject_id = ANY ($2::uuid[])
        OR d.subject_id IN (SELECT m.id FROM messages m WHERE m.tenant_id = $1 AND m.conversation_id = ANY ($2::uuid[]))
        OR d.subject_id IN (SELECT h.id FROM hand_offs h WHERE h.tenant_id = $1 AND h.conversation_id = ANY ($2::uuid[])))
    RETURNING d.id),
told AS (DELETE FROM notifications n USING gone g WHERE n.tenant_id = $1 AND n.subject_id = g.id)
SELECT g.id FROM gone g;

-- name: forget_receipts
-- Delivery statuses that were faster than the sending of messages in conversations.
DELETE FROM early_receipts r USING messages m
WHERE m.tenant_id = $1 AND m.conversation_id = ANY ($2::uuid[]) AND r.tenant_id = $1
  AND r.channel_account_id = m.channel_account_id AND r.external_id = m.external_id RETURNING r.id;

-- name: forget_turns
-- What the AI decided in conversations, and what it was asked.
DELETE FROM turns t WHERE t.tenant_id = $1 AND t.conversation_id = ANY ($2::uuid[]) RETURNING t.id;

-- name: forget_hand_offs
-- Hand-offs of conversations, with their summaries.
DELETE FROM hand_offs h WHERE h.tenant_id = $1 AND h.conversation_id = ANY ($2::uuid[]) RETURNING h.id, h.conversation_id;

-- name: forget_digests
-- What conversations are found by.
DELETE FROM conversation_digests d WHERE d.tenant_id = $1 AND d.conversation_id = ANY ($2::uuid[]) RETURNING d.id;

-- name: forget_follow_ups
-- What was said in conversations unasked, or was to be.
DELETE FROM follow_ups f WHERE f.tenant_id = $1
AND f.lead_id IN (SELECT c.lead_id FROM conversations c WHERE c.tenant_id = $1 AND c.id = ANY ($2::uuid[])) RETURNING f.id;

-- name: forget_messages
-- Everything that was said in conversations, and what never left: notes and suggestions.
DELETE FROM messages m WHERE m.tenant_id = $1 AND m.conversation_id = ANY ($2::uuid[]) RETURNING m.id, m.conversation_id;

-- name: forget_conversations
-- The conversations themselves.
DELETE FROM conversations c WHERE c.tenant_id = $1 AND c.id = ANY ($2::uuid[]) RETURNING c.id;

-- name: forget_topics
-- Which topics are leads'.
DELETE FROM telegram_topics t WHERE t.tenant_id = $1 AND t.lead_id = ANY ($2::uuid[]) RETURNING t.id;

-- name: forget_scores
-- Why leads' scores were what they were.
DELETE FROM score_changes s WHERE s.tenant_id = $1 AND s.lead_id = ANY ($2::uuid[]) RETURNING s.id;

-- name: forget_stages
-- Leads' ways through the pipeline.
DELETE FROM stage_changes s WHERE s.tenant_id = $1 AND s.lead_id = ANY ($2::uuid[]) RETURNING s.id;

-- name: forget_months
-- In which months leads were counted; how many were, stays in usage_months.
DELETE FROM lead_months m WHERE m.tenant_id = $1 AND m.lead_id = ANY ($2::uuid[]) RETURNING m.id;

-- name: forget_identities
-- What channels call leads: whoever writes under these names is somebody new.
DELETE FROM contact_identities i WHERE i.tenant_id = $1 AND i.lead_id = ANY ($2::uuid[]) RETURNING i.id;

-- name: forget_leads
-- Leads themselves.
DELETE FROM leads l WHERE l.tenant_id = $1 AND l.id = ANY ($2::uuid[]) RETURNING l.id;

-- name: loosen_calls
-- What was spent stays; on whom does not.
UPDATE ai_calls SET conversation_id = NULL, turn_id = NULL, request_id = ''
WHERE tenant_id = $1 AND conversation_id = ANY ($2::uuid[]) RETURNING id;

-- name: loosen_incidents
-- That something was caught stays; with whom does not.
UPDATE security_incidents SET conversation_id = NULL, turn_id = NULL
WHERE tenant_id = $1 AND conversation_id = ANY ($2::uuid[]) RETURNING id;

-- name: forget_replies_naming
-- Notices and answers to the team in which any of these names stands.
DELETE FROM telegram_posts p
WHERE p.tenant_id = $1 AND p.kind IN ('notice', 'reply')
  AND EXISTS (SELECT 1 FROM unnest($2::text[]) n WHERE position(n IN p.payload::text) > 0) RETURNING p.id;

-- name: forget_updates_naming
-- Updates of Telegram that were given up, and in which any of these words stands, are empty from now on.
UPDATE telegram_updates u SET body = ''
WHERE u.done_at IS NOT NULL AND u.body <> '' AND EXISTS (SELECT 1 FROM unnest($1::bytea[]) n WHERE position(n IN u.body) > 0) RETURNING u.id;

-- name: forget_raw_events
-- The page of $6 raw events behind a key ($2 to $5): those with one of the names ($7) in the body lose it, with the fetches and
-- receipts of the same messages; those with a name in the key itself go. Back comes how many were seen, and the last key.
WITH page AS MATERIALIZED (
    SELECT r.channel_account_id, r.kind, r.external_id, r.variant,
           EXISTS (SELECT 1 FROM unnest($7::text[]) n WHERE position(n IN r.external_id || ' ' || r.variant) > 0) AS keyed,
           EXISTS (SELECT 1 FROM unnest($8::bytea[]) n WHERE position(n IN r.body) > 0) AS told
    FROM raw_events r
    WHERE r.tenant_id = $1 AND (r.channel_account_id, r.kind, r.external_id, r.variant) > ($2, $3, $4, $5)
    ORDER BY r.channel_account_id, r.kind, r.external_id, r.variant LIMIT $6),
emptied AS (
    UPDATE raw_events r SET body = '' FROM page p
    WHERE p.told AND NOT p.keyed AND r.tenant_id = $1 AND r.channel_account_id = p.channel_account_id AND r.kind = p.kind
      AND r.external_id = p.external_id AND r.variant = p.variant),
gone AS (
    DELETE FROM raw_events r USING page p
    WHERE p.keyed AND r.tenant_id = $1 AND r.channel_account_id = p.channel_account_id AND r.kind = p.kind
      AND r.external_id = p.external_id AND r.variant = p.variant),
unfetched AS (
    DELETE FROM message_fetches f USING page p
    WHERE (p.told OR p.keyed) AND f.tenant_id = $1 AND f.channel_account_id = p.channel_account_id AND f.external_id = p.external_id),
unreceived AS (
    DELETE FROM early_receipts e USING page p
    WHERE (p.told OR p.keyed) AND e.tenant_id = $1 AND e.channel_account_id = p.channel_account_id AND e.external_id = p.external_id)
SELECT count(*) OVER ()::int AS seen, p.channel_account_id AS account, p.kind::text AS kind, p.external_id, p.variant
FROM page p ORDER BY p.channel_account_id DESC, p.kind DESC, p.external_id DESC, p.variant DESC LIMIT 1;

-- name: put_erasure
-- A lead was forgotten; no row when that is known.
INSERT INTO erasures (id, tenant_id, lead_id, erased_at) SELECT $2, t.id, $3, $4 FROM tenants t WHERE t.id = $1
ON CONFLICT DO NOTHING RETURNING id;

-- name: known_erasures
-- Which of these were carried out here.
SELECT e.id FROM erasures e WHERE e.tenant_id = $1 AND e.id = ANY ($2::uuid[]);

-- name: erasures_of_tenant
-- All that were carried out here, the oldest first.
SELECT e.id FROM erasures e WHERE e.tenant_id = $1 ORDER BY e.erased_at, e.id;

-- name: all_tenants
-- Every tenant's id.
SELECT t.id FROM tenants t ORDER BY t.id;

-- name: audit_faults
-- At most $2 entries of a tenant's audit log that do not follow the one before; the first follows what was taken before it.
SELECT x.number, x.fault FROM (
    SELECT a.number, CASE
        WHEN a.number <> COALESCE(lag(a.number) OVER w, b.number, 0) + 1 THEN 'follows one that is gone'
        WHEN a.hash IS DISTINCT FROM audit_hash(COALESCE(lag(a.hash) OVER w, b.hash, ''), a) THEN 'was changed, or the one before it' END AS fault
    FROM audit_log a LEFT JOIN LATERAL (
        SELECT c.number, c.hash FROM audit_anchors c WHERE c.tenant_id = $1 ORDER BY c.number DESC LIMIT 1) b ON true
    WHERE a.tenant_id = $1 WINDOW w AS (ORDER BY a.number)) x
WHERE x.fault IS NOT NULL ORDER BY x.number LIMIT $2;

-- name: audit_hashes
-- What these entries of a tenant's audit log bear, or bore when they were taken.
SELECT a.number, a.hash FROM audit_log a WHERE a.tenant_id = $1 AND a.number = ANY ($2::bigint[])
UNION ALL SELECT c.number, c.hash FROM audit_anchors c WHERE c.tenant_id = $1 AND c.number = ANY ($2::bigint[]);

-- name: audit_anchor
-- The last entry that was taken from the old end of a tenant's audit log.
SELECT c.number FROM audit_anchors c WHERE c.tenant_id = $1 ORDER BY c.number DESC LIMIT 1;

-- name: audit_end
-- The last entry of a tenant's audit log.
SELECT a.number, a.hash, a.created_at FROM audit_log a WHERE a.tenant_id = $1 ORDER BY a.number DESC LIMIT 1;

-- name: tenants_here
-- Which of these tenants this database has.
SELECT t.id FROM tenants t WHERE t.id = ANY ($1::uuid[]) ORDER BY t.id;

-- name: lock_lead
-- A lead as he stands, until the transaction ends; nothing when he is a colleague's ($3: who acts; null: whoever may all).
SELECT l.name, l.tags, l.facts, l.stage_key FROM leads l
WHERE l.tenant_id = $1 AND l.id = $2 AND ($3::uuid IS NULL OR NOT EXISTS (
    SELECT 1 FROM (
        SELECT o.assignee_id FROM conversations o
        WHERE o.tenant_id = l.tenant_id AND o.lead_id = l.id AND (o.status <> 'closed' OR o.status = 'closed')
        ORDER BY o.created_at DESC, o.id DESC LIMIT 1) c
    WHERE c.assignee_id <> $3))
FOR NO KEY UPDATE OF l;

-- name: edit_lead
-- What a member knows of a lead.
UPDATE leads SET name = $3, tags = $4::jsonb, facts = $5::jsonb WHERE tenant_id = $1 AND id = $2 RETURNING id;

-- name: move_lead
-- A lead goes to a stage that there is, moved by a member.
WITH moved AS (
    UPDATE leads l SET stage_key = s.key FROM stages s
    WHERE l.tenant_id = $1 AND l.id = $2 AND s.tenant_id = $1 AND s.key = $3 RETURNING l.id, s.key)
INSERT INTO stage_changes (id, tenant_id, lead_id, before, after, reason)
SELECT uuid_v7(), $1, m.id, $4, m.key, 'member' FROM moved m RETURNING id;

-- name: tags_in_use
-- The most used first.
SELECT t.tag FROM leads l, jsonb_array_elements_text(l.tags) t(tag)
WHERE l.tenant_id = $1 AND l.tags <> '[]' GROUP BY t.tag ORDER BY count(*) DESC, t.tag LIMIT $2;

-- name: dashboard_now
-- How the tenant stands this moment, and this month of its own time zone.
SELECT t.timezone, (SELECT p.leads FROM plans p WHERE p.key = t.plan) AS plan_leads, (now() AT TIME ZONE t.timezone)::date AS today,
       COALESCE(u.leads, 0) AS leads_month,
       COALESCE(u.ai_cost_micros, 0) AS cost_month,
       (SELECT count(*) FROM leads l WHERE l.tenant_id = t.id
        AND l.created_at >= date_trunc('day', now() AT TIME ZONE t.timezone) AT TIME ZONE t.timezone) AS leads_today,
       (SELECT count(*) FROM conversations c WHERE c.tenant_id = t.id AND c.status <> 'closed') AS open_conversations,
       w.waiting, w.since
FROM tenants t
LEFT JOIN usage_months u ON u.tenant_id = t.id AND u.month = date_trunc('month', now() AT TIME ZONE t.timezone)::date
CROSS JOIN LATERAL (
    SELECT count(*) AS waiting, min(c.waiting_since) AS since FROM conversations c
    WHERE c.tenant_id = t.id AND c.status = 'waiting_human' AND c.asleep_until IS NULL) w
WHERE t.id = $1;

-- name: day_of_tenant
-- Which day it is by its clocks.
SELECT t.timezone, (now() AT TIME ZONE t.timezone)::date AS today FROM tenants t WHERE t.id = $1;

-- name: dashboard_uncounted
-- Conversations that no figure of a time knows yet: their words have not settled, or are about to be counted.
WITH recent AS MATERIALIZED (
    SELECT c.id FROM conversations c
    WHERE c.tenant_id = $1
      AND c.last_activity_at >= COALESCE((SELECT k.upto FROM digest_marks k WHERE k.tenant_id = $1), '-infinity'))
SELECT count(*) AS conversations FROM recent r
LEFT JOIN LATERAL (    -- LIMIT: one by one, for they are few beside all that is counted
    SELECT true AS is_counted FROM conversation_digests d WHERE d.tenant_id = $1 AND d.conversation_id = r.id LIMIT 1) d ON true
WHERE d.is_counted IS NULL
HAVING count(*) > 0;

-- name: dashboard_leads
-- Leads that came since the beginning of a day ($3) in a time zone ($2), by day, by what brought them, by where they are now.
SELECT grouping(l.day, l.source, l.stage) AS by, l.day, l.source, l.stage, sum(l.leads)::bigint AS leads
FROM (SELECT (x.created_at AT TIME ZONE $2)::date AS day, x.brought_by AS source, x.stage_key AS stage, count(*) AS leads
      FROM leads x WHERE x.tenant_id = $1 AND x.created_at >= $3::date::timestamp AT TIME ZONE $2 GROUP BY 1, 2, 3) l
GROUP BY GROUPING SETS ((l.day), (l.source), (l.stage));

-- name: dashboard_funnel
-- How many of the leads that came since then ever came to each open stage, or to one behind it, and to those that are won; whoever was
-- won has passed all open ones. Stages that are no more do not count, nor does who took which way: forth, back, or past some.
WITH steps AS MATERIALIZED (
    SELECT s.key, s.name, s.position, s.min_score, s.outcome, row_number() OVER (ORDER BY s.outcome = 'won', s.position, s.key) AS step
    FROM stages s WHERE s.tenant_id = $1 AND s.outcome <> 'lost'),
came AS MATERIALIZED (
    SELECT l.id, l.stage_key FROM leads l WHERE l.tenant_id = $1 AND l.created_at >= $3::date::timestamp AT TIME ZONE $2),
was AS (
    SELECT c.id, c.stage_key AS key FROM came c
    UNION ALL
    SELECT c.id, passed.key
    FROM came c JOIN stage_changes h ON h.tenant_id = $1 AND h.lead_id = c.id, LATERAL (VALUES (h.before), (h.after)) passed (key)),
far AS (SELECT max(COALESCE(s.step, 1)) AS step FROM was w LEFT JOIN steps s ON s.key = w.key GROUP BY w.id),
ended AS (SELECT f.step, count(*) AS leads FROM far f GROUP BY f.step)
SELECT s.key, s.name, s.position, s.min_score, s.outcome, COALESCE((SELECT sum(e.leads) FROM ended e WHERE e.step >= s.step), 0)::bigint AS leads
FROM steps s ORDER BY s.step;

-- name: dashboard_conversations
-- The same of conversations that were begun since then, by day and by channel; ``leads`` are those who came with them.
SELECT grouping(d.day, d.account) AS by, d.day, a.channel, sum(d.conversations)::bigint AS conversations, sum(d.leads)::bigint AS leads
FROM (SELECT (x.opened_at AT TIME ZONE $2)::date AS day, x.channel_account_id AS account, count(*) AS conversations,
             count(*) FILTER (WHERE x.first_of_lead) AS leads
      FROM conversation_digests x WHERE x.tenant_id = $1 AND x.opened_at >= $3::date::timestamp AT TIME ZONE $2 GROUP BY 1, 2) d
LEFT JOIN channel_accounts a ON a.tenant_id = $1 AND a.id = d.account
GROUP BY GROUPING SETS ((d.day), (d.account, a.channel));

-- name: dashboard_answers
-- Who answered in them, and how soon the lead's first word was.
SELECT COALESCE(sum(d.answers_ai), 0) AS ai, COALESCE(sum(d.answers_people), 0) AS people,
       percentile_disc(ARRAY[0.5, 0.9]) WITHIN GROUP (ORDER BY d.first_answer_seconds) AS anybody,
       percentile_disc(0.5) WITHIN GROUP (ORDER BY d.first_answer_seconds) FILTER (WHERE d.first_answer_by = 'ai') AS by_ai,
       percentile_disc(0.5) WITHIN GROUP (ORDER BY d.first_answer_seconds) FILTER (WHERE d.first_answer_by = 'attendant') AS by_people
FROM conversation_digests d WHERE d.tenant_id = $1 AND d.opened_at >= $3::date::timestamp AT TIME ZONE $2
HAVING count(*) > 0;

-- name: dashboard_resolved
-- Conversations that ended since then, and those of them that no person ever had: nobody took them, nobody wrote in them.
SELECT count(*) AS closed, count(*) FILTER (WHERE h.conversation_id IS NULL AND d.conversation_id IS NULL) AS by_ai
FROM conversations c
LEFT JOIN (SELECT DISTINCT x.conversation_id FROM hand_offs x WHERE x.tenant_id = $1 AND x.claimed_at IS NOT NULL) h
     ON h.conversation_id = c.id
LEFT JOIN conversation_digests d ON d.tenant_id = $1 AND d.conversation_id = c.id AND d.answers_people > 0
WHERE c.tenant_id = $1 AND c.status = 'closed' AND c.closed_at >= $3::date::timestamp AT TIME ZONE $2
HAVING count(*) > 0;

-- name: dashboard_hand_offs
-- Why conversations went to people since then.
SELECT h.reason, count(*) AS count FROM hand_offs h
WHERE h.tenant_id = $1 AND h.created_at >= $3::date::timestamp AT TIME ZONE $2 GROUP BY h.reason ORDER BY 2 DESC, 1;

-- name: dashboard_cost
-- What the model cost since then, in millionths: call by call in the month in which that day is, by what is counted for each later one.
SELECT sum(x.cost)::bigint AS cost FROM (
    SELECT k.cost_micros AS cost FROM ai_calls k
    WHERE k.tenant_id = $1 AND k.created_at >= $3::date::timestamp AT TIME ZONE $2
      AND k.created_at < (date_trunc('month', $3::date::timestamp) + interval '1 month') AT TIME ZONE $2
    UNION ALL
    SELECT u.ai_cost_micros FROM usage_months u WHERE u.tenant_id = $1 AND u.month > $3::date) x
HAVING count(*) > 0;

-- name: stale_digests
-- Tenants with conversations that may have no digest, or an old one.
SELECT t.id FROM tenants t LEFT JOIN digest_marks k ON k.tenant_id = t.id
WHERE EXISTS (SELECT 1 FROM conversations c WHERE c.tenant_id = t.id AND c.last_activity_at >= COALESCE(k.upto, '-infinity'))
ORDER BY COALESCE(k.upto, '-infinity'), t.id LIMIT $1;

-- name: lock_digest_mark
-- One writer of a tenant's digests at a time; whoever comes second has nothing to do.
SELECT upto FROM digest_marks WHERE tenant_id = $1 FOR UPDATE SKIP LOCKED;

-- name: put_digest_mark
-- The first of them begins at the beginning.
INSERT INTO digest_marks (id, tenant_id, upto) SELECT $2, t.id, '-infinity' FROM tenants t WHERE t.id = $1
ON CONFLICT (tenant_id) DO NOTHING;

-- name: write_digests
-- Up to $3 conversations that have been quiet for $2 seconds and have grown since their digest was written, the oldest first.
SELECT sum(write_digest(c.tenant_id, c.id)) AS written, max(c.last_activity_at) AS upto FROM (
    SELECT c.tenant_id, c.id, c.last_activity_at FROM conversations c
    LEFT JOIN conversation_digests d ON d.tenant_id = c.tenant_id AND d.conversation_id = c.id
    WHERE c.tenant_id = $1 AND c.last_activity_at >= (SELECT k.upto FROM digest_marks k WHERE k.tenant_id = $1)
      AND c.last_activity_at < now() - make_interval(secs => $2) AND d.upto_seq IS DISTINCT FROM c.message_seq
    ORDER BY c.last_activity_at LIMIT $3) c
HAVING count(*) > 0;

-- name: move_digest_mark
-- Up to $3, or now, all have one; but for the last $2 seconds, in which somebody may still be writing what he began then.
UPDATE digest_marks k SET upto = GREATEST(k.upto, LEAST($3::timestamptz, now() - make_interval(secs => $2)))
WHERE k.tenant_id = $1 RETURNING k.upto;

-- name: knowledge_page
-- Entries in which a text stands ($2; all, when it is empty), the latest first, before the one that a page ended with ($3).
SELECT k.id, k.title, k.content, k.source, k.updated_at FROM knowledge_entries k
WHERE k.tenant_id = $1 AND ($2::text = '' OR position(folded($2) IN folded(k.title || E'\n' || k.content)) > 0)
  AND ($3::uuid IS NULL OR k.id < $3)
ORDER BY k.id DESC LIMIT $4;

-- name: knowledge_total
-- How many they are.
SELECT count(*)::int AS total FROM knowledge_entries k
WHERE k.tenant_id = $1 AND ($2::text = '' OR position(folded($2) IN folded(k.title || E'\n' || k.content)) > 0)
HAVING count(*) > 0;

-- name: add_knowledge
-- One more thing to know.
INSERT INTO knowledge_entries AS k (id, tenant_id, title, content, source, updated_at)
SELECT $2::uuid, t.id, $3::text, $4::text, $5::text, now() FROM tenants t WHERE t.id = $1
RETURNING k.id, k.title, k.content, k.source, k.updated_at;

-- name: change_knowledge
-- It is known in other words.
UPDATE knowledge_entries SET title = $3, content = $4, updated_at = now() WHERE tenant_id = $1 AND id = $2
RETURNING id, title, content, source, updated_at;

-- name: remove_knowledge
-- It is known no more.
DELETE FROM knowledge_entries WHERE tenant_id = $1 AND id = $2 RETURNING id;

-- name: quick_replies
-- All of them, by name.
SELECT id, shortcut, text FROM quick_replies WHERE tenant_id = $1 ORDER BY lower(shortcut);

-- name: add_quick_reply
-- One more; an index refuses a name that is taken.
INSERT INTO quick_replies AS q (id, tenant_id, shortcut, text)
SELECT $2::uuid, t.id, $3::text, $4::text FROM tenants t WHERE t.id = $1 RETURNING q.id;

-- name: change_quick_reply
-- Another name, other words.
UPDATE quick_replies SET shortcut = $3, text = $4 WHERE tenant_id = $1 AND id = $2 RETURNING id;

-- name: remove_quick_reply
-- It is no more.
DELETE FROM quick_replies WHERE tenant_id = $1 AND id = $2 RETURNING id;

-- name: restored_turns
-- Conversations in which the AI owed an answer when the backup was made.
SELECT id FROM conversations WHERE tenant_id = $1 AND status = 'ai' AND (turn_due_at IS NOT NULL OR inbound_seq > answered_seq)
ORDER BY id;

-- name: restored_sends
-- What was on its way when the backup was made may have left since: the provider has $2 seconds to tell.
UPDATE messages
SET status = 'unknown', settle_by = now() + make_interval(secs => $2), send_lease_until = NULL, send_token = send_token + 1,
    error_code = 'restored', error_detail = ''
WHERE tenant_id = $1 AND status IN ('queued', 'sending') RETURNING id, conversation_id;

-- name: restored_unknowns
-- What nobody had settled by then has its time once more.
UPDATE messages SET settle_by = now() + make_interval(secs => $2)
WHERE tenant_id = $1 AND status = 'unknown' AND error_code IS DISTINCT FROM 'restored' RETURNING id;

-- name: restored_waiting
-- Conversations that people have, or are to take: no clock of the past reminds of one, gives it back to the AI, or apologises in it.
UPDATE conversations
SET waiting_until = NULL, waiting_due_at = NULL, waiting_step = CASE WHEN status = 'waiting_human' THEN 3 ELSE 0 END,
    silent_due_at = NULL, silent_told_at = NULL
WHERE tenant_id = $1 AND status IN ('waiting_human', 'human')
  AND (waiting_until IS NOT NULL OR waiting_due_at IS NOT NULL OR silent_due_at IS NOT NULL) RETURNING id;

-- name: restored_follow_ups
-- What was to be said to silent leads when the backup was made may have been said since.
UPDATE follow_ups SET state = 'cancelled', reason = 'restored', leave_at = NULL, lease_until = NULL, attempts = attempts + 1
WHERE tenant_id = $1 AND state IN ('planned', 'held') RETURNING id, conversation_id;

-- name: restored_silences
-- And nobody is written to for a silence of that past: he may have broken it since.
INSERT INTO job_marks (id, tenant_id, job, upto) SELECT $2, t.id, 'follow-up-restored', now() FROM tenants t WHERE t.id = $1
ON CONFLICT (tenant_id, job) DO UPDATE SET upto = now() RETURNING id;

-- name: restored_fetches
-- Messages that were to be asked for: they may have been answered since.
SELECT id, external_id, attempts FROM message_fetches WHERE tenant_id = $1 AND due_at IS NOT NULL ORDER BY id;

-- name: restored_sessions
-- Whoever was signed in signs in again: who was shut out since would be in otherwise.
UPDATE app_sessions SET ended_at = now(), end_reason = 'ended' WHERE tenant_id = $1 AND ended_at IS NULL RETURNING id;

-- name: restored_invites
-- An invitation that was open may have been used since, and works once.
UPDATE invites SET expires_at = now() WHERE tenant_id = $1 AND used_at IS NULL AND expires_at > now() RETURNING id;

-- name: restored_updates
-- What somebody wrote in Telegram and was not done yet may have been done since.
UPDATE telegram_updates SET done_at = now(), lease_until = NULL, error = 'restored' WHERE done_at IS NULL RETURNING id;

-- name: restored_leases
-- Nobody leads what is only beginning.
DELETE FROM leader_leases RETURNING name;

-- name: plan_of_tenant
-- What a business pays for.
SELECT p.key, p.name, p.leads, p.attendants, p.price_cents, p.excess_cents, p.currency, p.archived
FROM tenants t JOIN plans p ON p.key = t.plan WHERE t.id = $1;

-- name: plans
-- What operators offer, and offered.
SELECT key, name, leads, attendants, price_cents, excess_cents, currency, archived FROM plans ORDER BY archived, leads, key;

-- name: add_plan
-- One more, unless its key is taken.
INSERT INTO plans (id, key, name, leads, attendants, price_cents, excess_cents, currency, archived)
VALUES (uuid_v7(), $1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (key) DO NOTHING RETURNING key;

-- name: lock_plan
-- A plan, for whoever changes it.
SELECT key, name, leads, attendants, price_cents, excess_cents, currency, archived FROM plans WHERE key = $1 FOR NO KEY UPDATE;

-- name: change_plan
-- It is another from now on; the database keeps what the months before were counted under.
UPDATE plans SET name = $2, leads = $3, attendants = $4, price_cents = $5, excess_cents = $6, currency = $7, archived = $8
WHERE key = $1 RETURNING key;

-- name: plan_of_key
-- A plan, for whom it may be.
SELECT p.key, p.name, p.leads, p.attendants, p.price_cents, p.excess_cents, p.currency, p.archived
FROM tenants t, plans p WHERE t.id = $1 AND p.key = $2;

-- name: put_on_plan
-- The tenant's plan is another from now on; nothing when it is that one.
UPDATE tenants SET plan = $2 WHERE id = $1 AND plan <> $2 RETURNING id;

-- name: close_usage_months
-- Months that are over keep what they were counted under; of $1 tenants at most.
SELECT sum(close_usage_months(o.tenant_id))::bigint AS closed FROM (
    SELECT DISTINCT u.tenant_id FROM usage_months u JOIN tenants t ON t.id = u.tenant_id
    WHERE u.plan IS NULL AND u.month < date_trunc('month', now() AT TIME ZONE t.timezone)::date LIMIT $1) o
HAVING count(*) > 0;

-- name: months_to_tell
-- Tenants that have used up most of their plan this month, or all of it, of which their admins know nothing yet.
SELECT u.tenant_id FROM usage_months u JOIN tenants t ON t.id = u.tenant_id JOIN plans p ON p.key = t.plan
WHERE u.plan IS NULL AND u.month = date_trunc('month', now() AT TIME ZONE t.timezone)::date AND u.told_percent < 100
  AND u.leads * 100::bigint >= p.leads * CASE WHEN u.told_percent < $2::int THEN $2::int ELSE 100 END::bigint
ORDER BY u.tenant_id LIMIT $1;

-- name: tell_month
-- They are told so, by this caller alone. A month that was filled at once is told of once.
WITH crossed AS (
    UPDATE usage_months u SET told_percent = CASE WHEN u.leads >= p.leads THEN 100 ELSE $2::int END
    FROM tenants t JOIN plans p ON p.key = t.plan
    WHERE t.id = $1 AND u.tenant_id = t.id AND u.month = date_trunc('month', now() AT TIME ZONE t.timezone)::date
      AND u.leads * 100::bigint >= p.leads * CASE WHEN u.told_percent < $2::int THEN $2::int
                                                  WHEN u.told_percent < 100 THEN 100 END::bigint
    RETURNING u.id, u.tenant_id, u.told_percent, u.month, u.leads, p.name, p.leads AS plan_leads, p.excess_cents, p.currency)
INSERT INTO notifications (id, tenant_id, kind, subject_id, payload, due_at)
SELECT uuid_v7(), c.tenant_id, CASE c.told_percent WHEN 100 THEN 'plan_reached' ELSE 'plan_near' END, c.id,
       jsonb_build_object('month', c.month, 'leads', c.leads, 'plan', c.name, 'limit', c.plan_leads, 'percent', $2::int,
                          'excess_cents', c.excess_cents, 'currency', c.currency), now()
FROM crossed c RETURNING id, kind;

-- name: budgets_to_tell
-- Tenants whose AI has used up most of its budget this month ($2 percent), or all of it, of which their admins know nothing yet.
SELECT u.tenant_id FROM usage_months u JOIN tenants t ON t.id = u.tenant_id
WHERE u.plan IS NULL AND u.month = date_trunc('month', now() AT TIME ZONE t.timezone)::date
  AND budget_crossed(u.ai_cost_micros, budget_micros(t.settings, $3), $2, u.budget_percent, u.budget_micros) IS NOT NULL
ORDER BY u.tenant_id LIMIT $1;

-- name: tell_budget
-- They are told so, by this caller alone. A budget that was used up at once is told of once.
WITH known AS (
    SELECT u.id, budget_micros(t.settings, $3) AS budget, $2::int AS near FROM usage_months u JOIN tenants t ON t.id = u.tenant_id
    WHERE t.id = $1 AND u.tenant_id = $1 AND u.month = date_trunc('month', now() AT TIME ZONE t.timezone)::date),
crossed AS (
    UPDATE usage_months u SET budget_percent = budget_crossed(u.ai_cost_micros, k.budget, k.near, u.budget_percent, u.budget_micros), budget_micros = k.budget
    FROM known k WHERE u.tenant_id = $1 AND u.id = k.id
      AND budget_crossed(u.ai_cost_micros, k.budget, k.near, u.budget_percent, u.budget_micros) IS NOT NULL
    RETURNING u.id, u.tenant_id, u.budget_percent, u.month, u.ai_cost_micros, u.budget_micros)
INSERT INTO notifications (id, tenant_id, kind, subject_id, payload, due_at)
SELECT uuid_v7(), c.tenant_id, CASE c.budget_percent WHEN 100 THEN 'budget_reached' ELSE 'budget_near' END, c.id,
       jsonb_build_object('month', c.month, 'cost_micros', c.ai_cost_micros, 'budget_micros', c.budget_micros, 'percent', $2::int), now()
FROM crossed c RETURNING id, kind;

-- name: usage_of_months
-- What a business used, the latest $2 months first, and under what each is counted: a month that is not over, under the plan
-- as it is now.
SELECT u.month, u.leads, u.ai_cost_micros, u.ai_tokens, COALESCE(u.plan, p.key) AS plan, COALESCE(u.plan_leads, p.leads) AS plan_leads,
       COALESCE(u.price_cents, p.price_cents) AS price_cents, COALESCE(u.excess_cents, p.excess_cents) AS excess_cents,
       COALESCE(u.currency, p.currency) AS currency
FROM usage_months u JOIN tenants t ON t.id = u.tenant_id JOIN plans p ON p.key = t.plan
WHERE u.tenant_id = $1 ORDER BY u.month DESC LIMIT $2;

-- name: counted_leads
-- Who was counted in a month ($2), in the order in which they were, after $3 of them, and with which message: its conversation
-- is missing where it was erased. ``place`` is the lead's number in the month.
SELECT m.place, m.lead_id, m.counted_at, m.message_id, l.name, x.conversation_id, a.channel
FROM (SELECT k.lead_id, k.created_at AS counted_at, k.first_message_id AS message_id,
             row_number() OVER (ORDER BY k.created_at, k.first_message_id)::int AS place
      FROM lead_months k WHERE k.tenant_id = $1 AND k.month = $2) m
JOIN leads l ON l.tenant_id = $1 AND l.id = m.lead_id
LEFT JOIN messages x ON x.tenant_id = $1 AND x.id = m.message_id
LEFT JOIN channel_accounts a ON a.tenant_id = $1 AND a.id = x.channel_account_id
WHERE m.place > $3 ORDER BY m.place LIMIT $4;

-- name: place_in_month
-- A lead's number among those counted this month, where the tenant has more of them than its plan holds; and what it holds.
SELECT p.leads AS plan_leads, (SELECT count(*) FROM lead_months o WHERE o.tenant_id = m.tenant_id AND o.month = m.month
        AND (o.created_at, o.first_message_id) <= (m.created_at, m.first_message_id))::int AS place
FROM tenants t JOIN plans p ON p.key = t.plan
JOIN usage_months u ON u.tenant_id = t.id AND u.month = date_trunc('month', now() AT TIME ZONE t.timezone)::date AND u.leads > p.leads
JOIN lead_months m ON m.tenant_id = t.id AND m.month = u.month AND m.lead_id = $2
WHERE t.id = $1;

-- name: lock_tenant
-- Whoever decides by what a tenant has of something waits for others who do.
SELECT id FROM tenants WHERE id = $1 FOR NO KEY UPDATE;

-- name: room_in_plan
-- How many people may answer leads, and how many do: everybody in the team may.
SELECT p.name, p.attendants, (SELECT count(*) FROM members m WHERE m.tenant_id = t.id AND m.removed_at IS NULL)::int AS team
FROM tenants t JOIN plans p ON p.key = t.plan WHERE t.id = $1;

-- name: incidents_page
-- What was caught, the latest first, before the one that a page ended with ($2).
SELECT id, created_at AS at, layer, verdict, reasons, conversation_id, false_positive FROM security_incidents
WHERE tenant_id = $1 AND ($2::uuid IS NULL OR id < $2) ORDER BY id DESC LIMIT $3;

-- name: judge_incident
-- Somebody looked at it.
UPDATE security_incidents SET false_positive = $3 WHERE tenant_id = $1 AND id = $2 RETURNING id;

-- name: audit_page
-- Who did what, the latest first, before the one that a page ended with ($2).
SELECT a.id, a.created_at AS at, a.actor, m.name AS actor_name, a.action, a.subject, a.details
FROM audit_log a LEFT JOIN members m ON m.tenant_id = a.tenant_id AND 'member:' || m.id = a.actor
WHERE a.tenant_id = $1 AND ($2::uuid IS NULL OR a.id < $2) ORDER BY a.id DESC LIMIT $3;

-- name: zones_of_tenants
-- Every time zone that a tenant lives in, since when one has, and the time ($1: another, for whoever travels).
SELECT timezone AS zone, min(GREATEST(created_at, timezone_since)) AS since, COALESCE($1::timestamptz, now()) AS at
FROM tenants GROUP BY timezone ORDER BY timezone;

-- name: tenants_that_moved
-- Tenants that came to their time zone from another, within two days of $1.
SELECT id, timezone AS zone, timezone_since AS since, created_at FROM tenants
WHERE timezone_since > created_at AND timezone_since > $1::timestamptz - interval '2 days' AND timezone_since <= $1;

-- name: know_jobs
-- What the installation has from now on, if it had not.
INSERT INTO known_jobs (id, job, since) SELECT uuid_v7(), j.name, $2 FROM unnest($1::text[]) j(name) ON CONFLICT DO NOTHING
RETURNING job;

-- name: known_jobs
-- Which jobs the installation has, and since when.
SELECT job, since FROM known_jobs;

-- name: make_due_runs
-- A run for each job, zone and moment, once, and none of a moment before one that was made. A run that is due before it and that
-- nobody has begun is passed over: what was missed while nothing ran happens once.
WITH due AS (SELECT * FROM unnest($1::text[], $2::text[], $3::timestamptz[]) d(job, zone, due_at)),
made AS (
    INSERT INTO job_runs (id, job, zone, due_at)
    SELECT uuid_v7(), d.job, d.zone, d.due_at FROM due d
    WHERE NOT EXISTS (SELECT 1 FROM job_runs r WHERE r.job = d.job AND r.zone = d.zone AND r.only_tenant IS NULL AND NOT r.by_hand
                      AND r.due_at >= d.due_at)
    ON CONFLICT DO NOTHING RETURNING id, job, zone, due_at),
passed AS (
    UPDATE job_runs r SET ended_at = clock_timestamp(), outcome = 'passed_over'
    FROM made m WHERE r.job = m.job AND r.zone = m.zone AND r.due_at < m.due_at AND r.only_tenant IS NULL AND NOT r.by_hand
      AND r.started_at IS NULL AND r.ended_at IS NULL)
SELECT id, job, zone, due_at FROM made;

-- name: make_moved_runs
-- The same for one tenant alone, which came to the zone after that moment.
INSERT INTO job_runs (id, job, zone, due_at, only_tenant)
SELECT uuid_v7(), d.job, d.zone, d.due_at, d.tenant_id
FROM unnest($1::text[], $2::text[], $3::timestamptz[], $4::uuid[]) d(job, zone, due_at, tenant_id)
ON CONFLICT DO NOTHING RETURNING id, job, zone, due_at;

-- name: claim_job_run
-- A run of one of these jobs that nobody works on is ours for $2 seconds. One at a time of the same job in the same zone.
UPDATE job_runs SET token = token + 1, attempts = attempts + 1, started_at = COALESCE(started_at, clock_timestamp()),
    lease_until = clock_timestamp() + make_interval(secs => $2)
WHERE id = (
    SELECT r.id FROM job_runs r
    WHERE r.ended_at IS NULL AND r.job = ANY ($1::text[]) AND (r.lease_until IS NULL OR r.lease_until < clock_timestamp())
      AND NOT EXISTS (SELECT 1 FROM job_runs o WHERE o.job = r.job AND o.zone = r.zone AND o.id <> r.id AND o.ended_at IS NULL
                      AND o.lease_until > clock_timestamp())
    ORDER BY r.due_at, r.id LIMIT 1 FOR UPDATE SKIP LOCKED)
RETURNING id, job, zone, due_at, only_tenant, token, attempts, cursor, counts, failed;

-- name: begin_run_by_hand
-- A run that somebody asks for, his own from the start.
INSERT INTO job_runs (id, job, zone, due_at, only_tenant, by_hand, started_at, token, attempts, lease_until)
VALUES (uuid_v7(), $1, $2, $3, $4, true, clock_timestamp(), 1, 1, clock_timestamp() + make_interval(secs => $5))
RETURNING id, job, zone, due_at, only_tenant, token, attempts, cursor, counts, failed;

-- name: keep_job_run
-- How far it has come, by whoever still has it ($2), and his for $6 seconds more (0: anybody's). Who moves on is no poison ($7).
UPDATE job_runs SET cursor = $3, counts = $4::jsonb, failed = $5::jsonb, lease_until = clock_timestamp() + make_interval(secs => $6),
    attempts = CASE WHEN $7::bool THEN 0 ELSE attempts END
WHERE id = $1 AND token = $2 AND ended_at IS NULL RETURNING id;

-- name: end_job_run
-- It is over, for whoever still has it.
UPDATE job_runs SET ended_at = clock_timestamp(), lease_until = NULL, outcome = $3, error = $4, cursor = $5, counts = $6::jsonb, failed = $7::jsonb
WHERE id = $1 AND token = $2 AND ended_at IS NULL RETURNING id;

-- name: latest_job_runs
-- The latest runs of every job in every zone, $1 of each.
SELECT job, zone, due_at, only_tenant, by_hand, started_at, ended_at, outcome, counts, failed, error, lease_until > clock_timestamp() AS running
FROM (SELECT r.*, row_number() OVER (PARTITION BY r.job, r.zone ORDER BY r.due_at DESC) AS place FROM job_runs r) r
WHERE r.place <= $1 ORDER BY r.job, r.zone, r.due_at DESC;

-- name: purge_job_runs
-- What ran so many days ago is no news.
DELETE FROM job_runs WHERE id IN (
    SELECT id FROM job_runs WHERE ended_at < now() - make_interval(days => $2) LIMIT $1) RETURNING id;

-- name: purge_parked_payloads
-- What nobody could read so many days ago, nobody will.
DELETE FROM parked_payloads WHERE id IN (
    SELECT id FROM parked_payloads WHERE created_at < now() - make_interval(days => $2) ORDER BY created_at LIMIT $1) RETURNING id;

-- name: tenants_of_zone
-- Tenants that lived there at that moment, in the order of their ids.
SELECT id FROM tenants WHERE timezone = $1 AND created_at <= $2 AND ($3::uuid IS NULL OR id > $3) ORDER BY id LIMIT $4;

-- name: zone_of_tenant
-- By whose clocks it lives.
SELECT timezone AS zone FROM tenants WHERE id = $1;

-- name: begin_usage_month
-- A period to count in, of the month that this moment lies in for the tenant; the earlier ones stay.
INSERT INTO usage_months (id, tenant_id, month)
SELECT uuid_v7(), t.id, date_trunc('month', $2::timestamptz AT TIME ZONE t.timezone)::date FROM tenants t WHERE t.id = $1
ON CONFLICT (tenant_id, month) DO NOTHING RETURNING id;

-- name: no_usage_month
-- Whether the tenant has no such period yet.
SELECT t.id FROM tenants t WHERE t.id = $1 AND NOT EXISTS (
    SELECT 1 FROM usage_months u WHERE u.tenant_id = t.id AND u.month = date_trunc('month', $2::timestamptz AT TIME ZONE t.timezone)::date);

-- name: hold_job_mark
-- How far a job has come with a tenant's rows in the run of moment $4, ours until the transaction ends; another run begins anew.
INSERT INTO job_marks AS m (id, tenant_id, job, due_at) SELECT $3, t.id, $2, $4 FROM tenants t WHERE t.id = $1
ON CONFLICT (tenant_id, job) DO UPDATE
SET due_at = EXCLUDED.due_at, at = CASE WHEN m.due_at = EXCLUDED.due_at THEN m.at END,
    skipped = COALESCE(m.due_at = EXCLUDED.due_at, false) AND m.skipped
RETURNING upto, at;

-- name: move_job_mark
-- It has come to $3. All is done ($4) when there is nothing more and it has left out ($5) nothing on its way.
UPDATE job_marks SET at = $3, skipped = skipped OR $5::bool, upto = CASE WHEN $4::bool AND NOT (skipped OR $5) THEN due_at ELSE upto END
WHERE tenant_id = $1 AND job = $2 RETURNING id;

-- name: job_mark
-- How far a job has come with a tenant's rows.
SELECT upto FROM job_marks WHERE tenant_id = $1 AND job = $2;

-- name: decay_scores
-- Leads who at $2 had been silent for so many hours ($5) lose so many points ($6), once in each silence, with the reason kept ($7).
-- Looks at the next $4 conversations that anything happened in after $3, and writes nothing when that is all that is wanted ($8).
-- What somebody else holds at this moment is left out, and told.
WITH thresholds AS (SELECT * FROM unnest($5::int[], $6::int[], $7::text[]) WITH ORDINALITY t(hours, points, reason, step)),
looked AS MATERIALIZED (
    SELECT c.lead_id, c.last_activity_at FROM conversations c
    WHERE c.tenant_id = $1 AND c.last_activity_at > $3 ORDER BY c.last_activity_at FETCH FIRST ($4::bigint) ROWS WITH TIES),
silent AS MATERIALIZED (
    SELECT l.id, said.last_at, CASE WHEN l.silent_since = said.last_at THEN l.silent_steps ELSE 0 END AS steps, passed.steps AS reached
    FROM (SELECT DISTINCT x.lead_id FROM looked x) x
    CROSS JOIN LATERAL (    -- LIMIT: one by one, for they are few beside all that the tenant has
        SELECT l.id, l.stage_key, l.silent_since, l.silent_steps FROM leads l
        WHERE l.tenant_id = $1 AND l.id = x.lead_id AND l.score > 0 LIMIT 1) l
    LEFT JOIN stages g ON g.tenant_id = $1 AND g.key = l.stage_key
    CROSS JOIN LATERAL (
        SELECT max(c.last_inbound_at) AS last_at FROM conversations c
        WHERE c.tenant_id = $1 AND c.lead_id = l.id AND (c.status <> 'closed' OR c.status = 'closed')) said
    CROSS JOIN LATERAL (
        SELECT count(*) AS steps FROM thresholds t WHERE said.last_at <= $2::timestamptz - make_interval(hours => t.hours)) passed
    WHERE COALESCE(g.outcome, 'open') = 'open'),
due AS MATERIALIZED (SELECT s.* FROM silent s WHERE s.steps < s.reached),
held AS MATERIALIZED (
    SELECT l.id, l.score, d.last_at, d.steps, d.reached FROM due d JOIN leads l ON l.tenant_id = $1 AND l.id = d.id
    WHERE l.score > 0 AND NOT $8::bool ORDER BY l.id FOR NO KEY UPDATE OF l SKIP LOCKED),
losses AS (
    SELECT h.id, t.step, t.points, t.reason,
           h.score - COALESCE(sum(t.points) OVER (PARTITION BY h.id ORDER BY t.step ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS before
    FROM held h JOIN thresholds t ON t.step > h.steps AND t.step <= h.reached),
kept AS (
    INSERT INTO score_changes (id, tenant_id, lead_id, before, after, reason)
    SELECT uuid_v7(), $1, x.id, x.before, GREATEST(x.before - x.points, 0), x.reason FROM losses x WHERE x.before > 0 ORDER BY x.id, x.step
    RETURNING lead_id),
lost AS (
    UPDATE leads l
    SET score = GREATEST(l.score - (SELECT sum(t.points)::int FROM thresholds t WHERE t.step > h.steps AND t.step <= h.reached), 0),
        silent_since = h.last_at, silent_steps = h.reached
    FROM held h WHERE l.tenant_id = $1 AND l.id = h.id RETURNING l.id)
SELECT z.looked, z.at, (SELECT count(*) FROM due) AS due, (SELECT count(*) FROM held) AS held, (SELECT count(*) FROM kept) AS changes,
       ARRAY(SELECT id FROM lost) AS leads
FROM (SELECT count(*) AS looked, max(last_activity_at) AS at FROM looked) z WHERE z.looked > 0;

-- name: close_stale
-- Conversations in which nothing has happened for so many days ($5) at $2 are over, whoever has them, as if a member had closed them;
-- not those that sleep: they are looked at so long after they wake.
-- The next $4 after $3; what somebody else holds at this moment is left out, and told. Writes nothing when that is wanted ($6).
WITH stale AS MATERIALIZED (
    SELECT c.id, c.last_activity_at FROM conversations c
    WHERE c.tenant_id = $1 AND c.last_activity_at > $3 AND c.last_activity_at <= $2::timestamptz - make_interval(days => $5)
      AND c.status <> 'closed' AND c.asleep_until IS NULL
    ORDER BY c.last_activity_at FETCH FIRST ($4::bigint) ROWS WITH TIES),
held AS MATERIALIZED (
    SELECT c.id FROM stale s JOIN conversations c ON c.tenant_id = $1 AND c.id = s.id
    WHERE c.status <> 'closed' AND c.asleep_until IS NULL AND c.last_activity_at <= $2::timestamptz - make_interval(days => $5) AND NOT $6::bool
    ORDER BY c.id FOR NO KEY UPDATE OF c SKIP LOCKED),
closed AS (
    UPDATE conversations c
    SET status = 'closed', closed_at = now(), assignee_id = NULL, turn_due_at = NULL, turn_lease_until = NULL, automatic_run = 0,
        turn_token = c.turn_token + 1, turn_attempts = 0, waiting_since = NULL, waiting_until = NULL, first_unanswered_at = NULL
    FROM held h WHERE c.tenant_id = $1 AND c.id = h.id RETURNING c.id),
unsaid AS (
    UPDATE messages m SET status = 'cancelled', next_attempt_at = NULL FROM held h
    WHERE m.tenant_id = $1 AND m.conversation_id = h.id AND m.status = 'queued' AND m.author = 'ai' RETURNING m.id),
ended AS (
    UPDATE hand_offs o SET returned_at = now(), return_reason = 'stale' FROM held h
    WHERE o.tenant_id = $1 AND o.conversation_id = h.id AND o.returned_at IS NULL RETURNING o.id),
left_alone AS (
    UPDATE members m SET active_conversation_id = NULL FROM held h WHERE m.tenant_id = $1 AND m.active_conversation_id = h.id RETURNING m.id)
SELECT z.stale, z.at, (SELECT count(*) FROM held) AS held, ARRAY(SELECT id FROM closed) AS conversations, ARRAY(SELECT id FROM unsaid) AS messages,
       ARRAY(SELECT id FROM ended) AS hand_offs
FROM (SELECT count(*) AS stale, max(last_activity_at) AS at FROM stale) z WHERE z.stale > 0;

-- name: state_of_tenant
-- Whether what a business needs is there, in numbers.
SELECT t.timezone, t.ai_paused, t.status, t.created_at, now() AS at, t.audit_looked_at, t.audit_fault,
       (SELECT count(*) FROM channel_accounts a WHERE a.tenant_id = t.id AND a.status = 'active') AS channels,
       (SELECT count(*) FROM channel_accounts a WHERE a.tenant_id = t.id AND a.status = 'stopped') AS stopped,
       (SELECT count(*) FROM dead_letters d WHERE d.tenant_id = t.id AND d.status = 'open') AS failures
FROM tenants t WHERE t.id = $1;

-- name: jobs_of_tenant
-- The latest run of each job by the clocks of that zone, as far as it was for this tenant too; and whether its work failed there.
SELECT DISTINCT ON (r.job) r.job, r.due_at, r.ended_at, r.failed ? $2::uuid::text AS failed
FROM job_runs r
WHERE r.zone = $1 AND (r.only_tenant IS NULL OR r.only_tenant = $2) AND r.outcome IS DISTINCT FROM 'passed_over'
ORDER BY r.job, r.due_at DESC;

-- name: privacy_rules
-- What a tenant keeps for how long, as it is stored; whether all of it is held at $2.
SELECT t.settings -> 'privacy' AS rules, is_held(t.id, NULL, $2) AS held FROM tenants t WHERE t.id = $1;

-- name: anything_held
-- Whether somebody wants anything of a tenant kept at $2.
SELECT 1 AS held FROM retention_holds h WHERE h.tenant_id = $1 AND h.lifted_at IS NULL AND (h.until IS NULL OR h.until > $2) LIMIT 1;

-- name: names_of_held
-- What channels call the leads who are held at $2.
SELECT n.name FROM retention_holds h JOIN contact_identities i ON i.tenant_id = $1 AND i.lead_id = h.lead_id
CROSS JOIN LATERAL (VALUES (i.match_key), (i.address)) n(name)
WHERE h.tenant_id = $1 AND h.lifted_at IS NULL AND (h.until IS NULL OR h.until > $2) GROUP BY n.name;

-- name: expire_raw_events
-- Up to $4 events as they came that are older than $2 go, with their keys: no provider brings one again so late. Those with one of
-- the names ($6) in the body or the key stay. As with all that follow: when nothing is to be written ($5) all are counted.
WITH old AS MATERIALIZED (
    SELECT r.ctid AS place FROM raw_events r
    WHERE r.tenant_id = $1 AND r.id < $3 AND r.created_at < $2
      AND NOT EXISTS (SELECT 1 FROM unnest($6::bytea[]) n
                      WHERE position(n IN r.body || convert_to(r.external_id || ' ' || r.variant, 'UTF8')) > 0)
    LIMIT $4),
gone AS (DELETE FROM raw_events r USING old o WHERE NOT $5::bool AND r.tenant_id = $1 AND r.ctid = o.place)
SELECT count(*)::int AS found FROM old HAVING count(*) > 0;

-- name: expire_turns
-- Up to $4 decisions of the AI with what it was asked that are older than $2; none of a conversation that is under way, or held at $6.
WITH old AS MATERIALIZED (
    SELECT t.id FROM turns t JOIN conversations c ON c.tenant_id = $1 AND c.id = t.conversation_id
    WHERE t.tenant_id = $1 AND t.id < $3 AND t.created_at < $2 AND c.turn_due_at IS NULL AND c.status IN ('ai', 'closed')
      AND NOT is_held($1, c.lead_id, $6)
    ORDER BY t.id LIMIT $4),
gone AS (DELETE FROM turns t USING old o WHERE NOT $5::bool AND t.tenant_id = $1 AND t.id = o.id)
SELECT count(*)::int AS found FROM old HAVING count(*) > 0;

-- name: expire_summaries
-- Up to $4 hand-offs that ended and are older than $2 lose their words; that they were, and why, stays counted.
WITH old AS MATERIALIZED (
    SELECT h.id FROM hand_offs h
    WHERE h.tenant_id = $1 AND h.id < $3 AND h.created_at < $2 AND h.returned_at IS NOT NULL AND h.summary_due_at IS NULL
      AND (h.summary IS NOT NULL OR h.detail <> '') AND NOT is_held($1, h.lead_id, $6)
    ORDER BY h.id LIMIT $4),
gone AS (UPDATE hand_offs h SET summary = NULL, detail = '' FROM old o WHERE NOT $5::bool AND h.tenant_id = $1 AND h.id = o.id)
SELECT count(*)::int AS found FROM old HAVING count(*) > 0;

-- name: expire_score_changes
-- Up to $4 reasons of scores that are older than $2; the scores stay.
WITH old AS MATERIALIZED (
    SELECT s.id FROM score_changes s
    WHERE s.tenant_id = $1 AND s.id < $3 AND s.created_at < $2 AND NOT is_held($1, s.lead_id, $6)
    ORDER BY s.id LIMIT $4),
gone AS (DELETE FROM score_changes s USING old o WHERE NOT $5::bool AND s.tenant_id = $1 AND s.id = o.id)
SELECT count(*)::int AS found FROM old HAVING count(*) > 0;

-- name: expire_messages
-- Up to $4 messages that are older than $2 and no part of anything under way, but for whoever is held at $6.
SELECT x.found FROM (SELECT CASE WHEN $5::bool THEN (SELECT count(*)::int FROM old_messages($1, $2, $3, $6, $4))
                           ELSE expire_messages($1, $2, $3, $6, $4) END AS found OFFSET 0) x WHERE x.found > 0;

-- name: expire_ai_calls
-- Up to $4 records of what the AI cost that are older than $2; the months' sums stay.
WITH old AS MATERIALIZED (
    SELECT k.id FROM ai_calls k
    WHERE k.tenant_id = $1 AND k.id < $3 AND k.created_at < $2 ORDER BY k.id LIMIT $4),
gone AS (DELETE FROM ai_calls k USING old o WHERE NOT $5::bool AND k.tenant_id = $1 AND k.id = o.id)
SELECT count(*)::int AS found FROM old HAVING count(*) > 0;

-- name: expire_dead_letters
-- Up to $4 dead letters that were dealt with before $2.
WITH old AS MATERIALIZED (
    SELECT d.id FROM dead_letters d
    WHERE d.tenant_id = $1 AND d.id < $3 AND d.status <> 'open' AND d.resolved_at < $2
    ORDER BY d.id LIMIT $4),
gone AS (DELETE FROM dead_letters d USING old o WHERE NOT $5::bool AND d.tenant_id = $1 AND d.id = o.id)
SELECT count(*)::int AS found FROM old HAVING count(*) > 0;

-- name: expire_incidents
-- Up to $4 incidents that are older than $2.
WITH old AS MATERIALIZED (
    SELECT s.id FROM security_incidents s
    WHERE s.tenant_id = $1 AND s.id < $3 AND s.created_at < $2 ORDER BY s.id LIMIT $4),
gone AS (DELETE FROM security_incidents s USING old o WHERE NOT $5::bool AND s.tenant_id = $1 AND s.id = o.id)
SELECT count(*)::int AS found FROM old HAVING count(*) > 0;

-- name: expire_audit_log
-- Up to $3 of the oldest entries of a tenant's audit log, as far as all of them are older than $2 and than any log is kept: the
-- database lets nobody take a younger one.
WITH oldest AS MATERIALIZED (
    SELECT a.id, a.created_at, bool_and(a.created_at < LEAST($2::timestamptz, now() - interval '1825 days')) OVER (ORDER BY a.number) AS is_over
    FROM (SELECT x.id, x.number, x.created_at FROM audit_log x WHERE x.tenant_id = $1 ORDER BY x.number LIMIT $3) a),
gone AS (DELETE FROM audit_log a USING oldest o WHERE NOT $4::bool AND o.is_over AND a.tenant_id = $1 AND a.id = o.id)
SELECT count(*)::int AS found FROM oldest o WHERE o.is_over HAVING count(*) > 0;

-- name: expire_sessions
-- Up to $4 sessions of the panel that nobody has renewed since $2.
WITH old AS MATERIALIZED (
    SELECT s.id FROM app_sessions s
    WHERE s.tenant_id = $1 AND s.id < $3 AND s.renewed_at < $2 ORDER BY s.id LIMIT $4),
gone AS (DELETE FROM app_sessions s USING old o WHERE NOT $5::bool AND s.tenant_id = $1 AND s.id = o.id)
SELECT count(*)::int AS found FROM old HAVING count(*) > 0;

-- name: expire_invites
-- Up to $4 invitations whose time was over before $2.
WITH old AS MATERIALIZED (
    SELECT i.id FROM invites i
    WHERE i.tenant_id = $1 AND i.id < $3 AND i.expires_at < $2 ORDER BY i.id LIMIT $4),
gone AS (DELETE FROM invites i USING old o WHERE NOT $5::bool AND i.tenant_id = $1 AND i.id = o.id)
SELECT count(*)::int AS found FROM old HAVING count(*) > 0;

-- name: quiet_leads
-- Up to $4 leads with whom nothing has happened since $2, no part of anything under way and not held at $5.
SELECT l.id FROM leads l
WHERE l.tenant_id = $1 AND l.id < $3 AND l.created_at < $2 AND NOT is_held($1, l.id, $5)
  -- OFFSET: looked for lead by lead, for they are few beside all conversations that the tenant has
  AND NOT EXISTS (SELECT 1 FROM conversations c WHERE c.tenant_id = $1 AND c.lead_id = l.id AND (c.status <> 'closed' OR c.status = 'closed')
                  AND (c.last_activity_at >= $2 OR c.turn_due_at IS NOT NULL OR c.status NOT IN ('ai', 'closed')
                       OR EXISTS (SELECT 1 FROM messages m WHERE m.tenant_id = $1 AND m.conversation_id = c.id
                                  AND m.status IN ('queued', 'sending', 'unknown'))) OFFSET 0)
  AND NOT EXISTS (SELECT 1 FROM stage_changes s WHERE s.tenant_id = $1 AND s.lead_id = l.id AND s.created_at >= $2 OFFSET 0)
ORDER BY l.id LIMIT $4;

-- name: lock_quiet_leads
-- Those of them that nobody else holds at this moment, ours until the transaction ends.
SELECT l.id FROM leads l WHERE l.tenant_id = $1 AND l.id = ANY ($2::uuid[]) ORDER BY l.id FOR NO KEY UPDATE SKIP LOCKED;

-- name: conversation_ids_of_leads
-- Conversations of leads, open and closed, in the order in which everybody locks them.
SELECT c.id, c.lead_id FROM conversations c
WHERE c.tenant_id = $1 AND c.lead_id = ANY ($2::uuid[]) AND (c.status <> 'closed' OR c.status = 'closed') ORDER BY c.id FOR UPDATE;

-- name: holds_rest
-- Until the transaction ends no hold is placed on anything of the tenant; asked before anything of it is locked.
SELECT pg_advisory_xact_lock_shared(hashtextextended('holds:' || t.id, 0)) IS NULL AS waited FROM tenants t WHERE t.id = $1;

-- name: hold_turn
-- Who places a hold waits for those who are about to take away what it would keep.
SELECT pg_advisory_xact_lock(hashtextextended('holds:' || t.id, 0)) IS NULL AS waited FROM tenants t WHERE t.id = $1;

-- name: put_hold
-- A lead ($3), or all of the tenant, is kept from now on; no row where there is no such lead.
INSERT INTO retention_holds (id, tenant_id, lead_id, reason, until, placed_by)
SELECT $2, t.id, $3, $4, $5, $6 FROM tenants t
WHERE t.id = $1 AND ($3::uuid IS NULL OR EXISTS (SELECT 1 FROM leads l WHERE l.tenant_id = $1 AND l.id = $3)) RETURNING id;

-- name: lift_hold
-- It is over; no row when there is no such hold, or it was lifted.
UPDATE retention_holds SET lifted_at = now(), lifted_by = $3 WHERE tenant_id = $1 AND id = $2 AND lifted_at IS NULL
RETURNING id, lead_id;

-- name: holds_of_tenant
-- Every hold that stands now, the oldest first; of one lead and of the whole tenant, where a lead ($2) is named.
SELECT h.id, h.lead_id, h.reason, h.until, h.placed_by, h.created_at AS placed_at, l.name, l.phone, m.name AS placed_by_name
FROM retention_holds h
LEFT JOIN leads l ON l.tenant_id = h.tenant_id AND l.id = h.lead_id
LEFT JOIN members m ON m.tenant_id = h.tenant_id AND 'member:' || m.id::text = h.placed_by
WHERE h.tenant_id = $1 AND h.lifted_at IS NULL AND (h.until IS NULL OR h.until > now())
  AND ($2::uuid IS NULL OR h.lead_id IS NULL OR h.lead_id = $2) ORDER BY h.id;

-- name: forget_holds
-- That somebody wanted a lead kept.
DELETE FROM retention_holds h WHERE h.tenant_id = $1 AND h.lead_id = ANY ($2::uuid[]) RETURNING h.id;

-- name: affected_leads
-- Leads who were there before $3 and heard of since $2, with how to reach them and which classes of data there are of them.
SELECT l.id, l.name, l.created_at AS first_seen_at, l.opted_out_at IS NOT NULL AS opted_out, c.last_at AS last_activity_at,
       ARRAY(SELECT DISTINCT i.kind || ':' || i.address FROM contact_identities i
             WHERE i.tenant_id = $1 AND i.lead_id = l.id ORDER BY 1) AS contacts,
       COALESCE(said.messages, 0)::int AS messages, COALESCE(said.files, 0) > 0 AS files, l.facts <> '{}' AS facts,
       l.source IS NOT NULL AS source, COALESCE(thought.decisions, false) AS decisions, COALESCE(told.summaries, false) AS summaries
FROM leads l
LEFT JOIN (SELECT x.lead_id, max(x.last_activity_at) AS last_at FROM conversations x WHERE x.tenant_id = $1 GROUP BY 1) c ON c.lead_id = l.id
LEFT JOIN (SELECT m.lead_id, count(*) AS messages, count(*) FILTER (WHERE m.media IS NOT NULL) AS files FROM messages m
           WHERE m.tenant_id = $1 AND ($3::timestamptz IS NULL OR m.created_at < $3) GROUP BY 1) said ON said.lead_id = l.id
LEFT JOIN (SELECT x.lead_id, true AS decisions FROM turns t JOIN conversations x ON x.tenant_id = $1 AND x.id = t.conversation_id
           WHERE t.tenant_id = $1 GROUP BY 1) thought ON thought.lead_id = l.id
LEFT JOIN (SELECT h.lead_id, true AS summaries FROM hand_offs h
           WHERE h.tenant_id = $1 AND (h.summary IS NOT NULL OR h.detail <> '') GROUP BY 1) told ON told.lead_id = l.id
WHERE l.tenant_id = $1 AND ($3::timestamptz IS NULL OR l.created_at < $3)
  AND ($2::timestamptz IS NULL OR GREATEST(c.last_at, l.created_at) >= $2)
ORDER BY l.id;

-- name: affected_members
-- Who was in the team before $2, also those who have left.
SELECT b.id, b.name, b.telegram_user_id, b.created_at FROM members b
WHERE b.tenant_id = $1 AND ($2::timestamptz IS NULL OR b.created_at < $2) ORDER BY b.id;

-- name: erased_since
-- How many leads were erased since $2: they may have been affected, and nobody knows any more who they were.
SELECT count(*)::int AS people FROM erasures e WHERE e.tenant_id = $1 AND ($2::timestamptz IS NULL OR e.erased_at >= $2)
HAVING count(*) > 0;

-- name: announce_deletion
-- In so many days the tenant may be taken out; one that was announced before goes by what is said now.
UPDATE tenants SET deletion_due_at = now() + make_interval(days => $2) WHERE id = $1 RETURNING deletion_due_at AS due_at;

-- name: deletion_standing
-- In how many seconds a deletion that is to be at a moment ($2) is $3 away; nothing where it is not to be then any more.
SELECT extract(epoch FROM t.deletion_due_at - $3::interval - now())::float8 AS early
FROM tenants t WHERE t.id = $1 AND t.deletion_due_at = $2;

-- name: deletions_due
-- Tenants whose time is over.
SELECT t.id FROM tenants t WHERE t.deletion_due_at <= now() ORDER BY t.id;

-- name: lock_due_deletion
-- The tenant, if its time is still over; nobody resumes it or adds anything to it until the transaction ends.
SELECT t.id FROM tenants t WHERE t.id = $1 AND t.deletion_due_at <= now() FOR UPDATE;

-- name: begin_deletion
-- A tenant that has a tombstone is nobody's any more, also in a past that did not know of it.
UPDATE tenants SET status = 'suspended', deletion_due_at = LEAST(deletion_due_at, now()) WHERE id = $1 RETURNING id;

-- name: disconnect_all
-- Nothing comes or leaves through any of a tenant's accounts.
UPDATE channel_accounts SET status = 'disconnected' WHERE tenant_id = $1 AND status <> 'disconnected' RETURNING id;

-- name: shred_credentials
-- What verifies deliveries to a tenant's accounts is overwritten, unless another tenant's stand behind it too.
UPDATE credential_sets s SET sealed = ''
WHERE s.id IN (SELECT a.credential_set_id FROM channel_accounts a WHERE a.tenant_id = $1)
  AND NOT EXISTS (SELECT 1 FROM channel_accounts o WHERE o.credential_set_id = s.id AND o.tenant_id <> $1) RETURNING s.id;

-- name: forget_shredded
-- Sets that were overwritten, and whose accounts are gone.
DELETE FROM credential_sets s
WHERE s.sealed = '' AND NOT EXISTS (SELECT 1 FROM channel_accounts a WHERE a.credential_set_id = s.id) RETURNING s.id;

-- name: take_rows
-- So many rows ($3; null: all) of a tenant's go from a table, in no order or the newest first.
SELECT x.gone FROM (SELECT take_rows($1::text::regclass, $2, $3, $4) AS gone OFFSET 0) x WHERE x.gone > 0;

-- name: forget_runs
-- Runs of jobs for that tenant alone.
DELETE FROM job_runs r WHERE r.only_tenant = $1 RETURNING r.id;

-- name: forget_tenant
-- The tenant itself: nothing of it is left, or this is refused.
DELETE FROM tenants t WHERE t.id = $1 RETURNING t.id;

-- name: tenant_key
-- What a tenant's credentials are sealed under, sealed itself.
SELECT k.sealed FROM tenant_keys k WHERE k.tenant_id = $1;

-- name: put_tenant_key
-- The tenant's key, unless somebody else has made one.
INSERT INTO tenant_keys (id, tenant_id, key_id, sealed) SELECT $2, t.id, $3, $4 FROM tenants t WHERE t.id = $1
ON CONFLICT (tenant_id) DO NOTHING RETURNING id;

-- name: lock_tenant_key
-- The tenant's key, for whoever seals it anew.
SELECT k.sealed FROM tenant_keys k WHERE k.tenant_id = $1 FOR UPDATE;

-- name: reseal_tenant_key
-- It is the same key, under another one.
UPDATE tenant_keys SET sealed = $2 WHERE tenant_id = $1 RETURNING id;

-- name: lock_sealed_accounts
-- What a tenant's accounts send with, for whoever seals it anew.
SELECT a.id, a.sealed FROM channel_accounts a WHERE a.tenant_id = $1 ORDER BY a.id FOR NO KEY UPDATE;

-- name: reseal_account
-- It is the same secret, under another key.
UPDATE channel_accounts SET sealed = $3 WHERE tenant_id = $1 AND id = $2 RETURNING id;

-- name: all_credential_sets
-- Every set's id.
SELECT s.id FROM credential_sets s ORDER BY s.id;

-- name: record_broken_log
-- A tenant's audit log is not whole ($4: the first entry that does not fit): an incident that its admins are told of, unless the
-- same one is there.
WITH found AS (
    INSERT INTO security_incidents (id, tenant_id, layer, verdict, reasons)
    SELECT $2, t.id, 'audit', 'broken', $3::jsonb FROM tenants t
    WHERE t.id = $1 AND NOT EXISTS (
        SELECT 1 FROM security_incidents s WHERE s.tenant_id = $1 AND s.layer = 'audit' AND s.reasons = $3::jsonb)
    RETURNING id, tenant_id)
INSERT INTO notifications (id, tenant_id, kind, subject_id, payload, due_at)
SELECT uuid_v7(), f.tenant_id, 'audit_broken', f.id, jsonb_build_object('number', $4::bigint), now() FROM found f
RETURNING subject_id AS id;

-- name: log_looked_at
-- A tenant's audit log was looked through: whole, or not from that entry on ($2).
UPDATE tenants SET audit_looked_at = now(), audit_fault = $2::bigint WHERE id = $1 RETURNING id;

-- name: broken_log
-- Whether a tenant's audit log was found broken, and nobody has judged that it was none.
SELECT s.id FROM security_incidents s WHERE s.tenant_id = $1 AND s.layer = 'audit' AND NOT s.false_positive LIMIT 1;

-- name: alert_turn
-- Those who would alert a tenant's admins of such a thing ($2) go one after the other: each sees whether the other has.
SELECT pg_advisory_xact_lock(hashtextextended($2::text || ':' || t.id, 0)) IS NULL AS waited FROM tenants t WHERE t.id = $1;

-- name: alarmed_tenants
-- Tenants of which at least $3 incidents of these layers ($2) are not older than $4 seconds, and whose admins were not told within
-- as long. What somebody judged to be none does not count.
SELECT s.tenant_id FROM security_incidents s
WHERE NOT s.false_positive AND s.created_at > now() - make_interval(secs => $4) AND s.layer = ANY ($2::text[])
GROUP BY s.tenant_id
HAVING count(*) >= $3 AND NOT EXISTS (
    SELECT 1 FROM notifications n
    WHERE n.tenant_id = s.tenant_id AND n.kind = 'incidents_many' AND n.created_at > now() - make_interval(secs => $4))
ORDER BY s.tenant_id LIMIT $1;

-- name: tell_incidents
-- They are told so, if it still is so: by one caller in $4 seconds, since callers go one after the other.
INSERT INTO notifications (id, tenant_id, kind, subject_id, payload, due_at)
SELECT uuid_v7(), $1, 'incidents_many', (array_agg(s.id ORDER BY s.created_at DESC, s.id DESC))[1],
       jsonb_build_object('count', count(*), 'guard', count(*) FILTER (WHERE s.layer = 'guard'),
                          'validator', count(*) FILTER (WHERE s.layer = 'validator')), now()
FROM security_incidents s
WHERE s.tenant_id = $1 AND NOT s.false_positive AND s.created_at > now() - make_interval(secs => $4) AND s.layer = ANY ($2::text[])
HAVING count(*) >= $3 AND NOT EXISTS (
    SELECT 1 FROM notifications n
    WHERE n.tenant_id = $1 AND n.kind = 'incidents_many' AND n.created_at > now() - make_interval(secs => $4))
RETURNING id;

-- name: tell_blocked_replies
-- The latest $3 replies of the AI to a conversation's lead ($2), in whichever of his conversations, were all blocked, and the one
-- before was not: a run of them is told of as it gets so long. Turns that nobody was to get a reply from do not count.
WITH latest AS (
    SELECT t.verdicts #>> '{reply,verdict}' = 'block' AS blocked, row_number() OVER (ORDER BY t.created_at DESC, t.id DESC) AS place
    FROM conversations o
    JOIN conversations c ON c.tenant_id = $1 AND c.lead_id = o.lead_id AND (c.status <> 'closed' OR c.status = 'closed')
    JOIN turns t ON t.tenant_id = $1 AND t.conversation_id = c.id
    WHERE o.tenant_id = $1 AND o.id = $2 AND t.outcome <> 'superseded' AND t.verdicts #>> '{reply,verdict}' IN ('ok', 'block')
    ORDER BY t.created_at DESC, t.id DESC LIMIT $3::int + 1)
INSERT INTO notifications (id, tenant_id, kind, subject_id, payload, due_at)
SELECT uuid_v7(), $1, 'replies_blocked', $2, jsonb_build_object('count', $3::int), now() FROM latest l
HAVING count(*) FILTER (WHERE l.blocked AND l.place <= $3) = $3 AND NOT COALESCE(bool_or(l.blocked) FILTER (WHERE l.place > $3), false)
RETURNING id;

-- name: newly_silent
-- The next $4 conversations in which anything happened after $3, up to $2: how things stand with those leads of theirs whom the AI has
-- and who have no follow-up in this silence yet. Nobody of a past that was restored, and nobody of more than $5 days ago.
WITH looked AS MATERIALIZED (
    SELECT c.id, c.last_activity_at, c.status FROM conversations c
    WHERE c.tenant_id = $1 AND c.last_activity_at > GREATEST($3::timestamptz, $2::timestamptz - make_interval(days => $5))
      AND c.last_activity_at <= $2
    ORDER BY c.last_activity_at FETCH FIRST ($4::bigint) ROWS WITH TIES),
silent AS (
    SELECT s.* FROM looked x CROSS JOIN LATERAL silence_of($1, x.id) s
    WHERE x.status = 'ai' AND s.last_word_at > COALESCE((
              SELECT k.upto FROM job_marks k WHERE k.tenant_id = $1 AND k.job = 'follow-up-restored'), '-infinity')
      AND NOT EXISTS (SELECT 1 FROM follow_ups f WHERE f.tenant_id = $1 AND f.lead_id = s.lead_id AND f.silent_since = s.last_word_at OFFSET 0))
SELECT z.looked, z.at, (SELECT json_agg(s.*) FROM silent s)::text AS silent, ARRAY(SELECT x.id FROM looked x) AS conversations
FROM (SELECT count(*) AS looked, max(last_activity_at) AS at FROM looked) z WHERE z.looked > 0;

-- name: plan_follow_ups
-- One step each ($4) for leads ($2) who have been silent since then ($5), of a kind ($6), due at a time ($7): planned once. Whose
-- conversation ($3) somebody holds at this moment is left out, so that nobody who holds one waits for a run that waits for another.
WITH held AS MATERIALIZED (
    SELECT c.id, c.lead_id FROM conversations c JOIN leads l ON l.tenant_id = $1 AND l.id = c.lead_id
    WHERE c.tenant_id = $1 AND c.id = ANY ($3::uuid[]) ORDER BY c.id FOR KEY SHARE OF l, c SKIP LOCKED)
INSERT INTO follow_ups (id, tenant_id, lead_id, conversation_id, step, silent_since, kind, due_at)
SELECT uuid_v7(), $1, p.lead, h.id, p.step, p.since, p.kind, p.due
FROM unnest($2::uuid[], $3::uuid[], $4::int[], $5::timestamptz[], $6::text[], $7::timestamptz[]) p(lead, conversation, step, since, kind, due)
JOIN held h ON h.id = p.conversation AND h.lead_id = p.lead
ON CONFLICT (tenant_id, lead_id, silent_since, step) DO NOTHING RETURNING id, lead_id;

-- name: end_silences
-- Leads of these conversations ($2) who have written: what was planned for a silence that is over is not said, and what was said is answered.
WITH found AS MATERIALIZED (    -- OFFSET: lead by lead, for they are few beside all follow-ups that the tenant has
    SELECT f.id FROM (SELECT DISTINCT c.lead_id FROM conversations c WHERE c.tenant_id = $1 AND c.id = ANY ($2::uuid[])) x
    CROSS JOIN LATERAL (
        SELECT o.id FROM follow_ups o WHERE o.tenant_id = $1 AND o.lead_id = x.lead_id AND o.answered_at IS NULL
          AND o.state IN ('planned', 'held', 'sent') OFFSET 0) f),
held AS MATERIALIZED (
    SELECT f.id, f.lead_id, f.state, f.sent_at, f.silent_since FROM follow_ups f
    WHERE f.tenant_id = $1 AND f.id = ANY (ARRAY(SELECT found.id FROM found)) AND f.answered_at IS NULL AND f.state IN ('planned', 'held', 'sent')
    ORDER BY f.id FOR UPDATE),
his AS MATERIALIZED (
    SELECT h.*, w.last_word_at FROM held h CROSS JOIN LATERAL (
        SELECT max(o.last_inbound_at) AS last_word_at FROM conversations o
        WHERE o.tenant_id = $1 AND o.lead_id = h.lead_id AND (o.status <> 'closed' OR o.status = 'closed')) w)
UPDATE follow_ups f
SET state = CASE WHEN f.state = 'sent' THEN f.state ELSE 'cancelled' END,
    reason = CASE WHEN f.state = 'sent' THEN f.reason ELSE 'answered' END,
    leave_at = CASE WHEN f.state = 'sent' THEN f.leave_at END,
    answered_at = CASE WHEN f.state = 'sent' THEN (
        SELECT COALESCE(min(m.created_at), his.last_word_at) FROM messages m JOIN conversations o ON o.tenant_id = $1 AND o.id = m.conversation_id
        WHERE m.tenant_id = $1 AND o.lead_id = f.lead_id AND (o.status <> 'closed' OR o.status = 'closed') AND m.direction = 'in'
          AND m.created_at > his.sent_at) END
FROM his
WHERE f.tenant_id = $1 AND f.id = his.id AND f.id = ANY (ARRAY(SELECT found.id FROM found))
  AND ((his.state = 'sent' AND his.last_word_at > his.sent_at) OR (his.state <> 'sent' AND his.last_word_at > his.silent_since))
RETURNING f.id, f.lead_id, f.state;

-- name: hold_follow_up_places
-- Who gives places to a tenant's follow-ups does so alone until the transaction ends.
SELECT upto FROM job_marks WHERE tenant_id = $1 AND job = 'follow-up' FOR UPDATE;

-- name: place_follow_ups
-- Those that are due at $2 leave one after the other, $3 seconds apart, behind those that have a place, within the next $4 seconds.
WITH free AS (
    SELECT GREATEST(now(), COALESCE((SELECT max(f.leave_at) FROM follow_ups f WHERE f.tenant_id = $1 AND f.leave_at IS NOT NULL),
                                    '-infinity') + make_interval(secs => $3::float8)) AS at),
due AS MATERIALIZED (
    SELECT f.id, row_number() OVER (ORDER BY f.due_at, f.id) AS place FROM follow_ups f
    WHERE f.tenant_id = $1 AND f.state = 'planned' AND f.leave_at IS NULL AND f.due_at <= $2
    ORDER BY f.due_at, f.id
    LIMIT GREATEST(floor((extract(epoch FROM now() - (SELECT at FROM free)) + $4::float8) / $3::float8), 0)::int)
UPDATE follow_ups f SET leave_at = free.at + make_interval(secs => (due.place - 1) * $3::float8)
FROM due CROSS JOIN free
WHERE f.tenant_id = $1 AND f.id = due.id AND f.id = ANY (ARRAY(SELECT due.id FROM due)) AND f.state = 'planned' AND f.leave_at IS NULL
RETURNING f.id;

-- name: follow_ups_due
-- How many are planned, and due at $2.
SELECT count(*) AS due FROM follow_ups WHERE tenant_id = $1 AND state = 'planned' AND leave_at IS NULL AND due_at <= $2 HAVING count(*) > 0;

-- name: leaving_follow_ups
-- What is to be written now to silent leads, and nobody writes.
SELECT tenant_id, id FROM follow_ups
WHERE state = 'planned' AND leave_at <= now() AND (lease_until IS NULL OR lease_until < now()) ORDER BY leave_at LIMIT $1;

-- name: claim_follow_up
-- It is ours to write for $3 seconds, under a new token; with whose it is, and whether its place lies more than $4 seconds back.
UPDATE follow_ups f SET lease_until = now() + make_interval(secs => $3), attempts = f.attempts + 1
WHERE f.tenant_id = $1 AND f.id = $2 AND f.state = 'planned' AND f.leave_at <= now() AND (f.lease_until IS NULL OR f.lease_until < now())
RETURNING f.lead_id, f.conversation_id, f.attempts, f.step, f.silent_since, f.leave_at < now() - make_interval(secs => $4) AS missed;

-- name: silence_of
-- How things stand with the lead of a conversation.
SELECT * FROM silence_of($1, $2);

-- name: open_stages
-- The stages of leads who are neither won nor lost.
SELECT key FROM stages WHERE tenant_id = $1 AND outcome = 'open' ORDER BY position;

-- name: lock_lead_whole
-- A lead, whoever has him, until the transaction ends; his conversations come after him.
SELECT l.id FROM leads l WHERE l.tenant_id = $1 AND l.id = $2 FOR NO KEY UPDATE;

-- name: lock_follow_up
-- It is still ours to write.
SELECT f.id FROM follow_ups f WHERE f.tenant_id = $1 AND f.id = $2 AND f.state = 'planned' AND f.attempts = $3 FOR UPDATE;

-- name: end_follow_up
-- It is not said: held, or never ($3), for a reason ($4).
UPDATE follow_ups SET state = $3, reason = $4, leave_at = NULL, lease_until = NULL WHERE tenant_id = $1 AND id = $2 RETURNING id;

-- name: put_off_follow_up
-- Not now: due at $3, where it gets another place. Whoever took it up found that out, and it counts as no attempt.
UPDATE follow_ups SET due_at = $3, leave_at = NULL, lease_until = NULL, attempts = attempts - 1 WHERE tenant_id = $1 AND id = $2
RETURNING id;

-- name: queue_follow_up
-- It is written, as message $3, and may leave until $4: something has happened in the conversation.
WITH written AS (
    UPDATE follow_ups SET state = 'queued', message_id = $3, leave_by = $4, lease_until = NULL WHERE tenant_id = $1 AND id = $2
    RETURNING id, conversation_id)
UPDATE conversations c SET last_activity_at = now() FROM written w WHERE c.tenant_id = $1 AND c.id = w.conversation_id RETURNING w.id;

-- name: forget_job_mark
-- The job's next run looks at everything anew.
DELETE FROM job_marks WHERE tenant_id = $1 AND job = $2 RETURNING id;

-- name: coming_follow_ups
-- What is planned, or held ($2), what is due first before the rest, after a moment ($3) and an id ($4); with how things stand with each lead.
SELECT f.id, f.step, f.kind, f.state, f.reason, f.silent_since, f.due_at, f.leave_at, s.*
FROM (SELECT x.* FROM follow_ups x
      WHERE x.tenant_id = $1 AND x.state = $2 AND x.state IN ('planned', 'held') AND (x.due_at, x.id) > ($3::timestamptz, $4::uuid)
      ORDER BY x.due_at, x.id LIMIT $5) f
CROSS JOIN LATERAL silence_of($1, f.conversation_id) s
ORDER BY f.due_at, f.id;

-- name: follow_up_results
-- What became of the follow-ups that were planned in the last $2 days, by step, state and reason. A step is answered by what the lead
-- writes within $3 days, before the next step and before anybody of the team writes; who asks to be left alone has not answered.
WITH planned AS MATERIALIZED (
    SELECT f.step, f.state, COALESCE(f.reason, '') AS reason, f.lead_id, f.sent_at, f.answered_at,
           LEAST(f.sent_at + make_interval(days => $3), (
               SELECT min(n.sent_at) FROM follow_ups n WHERE n.tenant_id = $1 AND n.lead_id = f.lead_id AND n.sent_at > f.sent_at)) AS until
    FROM follow_ups f WHERE f.tenant_id = $1 AND f.created_at >= now() - make_interval(days => $2)),
said AS MATERIALIZED (
    SELECT p.step, p.state, p.reason, p.lead_id, p.sent_at, p.until,
           l.opted_out_at > p.sent_at AND l.opted_out_at <= p.until AS opted_out,
           -- What the job has not looked at yet is looked for.
           COALESCE(p.answered_at, (
               SELECT min(m.created_at) FROM conversations o JOIN messages m ON m.tenant_id = $1 AND m.conversation_id = o.id
               WHERE o.tenant_id = $1 AND o.lead_id = p.lead_id AND (o.status <> 'closed' OR o.status = 'closed')
                 AND o.last_inbound_at > p.sent_at AND m.direction = 'in' AND m.created_at > p.sent_at)) AS answered_at
    FROM planned p JOIN leads l ON l.tenant_id = $1 AND l.id = p.lead_id
    WHERE p.state = 'sent')
SELECT p.step, p.state, p.reason, count(*) AS number, 0 AS answered, 0 AS opted_out
FROM planned p WHERE p.state <> 'sent' GROUP BY 1, 2, 3
UNION ALL
SELECT s.step, s.state, '', count(*), count(*) FILTER (WHERE NOT COALESCE(s.opted_out, false) AND s.answered_at <= s.until AND NOT EXISTS (
           SELECT 1 FROM conversations o JOIN messages m ON m.tenant_id = $1 AND m.conversation_id = o.id
           WHERE o.tenant_id = $1 AND o.lead_id = s.lead_id AND (o.status <> 'closed' OR o.status = 'closed')
             AND m.author = 'attendant' AND m.status NOT IN ('internal', 'failed', 'cancelled')
             AND m.created_at > s.sent_at AND m.created_at < s.answered_at)),
       count(*) FILTER (WHERE s.opted_out)
FROM said s GROUP BY 1, 2;

-- name: coming_follow_up_of_lead
-- What is planned for a lead, or about to leave, with how things stand with him.
SELECT f.id, f.step, f.kind, f.state, f.reason, f.silent_since, f.due_at, f.leave_at, s.*
FROM (SELECT x.* FROM follow_ups x
      WHERE x.tenant_id = $1 AND x.lead_id = $2 AND x.state IN ('planned', 'held', 'queued')
      ORDER BY x.silent_since DESC, x.step LIMIT 1) f
CROSS JOIN LATERAL silence_of($1, f.conversation_id) s;

-- name: past_follow_ups_of_lead
-- What he was written unasked, and what was not said in the end, the latest first.
SELECT f.id, f.step, f.kind, f.state, f.reason, f.due_at, f.sent_at, f.answered_at, f.conversation_id FROM follow_ups f
WHERE f.tenant_id = $1 AND f.lead_id = $2 AND f.state IN ('sent', 'failed', 'cancelled')
ORDER BY f.silent_since DESC, f.step DESC LIMIT $3;

-- name: follow_up
-- Whose it is, and how far it has come.
SELECT f.lead_id, f.state FROM follow_ups f WHERE f.tenant_id = $1 AND f.id = $2;

-- name: stop_follow_up
-- It is not said, for a reason ($3), nor its message if that waits to leave, nor what is planned after it; nothing where it has left.
-- Whoever asks holds the lead.
WITH target AS (
    SELECT f.id, f.lead_id, f.silent_since FROM follow_ups f
    WHERE f.tenant_id = $1 AND f.id = $2 AND f.state IN ('planned', 'held', 'queued') FOR UPDATE),
stopped AS (
    UPDATE follow_ups f
    SET reason = $3, lease_until = NULL, state = CASE WHEN f.state = 'queued' THEN f.state ELSE 'cancelled' END,
        leave_at = CASE WHEN f.state = 'queued' THEN f.leave_at END
    FROM target t WHERE f.tenant_id = $1 AND f.lead_id = t.lead_id AND f.silent_since = t.silent_since
      AND (f.id = t.id OR f.state = 'planned') AND f.state IN ('planned', 'held', 'queued')
    RETURNING f.id, f.step, f.conversation_id, f.message_id),
unsaid AS (
    UPDATE messages m SET status = 'cancelled', next_attempt_at = NULL FROM stopped s
    WHERE m.tenant_id = $1 AND m.id = s.message_id AND m.status = 'queued' RETURNING m.id)
SELECT s.step, s.conversation_id, u.id AS unsaid FROM stopped s LEFT JOIN unsaid u ON u.id = s.message_id WHERE s.id = $2;
