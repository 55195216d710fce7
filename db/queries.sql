-- Queries that are worth reading, by name. Placeholders are PostgreSQL's own ($1, $2, …).

-- name: credential_set_of_key
-- What verifies deliveries to an account key of a channel.
SELECT id, sealed FROM credential_sets WHERE account_key = $1 AND channel = $2;

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

-- name: claim_turn
-- Take the due turn of a conversation under a lease and a new fencing token. One row always comes back: with a token
-- when the turn is ours, else with the seconds until it is due (null: nothing is due) and whether somebody has it.
WITH claimed AS (
    UPDATE conversations
    SET turn_token = turn_token + 1, turn_attempts = turn_attempts + 1,
        turn_lease_until = now() + make_interval(secs => $3)
    WHERE tenant_id = $1 AND id = $2 AND status = 'ai' AND turn_due_at <= now()
      AND (turn_lease_until IS NULL OR turn_lease_until < now())
    RETURNING turn_token, turn_attempts)
SELECT (SELECT turn_token FROM claimed) AS token, (SELECT turn_attempts FROM claimed) AS attempts,
       extract(epoch FROM c.turn_due_at - now())::float8 AS due_in, c.status,
       COALESCE(c.turn_lease_until >= now(), false) AS taken
FROM conversations c WHERE c.tenant_id = $1 AND c.id = $2;

-- name: renew_turn_leases
-- Renew the leases of all of a process's turns, locked in the order in which webhooks lock conversations; those missing
-- from the answer belong to somebody else now.
WITH mine AS MATERIALIZED (
    SELECT c.tenant_id, c.id
    FROM unnest($1::uuid[], $2::uuid[], $3::bigint[]) AS held(tenant_id, id, token)
    JOIN conversations c ON c.tenant_id = held.tenant_id AND c.id = held.id AND c.turn_token = held.token
    WHERE c.turn_lease_until IS NOT NULL
    ORDER BY c.id FOR NO KEY UPDATE OF c)
UPDATE conversations c SET turn_lease_until = now() + make_interval(secs => $4)
FROM mine WHERE c.tenant_id = mine.tenant_id AND c.id = mine.id
RETURNING c.id;

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
-- What a turn needs of the conversation, the lead and the tenant, in one row.
SELECT c.status, c.turn_token, c.inbound_seq, c.answered_seq, c.message_seq, c.context_from_seq, c.previous_id, c.idle_turns,
       c.unreadable_run, c.lead_id, c.channel_account_id, c.reply_kind, c.reply_address, a.channel,
       a.status AS account_status, l.name AS lead_name, l.score, l.stage_key, l.facts AS lead_facts, l.source AS lead_source,
       t.name AS tenant_name, t.status AS tenant_status, t.timezone, t.locale, t.ai_paused, t.debounce_seconds, t.settings,
       now() AS db_now,
       COALESCE((SELECT u.ai_cost_micros FROM usage_months u
                 WHERE u.tenant_id = c.tenant_id AND u.month = date_trunc('month', now() AT TIME ZONE t.timezone)::date), 0) AS cost_micros,
       NOT EXISTS (SELECT 1 FROM turns x JOIN conversations o ON o.tenant_id = x.tenant_id AND o.id = x.conversation_id
                   WHERE o.tenant_id = c.tenant_id AND o.lead_id = c.lead_id AND x.outcome IN ('answered', 'generic')) AS first_answer
FROM conversations c
JOIN channel_accounts a ON a.tenant_id = c.tenant_id AND a.id = c.channel_account_id
JOIN leads l ON l.tenant_id = c.tenant_id AND l.id = c.lead_id
JOIN tenants t ON t.id = c.tenant_id
WHERE c.tenant_id = $1 AND c.id = $2;

-- name: new_messages
-- What the lead said since the last answer, the latest $5 of it, last first.
SELECT id, seq, author, type, text, external_id, provider_ts, created_at FROM messages
WHERE tenant_id = $1 AND conversation_id = $2 AND seq > $3 AND seq <= $4 AND direction = 'in'
ORDER BY seq DESC LIMIT $5;

-- name: earlier_messages
-- The latest messages of the conversation that are not new: what reached the lead and what he said, never notes.
SELECT m.seq, m.author, m.type, m.text, m.purpose FROM messages m
WHERE m.tenant_id = $1 AND m.conversation_id = $2 AND m.seq > $3 AND m.status NOT IN ('cancelled', 'failed')
  AND m.status <> 'internal' AND NOT (m.direction = 'in' AND m.seq > $4)
ORDER BY m.seq DESC LIMIT $5;

