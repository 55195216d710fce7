-- Takes back what 0030_silence.up.sql made.
CREATE OR REPLACE FUNCTION silence_of(p_tenant uuid, p_conversation uuid)
RETURNS TABLE (conversation_id uuid, lead_id uuid, lead_name text, channel_account_id uuid, channel text, message_seq int, status text,
               stage_key text, opted_out boolean, last_word_at timestamptz, is_answered boolean, is_unsent boolean, steps_done int,
               last_step_at timestamptz, channel_works boolean, cost_micros bigint)
LANGUAGE sql STABLE AS $$
    SELECT c.id, l.id, l.name, a.id, a.channel, c.message_seq,
           -- With a person on one channel is with a person.
           CASE WHEN his.with_person AND c.status = 'ai' THEN 'human' ELSE c.status END, l.stage_key, l.opted_out_at IS NOT NULL,
           his.last_word_at,
           c.turn_due_at IS NULL AND c.turn_lease_until IS NULL AND c.inbound_seq <= c.answered_seq
               AND c.last_inbound_at = his.last_word_at AND his.last_word_at IS NOT NULL,
           EXISTS (SELECT 1 FROM messages m WHERE m.tenant_id = p_tenant AND m.conversation_id = c.id
                   AND m.status IN ('queued', 'sending', 'unknown')),
           had.steps::int, had.last_at, a.status = 'active',
           COALESCE((SELECT u.ai_cost_micros FROM usage_months u JOIN tenants t ON t.id = p_tenant
                     WHERE u.tenant_id = p_tenant AND u.month = date_trunc('month', now() AT TIME ZONE t.timezone)::date), 0)
    FROM conversations c
    JOIN leads l ON l.tenant_id = p_tenant AND l.id = c.lead_id
    JOIN channel_accounts a ON a.tenant_id = p_tenant AND a.id = c.channel_account_id
    CROSS JOIN LATERAL (
        SELECT max(o.last_inbound_at) AS last_word_at, COALESCE(bool_or(o.status IN ('human', 'waiting_human')), false) AS with_person
        FROM conversations o
        WHERE o.tenant_id = p_tenant AND o.lead_id = c.lead_id AND (o.status <> 'closed' OR o.status = 'closed')) his
    CROSS JOIN LATERAL (
        SELECT count(*) FILTER (WHERE f.silent_since = his.last_word_at) AS steps, max(COALESCE(f.sent_at, f.leave_at)) AS last_at
        FROM follow_ups f
        WHERE f.tenant_id = p_tenant AND f.lead_id = c.lead_id AND f.state IN ('queued', 'sent', 'failed')) had
    WHERE c.tenant_id = p_tenant AND c.id = p_conversation
$$;

CREATE OR REPLACE FUNCTION follow_up_refusal(p_tenant uuid, p_follow_up uuid) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT CASE
        WHEN f.leave_by IS NULL OR f.leave_by < now() THEN 'late'
        WHEN t.status <> 'active' OR t.ai_paused THEN 'tenant'
        WHEN t.settings #> '{follow_up,is_on}' IS DISTINCT FROM 'true' THEN 'off'
        WHEN s.opted_out THEN 'opted_out'
        WHEN s.status = 'closed' THEN 'closed'
        WHEN s.status <> 'ai' THEN 'person'
        WHEN NOT CASE WHEN jsonb_array_length(COALESCE(t.settings #> '{follow_up,stages}', '[]')) > 0
                      THEN t.settings #> '{follow_up,stages}' ? s.stage_key
                      ELSE EXISTS (SELECT 1 FROM stages g WHERE g.tenant_id = p_tenant AND g.key = s.stage_key AND g.outcome = 'open') END
            THEN 'stage'
        WHEN NOT s.channel_works THEN 'channel'
        WHEN NOT s.is_answered OR s.last_word_at <> f.silent_since THEN 'answered'
        WHEN EXISTS (SELECT 1 FROM follow_ups o WHERE o.tenant_id = p_tenant AND o.lead_id = f.lead_id AND o.id <> f.id
                       AND o.sent_at > now() - interval '20 hours') THEN 'apart'
    END
    FROM follow_ups f CROSS JOIN LATERAL silence_of(p_tenant, f.conversation_id) s JOIN tenants t ON t.id = p_tenant
    WHERE f.tenant_id = p_tenant AND f.id = p_follow_up
$$;

DROP TRIGGER follow_up_goes_along ON messages;
CREATE TRIGGER follow_up_goes_along AFTER UPDATE OF status ON messages FOR EACH ROW
WHEN (NEW.purpose = 'follow_up' AND OLD.status IS DISTINCT FROM NEW.status) EXECUTE FUNCTION follow_up_moved();
