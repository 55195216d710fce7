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

-- name: waiting_over
-- Conversations nobody took in time.
SELECT c.tenant_id, c.id FROM conversations c WHERE c.waiting_until <= now() AND c.status = 'waiting_human'
ORDER BY c.waiting_until LIMIT $1;

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
-- Nobody took it and the AI does not answer: it waits for as long as it takes.
UPDATE conversations SET waiting_until = NULL
WHERE tenant_id = $1 AND id = $2 AND status = 'waiting_human' AND waiting_until <= now() RETURNING id;

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
INSERT INTO tenants (id, slug, name, timezone, locale, debounce_seconds, settings)
VALUES ($1, $2, $3, $4, $5, $6, $7::jsonb) ON CONFLICT (slug) DO NOTHING RETURNING id;

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
SELECT slug, name, status, plan FROM tenants ORDER BY slug;

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
SELECT m.tenant_id, m.id, m.role, m.language, t.name AS tenant_name, t.status AS tenant_status
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
-- it is not to have back. Locked in the order in which webhooks lock conversations.
WITH left_over AS MATERIALIZED (
    SELECT c.id FROM conversations c
    WHERE c.tenant_id = $1 AND c.status = 'waiting_human' AND c.waiting_until IS NULL
      AND NOT EXISTS (SELECT 1 FROM hand_offs h WHERE h.tenant_id = c.tenant_id AND h.conversation_id = c.id
                      AND h.returned_at IS NULL AND h.reason = 'automatic')
    ORDER BY c.id FOR NO KEY UPDATE)
UPDATE conversations c SET waiting_until = now() + make_interval(mins => $2)
FROM left_over l WHERE c.tenant_id = $1 AND c.id = l.id RETURNING c.id;

-- name: resume_turns
-- What leads wrote while the AI paused is due, $2 seconds apart and all of it within $3, those who wrote first first;
-- locked in the order in which webhooks lock conversations.
WITH unanswered AS MATERIALIZED (
    SELECT c.id, c.last_inbound_at FROM conversations c
    WHERE c.tenant_id = $1 AND c.status = 'ai' AND c.inbound_seq > c.answered_seq AND c.turn_due_at IS NULL
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
SELECT c.id, c.status, l.name, l.phone, c.reply_address, m.name AS member, count(*) OVER ()::int AS total,
       CASE WHEN c.status = 'waiting_human' THEN COALESCE(c.waiting_since, c.last_inbound_at)
            WHEN c.last_inbound_at > COALESCE(s.at, '-infinity') THEN c.last_inbound_at END AS since
FROM conversations c
JOIN leads l ON l.tenant_id = c.tenant_id AND l.id = c.lead_id
LEFT JOIN members m ON m.tenant_id = c.tenant_id AND m.id = c.assignee_id
LEFT JOIN LATERAL (
    SELECT x.created_at AS at FROM messages x
    WHERE x.tenant_id = c.tenant_id AND x.conversation_id = c.id AND x.seq = last_word_of_team(c.tenant_id, c.id)) s ON true
WHERE c.tenant_id = $1 AND c.status IN ('waiting_human', 'human')
ORDER BY c.status = 'waiting_human' DESC, since NULLS LAST, c.id LIMIT $2;

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
WHERE h.tenant_id = $1 AND h.returned_at IS NULL AND c.status = 'waiting_human'
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
-- Whose conversation a hand-off is about, and whether it is over.
SELECT conversation_id, returned_at FROM hand_offs WHERE tenant_id = $1 AND id = $2;

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
       c.status, c.assignee_id, a.channel, l.name AS lead_name, l.phone, c.reply_address, l.score, l.source,
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
       (SELECT max(h.claimed_at) FROM hand_offs h
        WHERE h.tenant_id = c.tenant_id AND h.conversation_id = c.id AND h.returned_at IS NULL) AS held_since
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
       c.waiting_since, c.waiting_until, c.closed_at, c.last_inbound_at, now() AS db_now,
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
       x.name AS assignee_name, waits.since AS unanswered_since
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
SELECT t.timezone, t.plan, (now() AT TIME ZONE t.timezone)::date AS today, COALESCE(u.leads, 0) AS leads_month,
       COALESCE(u.ai_cost_micros, 0) AS cost_month,
       (SELECT count(*) FROM leads l WHERE l.tenant_id = t.id
        AND l.created_at >= date_trunc('day', now() AT TIME ZONE t.timezone) AT TIME ZONE t.timezone) AS leads_today,
       (SELECT count(*) FROM conversations c WHERE c.tenant_id = t.id AND c.status <> 'closed') AS open_conversations,
       w.waiting, w.since
FROM tenants t
LEFT JOIN usage_months u ON u.tenant_id = t.id AND u.month = date_trunc('month', now() AT TIME ZONE t.timezone)::date
CROSS JOIN LATERAL (
    SELECT count(*) AS waiting, min(c.waiting_since) AS since FROM conversations c
    WHERE c.tenant_id = t.id AND c.status = 'waiting_human') w
WHERE t.id = $1;

-- name: dashboard_leads
-- Leads that came since the beginning of a day ($3) in a time zone ($2), by day, by what brought them, by where they are now.
SELECT grouping(l.day, l.source, l.stage) AS by, l.day, l.source, l.stage, count(*) AS leads
FROM (SELECT (x.created_at AT TIME ZONE $2)::date AS day, source_kind(x.source) AS source, x.stage_key AS stage
      FROM leads x WHERE x.tenant_id = $1 AND x.created_at >= $3::date::timestamp AT TIME ZONE $2) l
GROUP BY GROUPING SETS ((l.day), (l.source), (l.stage));

-- name: dashboard_conversations
-- The same of conversations that were begun since then, by day and by channel; ``leads`` are those who came with them.
SELECT grouping(d.day, d.account) AS by, d.day, a.channel, count(*) AS conversations, count(*) FILTER (WHERE d.first_of_lead) AS leads
FROM (SELECT (x.opened_at AT TIME ZONE $2)::date AS day, x.channel_account_id AS account, x.first_of_lead
      FROM conversation_digests x WHERE x.tenant_id = $1 AND x.opened_at >= $3::date::timestamp AT TIME ZONE $2) d
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
-- What the model cost since then, in millionths.
SELECT sum(k.cost_micros)::bigint AS cost FROM ai_calls k
WHERE k.tenant_id = $1 AND k.created_at >= $3::date::timestamp AT TIME ZONE $2
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

-- name: plan_of_tenant
-- What a business pays for.
SELECT plan FROM tenants WHERE id = $1;

-- name: usage_of_months
-- What a business used, the latest $2 months first.
SELECT month, leads, ai_cost_micros, ai_tokens FROM usage_months WHERE tenant_id = $1 ORDER BY month DESC LIMIT $2;

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