-- name: lock_turn
-- The state that decides whether a turn may be committed, locked until it is.
SELECT status, turn_token, inbound_seq, message_seq, extract(epoch FROM turn_due_at - now())::float8 AS due_in
FROM conversations WHERE tenant_id = $1 AND id = $2 FOR UPDATE;

-- name: finish_turn
-- A committed turn leaves the conversation: answered up to $3, $4 messages longer. What came meanwhile stays due.
UPDATE conversations
SET answered_seq = $3, message_seq = message_seq + $4, turn_attempts = 0, turn_lease_until = NULL,
    status = $5::text, idle_turns = $6, unreadable_run = $7, last_activity_at = now(),
    turn_due_at = CASE WHEN $5::text = 'ai' AND inbound_seq > $3 THEN COALESCE(turn_due_at, now()) END,
    first_unanswered_at = CASE WHEN $5::text = 'ai' AND inbound_seq > $3 THEN now() END,
    waiting_since = CASE WHEN $5::text = 'waiting_human' THEN now() END,
    waiting_until = CASE WHEN $5::text = 'waiting_human' THEN now() + make_interval(mins => $8) END
WHERE tenant_id = $1 AND id = $2
RETURNING extract(epoch FROM turn_due_at - now())::float8 AS due_in;

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

-- name: add_usage
-- What model calls cost, onto the month of the tenant's own time zone.
INSERT INTO usage_months AS u (id, tenant_id, month, ai_cost_micros, ai_tokens)
SELECT uuid_v7(), t.id, date_trunc('month', now() AT TIME ZONE t.timezone)::date, $2, $3 FROM tenants t WHERE t.id = $1
ON CONFLICT (tenant_id, month) DO UPDATE
SET ai_cost_micros = u.ai_cost_micros + EXCLUDED.ai_cost_micros, ai_tokens = u.ai_tokens + EXCLUDED.ai_tokens
RETURNING id;

-- name: lock_conversation
-- One sender, committer or claimer at a time.
SELECT status, channel_account_id, lead_id, message_seq, assignee_id FROM conversations
WHERE tenant_id = $1 AND id = $2 FOR UPDATE;

-- name: unsent_messages
-- What has not left yet, in order: the head decides. Statuses: queued, sending, unknown.
SELECT id, seq, author, status, attempts, extract(epoch FROM next_attempt_at - now())::float8 AS due_in
FROM messages
WHERE tenant_id = $1 AND conversation_id = $2 AND direction = 'out' AND status IN ('queued', 'sending', 'unknown')
ORDER BY seq;

-- name: begin_send
-- The intent is on disk before anything leaves.
UPDATE messages
SET status = 'sending', attempts = attempts + 1, send_token = send_token + 1,
    send_lease_until = now() + make_interval(secs => $3), next_attempt_at = NULL
WHERE tenant_id = $1 AND id = $2 AND status = 'queued'
RETURNING id, send_token, attempts, text, author, purpose, extract(epoch FROM now() - created_at)::float8 AS age;

-- name: send_target
-- Where a conversation's messages go.
SELECT c.reply_kind, c.reply_address, a.id AS account_id, a.channel, a.external_id, a.sealed, a.status AS account_status
FROM conversations c JOIN channel_accounts a ON a.tenant_id = c.tenant_id AND a.id = c.channel_account_id
WHERE c.tenant_id = $1 AND c.id = $2;

-- name: record_sent
-- The provider took it. A status that was faster than the answer stays.
UPDATE messages
SET status = CASE WHEN message_rank(status) < message_rank('sent') THEN 'sent' ELSE status END,
    external_id = COALESCE(external_id, $4), sent_at = COALESCE(sent_at, now()),
    send_lease_until = NULL, settle_by = CASE WHEN status = 'failed' THEN settle_by END
WHERE tenant_id = $1 AND id = $2 AND send_token = $3
RETURNING channel_account_id;

-- name: early_receipts_of
-- Statuses that came before the send call returned; taken out to be applied.
DELETE FROM early_receipts WHERE tenant_id = $1 AND channel_account_id = $2 AND external_id = $3
RETURNING status, at, error_code;

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
    waiting_since = now(), waiting_until = now() + make_interval(mins => $3), last_activity_at = now(), first_unanswered_at = NULL,
    message_seq = message_seq + $4
WHERE tenant_id = $1 AND id = $2 AND status = 'ai'
RETURNING lead_id, channel_account_id, message_seq;

-- name: waiting_over
-- Conversations nobody took in time.
SELECT c.tenant_id, c.id FROM conversations c WHERE c.waiting_until <= now() AND c.status = 'waiting_human'
ORDER BY c.waiting_until LIMIT $1;

-- name: back_to_ai
-- Nobody took it: the AI goes on, and answers what the lead said meanwhile.
UPDATE conversations
SET status = 'ai', waiting_since = NULL, waiting_until = NULL, assignee_id = NULL, message_seq = message_seq + 1,
    idle_turns = 0, unreadable_run = 0, last_activity_at = now(), turn_attempts = 0, turn_lease_until = NULL,
    turn_due_at = CASE WHEN inbound_seq > answered_seq THEN now() END,
    first_unanswered_at = CASE WHEN inbound_seq > answered_seq THEN now() END
WHERE tenant_id = $1 AND id = $2 AND status = 'waiting_human' AND waiting_until <= now()
RETURNING lead_id, channel_account_id, message_seq, turn_due_at IS NOT NULL AS due;

-- name: close_hand_off
-- The open hand-off of a conversation ends.
UPDATE hand_offs SET returned_at = now(), return_reason = $3
WHERE tenant_id = $1 AND conversation_id = $2 AND returned_at IS NULL RETURNING id;

-- name: purge_early_receipts
-- Receipts for messages that are not ours (sent from elsewhere) are kept for a day.
DELETE FROM early_receipts WHERE created_at < now() - interval '1 day' RETURNING id;

-- name: small_knowledge
-- All entries, if together they are no longer than $2 characters; none else.
SELECT k.title, k.content FROM knowledge_entries k
WHERE k.tenant_id = $1 AND (SELECT COALESCE(sum(length(x.title) + length(x.content)), 0) FROM knowledge_entries x
                            WHERE x.tenant_id = $1) <= $2
ORDER BY k.id;

-- name: found_knowledge
-- The entries that fit a question best, best first.
SELECT title, content FROM search_knowledge($1, $2);

-- name: stages
-- The tenant's pipeline, in order.
SELECT key, position, min_score, outcome FROM stages WHERE tenant_id = $1 ORDER BY position;

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
WHERE tenant_id = $1 AND id = $2 RETURNING id;

-- name: disconnect_account
-- Nothing comes or leaves through this account any more; its number may be bound anew.
UPDATE channel_accounts SET status = 'disconnected', stopped_reason = NULL
WHERE tenant_id = $1 AND id = $2 AND status <> 'disconnected' RETURNING id;

-- name: lengthen
-- Room for notes that never leave.
UPDATE conversations SET message_seq = message_seq + $3 WHERE tenant_id = $1 AND id = $2 RETURNING id;

-- name: make_tenant
-- A new tenant, unless its slug is taken.
INSERT INTO tenants (id, slug, name, timezone, locale, debounce_seconds, settings)
VALUES ($1, $2, $3, $4, $5, $6, $7::jsonb) ON CONFLICT (slug) DO NOTHING RETURNING id;

-- name: make_credential_set
-- What verifies deliveries to a new account key.
INSERT INTO credential_sets (id, account_key, channel, sealed) VALUES ($1, $2, $3, $4) RETURNING id;

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

-- name: lock_lead
-- The lead as it stands now, locked before the conversation is, as webhooks do.
SELECT score, stage_key FROM leads WHERE tenant_id = $1 AND id = $2 FOR NO KEY UPDATE;

-- name: update_lead
-- What a turn found out, onto what stands there.
UPDATE leads SET score = $3, stage_key = $4, facts = facts || $5::jsonb WHERE tenant_id = $1 AND id = $2 RETURNING id;

-- name: give_up_turn
-- The turn failed every attempt: its words count as dealt with, the generic message gets a number, a person goes on.
UPDATE conversations c
SET status = 'waiting_human', answered_seq = c.inbound_seq, message_seq = c.message_seq + 1, turn_attempts = 0,
    turn_due_at = NULL, turn_lease_until = NULL, first_unanswered_at = NULL, last_activity_at = now(),
    waiting_since = now(), waiting_until = now() + make_interval(mins => $3)
FROM conversations o
WHERE c.tenant_id = $1 AND c.id = $2 AND o.tenant_id = c.tenant_id AND o.id = c.id
RETURNING c.lead_id, c.channel_account_id, c.message_seq, o.answered_seq + 1 AS from_seq, c.inbound_seq AS to_seq;

-- name: park_payload
-- A queue entry nobody here can read is kept.
INSERT INTO parked_payloads (id, reason, body) VALUES (uuid_v7(), $1, $2) RETURNING id;

-- name: lock_for_member
-- A conversation, locked, with the name of whoever has it.
SELECT c.status, c.assignee_id, c.lead_id, c.channel_account_id, c.message_seq,
       COALESCE((SELECT m.name FROM members m WHERE m.tenant_id = c.tenant_id AND m.id = c.assignee_id), '') AS holder
FROM conversations c WHERE c.tenant_id = $1 AND c.id = $2 FOR UPDATE;

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

-- name: ai_is_sending
-- The AI's message that is on its way to the provider at this moment.
SELECT id FROM messages
WHERE tenant_id = $1 AND conversation_id = $2 AND status = 'sending' AND author = 'ai' AND send_lease_until > now();

-- name: claim_hand_off
-- The open hand-off of a conversation has its person.
UPDATE hand_offs SET claimed_by = $3, claimed_at = now()
WHERE tenant_id = $1 AND conversation_id = $2 AND returned_at IS NULL
RETURNING id;

-- name: return_to_ai
-- A person gives it back. What the lead said after the person's last word is the AI's to answer.
WITH said AS (
    SELECT COALESCE(max(m.seq), 0) AS seq FROM messages m
    WHERE m.tenant_id = $1 AND m.conversation_id = $2 AND m.direction = 'out' AND m.author = 'attendant'
      AND m.status NOT IN ('internal', 'failed', 'cancelled')),
state AS (
    SELECT c.tenant_id, c.id, GREATEST(c.answered_seq, said.seq) AS answered,
           CASE WHEN c.inbound_seq > GREATEST(c.answered_seq, said.seq) AND t.status = 'active' AND NOT t.ai_paused
                THEN now() END AS due
    FROM conversations c JOIN tenants t ON t.id = c.tenant_id CROSS JOIN said
    WHERE c.tenant_id = $1 AND c.id = $2)
UPDATE conversations c
SET status = 'ai', assignee_id = NULL, answered_seq = state.answered, turn_due_at = state.due, first_unanswered_at = state.due,
    waiting_since = NULL, waiting_until = NULL, idle_turns = 0, unreadable_run = 0, turn_attempts = 0,
    turn_lease_until = NULL, last_activity_at = now()
FROM state WHERE c.tenant_id = state.tenant_id AND c.id = state.id
RETURNING c.turn_due_at IS NOT NULL AS due;

-- name: assign
-- Another member has it from now on.
UPDATE conversations SET assignee_id = $3, last_activity_at = now() WHERE tenant_id = $1 AND id = $2 RETURNING id;

-- name: close_conversation
-- It is over until the lead writes again; a turn that is running comes too late.
UPDATE conversations
SET status = 'closed', closed_at = now(), assignee_id = NULL, turn_due_at = NULL, turn_lease_until = NULL,
    turn_token = turn_token + 1, turn_attempts = 0, waiting_since = NULL, waiting_until = NULL, first_unanswered_at = NULL,
    last_activity_at = now()
WHERE tenant_id = $1 AND id = $2
RETURNING id;

-- name: active_member
-- A member who has not left.
SELECT id, name, role FROM members WHERE tenant_id = $1 AND id = $2 AND removed_at IS NULL;

-- name: message_known
-- Whether a message with this id is written already.
SELECT id FROM messages WHERE tenant_id = $1 AND id = $2;

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
-- Every tenant in which a Telegram user is somebody.
SELECT m.tenant_id, m.id, m.role, m.language, t.name AS tenant_name, t.status AS tenant_status
FROM members m JOIN tenants t ON t.id = m.tenant_id
WHERE m.telegram_user_id = $1 AND m.removed_at IS NULL
ORDER BY t.name, m.tenant_id;

-- name: team
-- Who works in a tenant, and how many conversations each has.
SELECT m.id, m.telegram_user_id, m.name, m.role, m.on_duty,
       (SELECT count(*) FROM conversations c
        WHERE c.tenant_id = m.tenant_id AND c.assignee_id = m.id AND c.status = 'human')::int AS conversations
FROM members m WHERE m.tenant_id = $1 AND m.removed_at IS NULL ORDER BY m.name, m.id;

-- name: lock_admins
-- The admins of a tenant, locked, so that two cannot both leave as the last but one.
SELECT id FROM members WHERE tenant_id = $1 AND role = 'admin' AND removed_at IS NULL ORDER BY id FOR UPDATE;

-- name: change_role
-- A member's role.
UPDATE members SET role = $3::text WHERE tenant_id = $1 AND id = $2 AND removed_at IS NULL RETURNING id;

-- name: change_duty
-- Whether a member is there for new leads.
UPDATE members SET on_duty = $3 WHERE tenant_id = $1 AND id = $2 AND removed_at IS NULL RETURNING id;

-- name: remove_member
-- A member leaves the team.
UPDATE members SET removed_at = now() WHERE tenant_id = $1 AND id = $2 AND removed_at IS NULL RETURNING id;

-- name: free_conversations
-- What a member had is anyone's to take; the AI stays out of it.
UPDATE conversations SET assignee_id = NULL WHERE tenant_id = $1 AND assignee_id = $2 AND status = 'human' RETURNING id;

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
