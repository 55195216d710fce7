-- The hot path: everything a batch of deliveries changes, in one round trip and one transaction.

CREATE FUNCTION uuid_v7() RETURNS uuid LANGUAGE sql VOLATILE AS $$
    SELECT encode(set_bit(set_bit(overlay(uuid_send(gen_random_uuid())
        PLACING substring(int8send(floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint) FROM 3) FROM 1 FOR 6), 52, 1), 53, 1), 'hex')::uuid
$$;
COMMENT ON FUNCTION uuid_v7 IS 'A time-ordered identifier (RFC 9562), on servers that have none of their own too.';

CREATE FUNCTION message_rank(p_status text) RETURNS int LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE p_status WHEN 'queued' THEN 0 WHEN 'cancelled' THEN 5 WHEN 'sending' THEN 10 WHEN 'unknown' THEN 20
        WHEN 'sent' THEN 30 WHEN 'failed' THEN 40 WHEN 'delivered' THEN 50 WHEN 'read' THEN 60 ELSE 100 END
$$;
COMMENT ON FUNCTION message_rank IS 'How far a message has come: a status only ever replaces one of lower rank.';

CREATE TYPE ingest_event AS (
    ord int,                 -- place in the batch
    part text,               -- what is done with it: message, echo, status, or other (kept raw only)
    id uuid,                 -- of every new row that the event makes: itself, its message, a lead, a conversation
    tenant_id uuid, account_id uuid,
    kind text, external_id text, variant text,
    anchor_kind text, anchor_scope text, anchor_key text, anchor_address text,   -- the name to answer to
    alias_kind text, alias_scope text, alias_key text,         -- another name of the same person
    name text, type text, content text, media jsonb, source jsonb, ts timestamptz, ref_id text,
    status text, status_message_id uuid, error_code text, error_detail text,
    hint text                -- who wrote an echo: person, api, or untold; whose message a status is of: api; or what it reaches: earlier
);

CREATE FUNCTION turn_due(p_debounce float8, p_first_unanswered timestamptz) RETURNS timestamptz LANGUAGE sql STABLE AS $$
    SELECT LEAST(now() + make_interval(secs => p_debounce),
                 GREATEST(COALESCE(p_first_unanswered, now()) + interval '15 s', now()))
$$;
COMMENT ON FUNCTION turn_due IS 'When the lead has been quiet long enough, and at most 15 s after the first word that waits for an answer.';

CREATE FUNCTION surely_this_month(p_at timestamptz, p_zone text) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT date_trunc('month', (p_at - interval '26 hours') AT TIME ZONE p_zone) = date_trunc('month', now() AT TIME ZONE p_zone)
       AND date_trunc('month', (p_at + interval '26 hours') AT TIME ZONE p_zone) = date_trunc('month', now() AT TIME ZONE p_zone)
$$;
COMMENT ON FUNCTION surely_this_month IS 'Whether a time lies in the current month here and in every zone that the tenant may have been in then: none are further apart.';

CREATE FUNCTION ingest(p_events ingest_event[], p_bodies bytea[])    -- bodies apart: nothing but the first step reads them
RETURNS TABLE (o_ord int, o_lead uuid, o_conversation uuid, o_message uuid, o_nudge boolean, o_debounce float8)
LANGUAGE plpgsql
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off
SET jit = off SET plan_cache_mode = force_generic_plan    -- planning anew for each batch would cost more than running it
AS $$
DECLARE
    v_fresh ingest_event[];
    v_news ingest_event[];
    v_lead uuid[];      -- whose each of v_fresh is, in the same order
    v_unknown int; v_unnamed int; v_aliased boolean; v_bare boolean;
    v_made uuid[];         -- leads that are new in this very transaction: nobody else can see them yet
    v_uncounted uuid[];    -- leads that this month may not have counted yet
    v_usage_tenant uuid[]; v_usage_month date[]; v_usage_leads int[];
    g_tenant uuid[] := '{}'; g_account uuid[] := '{}'; g_lead uuid[] := '{}'; g_conv uuid[] := '{}';
    g_base int[] := '{}'; g_status text[] := '{}'; g_nudge boolean[] := '{}'; g_debounce float8[] := '{}';
    n record; v_groups int;
    s_ord int[]; s_conv uuid[]; s_message uuid[];    -- the messages that statuses are of
    v_spoken int; v_written int;
    v_echoes boolean; v_placeholders boolean; v_statuses boolean; v_hinted boolean;
BEGIN
    -- The policies of this role let it see the tenants of the batch alone, until the transaction ends.
    PERFORM set_config('app.tenant_ids', (SELECT array_agg(DISTINCT e.tenant_id)::text FROM unnest(p_events) e), true);

    -- 1. Each event once: the unique key decides, also between processes.
    WITH let_in AS (
        INSERT INTO raw_events (id, tenant_id, channel_account_id, kind, external_id, variant, body)
        SELECT e.id, e.tenant_id, e.account_id, e.kind, e.external_id, e.variant, e.unnest
        FROM ROWS FROM (unnest(p_events), unnest(p_bodies)) e
        ORDER BY e.tenant_id, e.account_id, e.kind, e.external_id, e.variant, e.ord
        ON CONFLICT DO NOTHING
        RETURNING id)
    SELECT array_agg(e ORDER BY e.ord), count(*) FILTER (WHERE e.part IN ('message', 'echo')), bool_or(e.part = 'echo'),
           bool_or(e.part = 'message' AND e.type = 'waiting_message'), bool_or(e.part = 'status'), bool_or(e.part = 'status' AND e.hint IS NOT NULL)
    INTO v_fresh, v_spoken, v_echoes, v_placeholders, v_statuses, v_hinted
    FROM unnest(p_events) e JOIN let_in l ON l.id = e.id;
    IF v_fresh IS NULL THEN
        RETURN;
    END IF;

    IF v_echoes OR v_placeholders THEN    -- what we sent ourselves comes back as an echo too: not a human's words
        SELECT array_agg(e ORDER BY e.ord), count(*) FILTER (WHERE e.part IN ('message', 'echo')), COALESCE(bool_or(e.part = 'echo'), false)
        INTO v_news, v_spoken, v_echoes FROM unnest(news_of(v_fresh)) e;
        RETURN QUERY SELECT e.ord, NULL::uuid, m.conversation_id, m.id, false, NULL::float8 FROM unnest(v_fresh) e
        LEFT JOIN messages m ON e.part = 'echo' AND m.tenant_id = e.tenant_id AND m.channel_account_id = e.account_id
             AND m.external_id = e.external_id
        WHERE NOT EXISTS (SELECT 1 FROM unnest(v_news) x WHERE x.ord = e.ord);
        v_fresh := v_news;
    END IF;

    IF v_spoken > 0 THEN
        -- 2. Who wrote. Known names are only read; a new person is made under a key that two writers cannot both make.
        SELECT array_agg(x.lead_id ORDER BY x.ord), count(*) FILTER (WHERE x.speaks AND x.lead_id IS NULL),
               count(*) FILTER (WHERE x.speaks AND x.unnamed), bool_or(x.aliased), bool_or(x.bare)
        INTO v_lead, v_unknown, v_unnamed, v_aliased, v_bare
        FROM (SELECT e.ord, e.part IN ('message', 'echo') AS speaks,
                     CASE WHEN e.part IN ('message', 'echo') THEN COALESCE(al.lead_id, an.lead_id) END AS lead_id,
                     an.lead_id IS NULL OR (e.alias_key IS NOT NULL AND al.lead_id IS NULL) AS unnamed,
                     e.alias_key IS NOT NULL AS aliased,
                     l.id IS NOT NULL AND ((l.name IS NULL AND e.name IS NOT NULL) OR (l.source IS NULL AND e.source IS NOT NULL)) AS bare
              FROM unnest(v_fresh) e
              LEFT JOIN contact_identities an ON an.tenant_id = e.tenant_id AND an.kind = e.anchor_kind
                   AND an.scope = e.anchor_scope AND an.match_key = e.anchor_key
              LEFT JOIN contact_identities al ON al.tenant_id = e.tenant_id AND al.kind = e.alias_kind
                   AND al.scope = e.alias_scope AND al.match_key = e.alias_key
              -- CASE, for COALESCE counts as a leak: row-level security would keep it from the index
              LEFT JOIN leads l ON l.tenant_id = e.tenant_id
                   AND l.id = CASE WHEN al.lead_id IS NULL THEN an.lead_id ELSE al.lead_id END) x;
        IF v_unknown > 0 THEN
            WITH person AS MATERIALIZED (
                SELECT DISTINCT ON (e.tenant_id, e.anchor_kind, e.anchor_scope, e.anchor_key) e.*
                FROM ROWS FROM (unnest(v_fresh), unnest(v_lead)) e
                WHERE e.part IN ('message', 'echo') AND e.unnest IS NULL
                ORDER BY e.tenant_id, e.anchor_kind, e.anchor_scope, e.anchor_key, e.ord),
            named AS (
                INSERT INTO contact_identities AS ci (id, tenant_id, lead_id, kind, scope, match_key, address)
                SELECT p.id, p.tenant_id, p.id, p.anchor_kind, p.anchor_scope, p.anchor_key, p.anchor_address
                FROM person p ORDER BY p.tenant_id, p.anchor_kind, p.anchor_scope, p.anchor_key
                ON CONFLICT (tenant_id, kind, scope, match_key) DO UPDATE SET address = ci.address
                RETURNING ci.tenant_id, ci.kind, ci.scope, ci.match_key, ci.lead_id),
            made AS (
                INSERT INTO leads (id, tenant_id, name, phone, source)
                SELECT p.id, p.tenant_id, p.name, CASE WHEN p.anchor_kind = 'phone' THEN p.anchor_address END, p.source
                FROM person p JOIN named k ON k.lead_id = p.id)
            SELECT array_agg(COALESCE(e.unnest, k.lead_id) ORDER BY e.ord),
                   v_bare OR COALESCE(bool_or(e.unnest IS NULL AND k.lead_id <> e.id), false),    -- somebody else's event made the lead
                   array_agg(e.id) FILTER (WHERE k.lead_id = e.id)
            INTO v_lead, v_bare, v_made
            FROM ROWS FROM (unnest(v_fresh), unnest(v_lead)) e
            LEFT JOIN named k ON e.part IN ('message', 'echo') AND k.tenant_id = e.tenant_id AND k.kind = e.anchor_kind AND k.scope = e.anchor_scope
                 AND k.match_key = e.anchor_key;
        END IF;
        IF v_unnamed > v_unknown OR (v_aliased AND v_unnamed > 0) THEN
            INSERT INTO contact_identities (id, tenant_id, lead_id, kind, scope, match_key, address)
            SELECT uuid_v7(), e.tenant_id, e.unnest, w.kind, w.scope, w.match_key, w.address
            FROM ROWS FROM (unnest(v_fresh), unnest(v_lead)) e
            CROSS JOIN LATERAL (VALUES (e.anchor_kind, e.anchor_scope, e.anchor_key, e.anchor_address),
                                       (e.alias_kind, e.alias_scope, e.alias_key, e.alias_key)) w(kind, scope, match_key, address)
            WHERE w.match_key IS NOT NULL AND e.unnest IS NOT NULL
            ORDER BY e.tenant_id, w.kind, w.scope, w.match_key
            ON CONFLICT DO NOTHING;
        END IF;
        IF v_bare THEN    -- what an earlier event left open
            UPDATE leads l SET name = COALESCE(l.name, e.name), source = COALESCE(l.source, e.source)
            FROM ROWS FROM (unnest(v_fresh), unnest(v_lead)) e
            WHERE e.part = 'message' AND l.tenant_id = e.tenant_id AND l.id = e.unnest
              AND ((l.name IS NULL AND e.name IS NOT NULL) OR (l.source IS NULL AND e.source IS NOT NULL));
        END IF;

        -- 3. The conversation: the open one, else the one closed lately, else a new one. Locked in the order of their ids.
        FOR n IN
            WITH wanted AS (
                SELECT w.*, t.debounce_seconds, t.timezone, t.status = 'active' AND NOT t.ai_paused AS ai_on
                FROM (SELECT e.tenant_id, e.account_id, e.unnest AS lead_id, count(*)::int AS messages,
                             count(*) FILTER (WHERE e.part = 'message' AND e.type IS DISTINCT FROM 'waiting_message')::int AS inbound, bool_or(e.part = 'echo') AS echoed,
                             (array_agg(e.anchor_kind))[1] AS reply_kind, (array_agg(e.anchor_address))[1] AS reply_address,
                             (array_agg(e.id))[count(*)] AS new_id
                      FROM (SELECT e.* FROM ROWS FROM (unnest(v_fresh), unnest(v_lead)) e    -- sorted once, the latest first
                            WHERE e.unnest IS NOT NULL
                            ORDER BY e.tenant_id, e.account_id, e.unnest, e.ord DESC) e
                      GROUP BY 1, 2, 3) w
                JOIN tenants t ON t.id = w.tenant_id),
            locked AS MATERIALIZED (
                SELECT w.*, c.id, c.message_seq AS base, c.turn_due_at AS was_due,
                       COALESCE(surely_this_month(c.last_inbound_at, w.timezone), false) AS counted
                FROM wanted w
                JOIN conversations c ON c.tenant_id = w.tenant_id AND c.channel_account_id = w.account_id
                     AND c.lead_id = w.lead_id AND c.status <> 'closed'
                WHERE (w.lead_id = ANY (v_made)) IS NOT TRUE
                ORDER BY c.id FOR UPDATE OF c),
            moved AS (
                UPDATE conversations c
                SET message_seq = c.message_seq + k.messages,
                    inbound_seq = CASE WHEN k.inbound > 0 THEN c.message_seq + k.messages ELSE c.inbound_seq END,
                    status = CASE WHEN k.echoed THEN 'human' ELSE c.status END,
                    turn_token = CASE WHEN k.echoed THEN c.turn_token + 1 ELSE c.turn_token END,    -- a running turn comes too late
                    waiting_until = CASE WHEN k.echoed THEN NULL ELSE c.waiting_until END,
                    waiting_since = CASE WHEN k.echoed THEN NULL ELSE c.waiting_since END,
                    turn_due_at = CASE WHEN k.echoed THEN NULL
                                       WHEN c.status = 'ai' AND k.ai_on AND k.inbound > 0
                                       THEN turn_due(k.debounce_seconds, c.first_unanswered_at) ELSE c.turn_due_at END,
                    first_unanswered_at = CASE WHEN k.inbound > 0 THEN COALESCE(c.first_unanswered_at, now()) ELSE c.first_unanswered_at END,
                    last_inbound_at = CASE WHEN k.inbound > 0 THEN now() ELSE c.last_inbound_at END,
                    last_activity_at = now(), reply_kind = k.reply_kind, reply_address = k.reply_address
                FROM locked k WHERE c.tenant_id = k.tenant_id AND c.id = k.id
                RETURNING k.tenant_id, k.account_id, k.lead_id, c.id, k.base, c.status,
                          k.was_due IS NULL AND c.turn_due_at IS NOT NULL AS nudge, k.debounce_seconds, k.counted),
            first AS (    -- a new lead has none, and nobody else can begin one
                INSERT INTO conversations (id, tenant_id, lead_id, channel_account_id, status, reply_kind, reply_address,
                    message_seq, inbound_seq, first_unanswered_at, last_inbound_at, last_activity_at, turn_due_at)
                SELECT w.new_id, w.tenant_id, w.lead_id, w.account_id, CASE WHEN w.echoed THEN 'human' ELSE 'ai' END,
                    w.reply_kind, w.reply_address, w.messages, CASE WHEN w.inbound > 0 THEN w.messages ELSE 0 END,
                    CASE WHEN w.inbound > 0 THEN now() END, CASE WHEN w.inbound > 0 THEN now() END, now(),
                    CASE WHEN w.ai_on AND w.inbound > 0 AND NOT w.echoed THEN turn_due(w.debounce_seconds, NULL) END
                FROM wanted w WHERE w.lead_id = ANY (v_made)
                RETURNING id, tenant_id, status, turn_due_at IS NOT NULL AS nudge)
            SELECT (SELECT count(*)::int FROM wanted) AS groups,
                   array_agg(m.tenant_id) AS tenants, array_agg(m.account_id) AS accounts, array_agg(m.lead_id) AS leads,
                   array_agg(m.id) AS convs, array_agg(m.base) AS bases, array_agg(m.status::text) AS statuses,
                   array_agg(m.nudge) AS nudges, array_agg(m.debounce_seconds) AS debounces,
                   array_agg(m.lead_id) FILTER (WHERE NOT m.counted) AS uncounted
            FROM (SELECT * FROM moved
                  UNION ALL
                  SELECT w.tenant_id, w.account_id, w.lead_id, f.id, 0, f.status, f.nudge, w.debounce_seconds, false
                  FROM first f JOIN wanted w ON w.tenant_id = f.tenant_id AND w.new_id = f.id) m
        LOOP
            v_groups := n.groups;
            CONTINUE WHEN n.convs IS NULL;
            g_tenant := n.tenants; g_account := n.accounts; g_lead := n.leads; g_conv := n.convs;
            g_base := n.bases; g_status := n.statuses; g_nudge := n.nudges; g_debounce := n.debounces; v_uncounted := n.uncounted;
        END LOOP;

        IF cardinality(g_conv) < v_groups THEN
            FOR n IN
                WITH wanted AS (
                    SELECT e.tenant_id, e.account_id, e.unnest AS lead_id, count(*)::int AS messages,
                           count(*) FILTER (WHERE e.part = 'message' AND e.type IS DISTINCT FROM 'waiting_message')::int AS inbound, bool_or(e.part = 'echo') AS echoed,
                           (array_agg(e.anchor_kind))[1] AS reply_kind, (array_agg(e.anchor_address))[1] AS reply_address,
                           (array_agg(e.id))[count(*)] AS new_id
                    FROM (SELECT e.* FROM ROWS FROM (unnest(v_fresh), unnest(v_lead)) e
                          WHERE e.unnest IS NOT NULL
                          ORDER BY e.tenant_id, e.account_id, e.unnest, e.ord DESC) e
                    GROUP BY 1, 2, 3),
                missing AS MATERIALIZED (
                    SELECT w.*, t.debounce_seconds, t.status = 'active' AND NOT t.ai_paused AS ai_on, p.id AS last_id, p.closed_at
                    FROM wanted w JOIN tenants t ON t.id = w.tenant_id
                    LEFT JOIN LATERAL (
                        SELECT c.id, c.closed_at FROM conversations c
                        WHERE c.tenant_id = w.tenant_id AND c.lead_id = w.lead_id AND c.channel_account_id = w.account_id
                          AND c.status = 'closed'
                        ORDER BY c.created_at DESC LIMIT 1) p ON true
                    WHERE NOT EXISTS (SELECT 1 FROM unnest(g_tenant, g_account, g_lead) g(t, a, l)
                                      WHERE g.t = w.tenant_id AND g.a = w.account_id AND g.l = w.lead_id)),
                reopened AS (
                    UPDATE conversations c
                    SET message_seq = c.message_seq + k.messages, inbound_seq = CASE WHEN k.inbound > 0 THEN c.message_seq + k.messages ELSE c.inbound_seq END,
                        status = CASE WHEN k.echoed THEN 'human' ELSE 'ai' END,
                        turn_due_at = CASE WHEN k.ai_on AND k.inbound > 0 AND NOT k.echoed THEN turn_due(k.debounce_seconds, NULL) END,
                        first_unanswered_at = CASE WHEN k.inbound > 0 THEN now() END,
                        last_inbound_at = CASE WHEN k.inbound > 0 THEN now() ELSE c.last_inbound_at END,
                        last_activity_at = now(), reply_kind = k.reply_kind, reply_address = k.reply_address,
                        answered_seq = c.message_seq, context_from_seq = GREATEST(c.message_seq - 5, 0),
                        assignee_id = NULL, waiting_since = NULL, waiting_until = NULL, closed_at = NULL,
                        turn_attempts = 0, turn_lease_until = NULL, idle_turns = 0, unreadable_run = 0
                    FROM missing k
                    WHERE c.tenant_id = k.tenant_id AND c.id = k.last_id AND c.status = 'closed' AND k.closed_at > now() - interval '7 days'
                    RETURNING k.tenant_id, k.account_id, k.lead_id, c.id, c.message_seq - k.messages AS base, c.status::text AS status,
                              c.turn_due_at IS NOT NULL AS nudge, k.debounce_seconds),
                begun AS (
                    INSERT INTO conversations AS c (id, tenant_id, lead_id, channel_account_id, status, reply_kind, reply_address,
                        message_seq, inbound_seq, previous_id, first_unanswered_at, last_inbound_at, last_activity_at, turn_due_at)
                    SELECT k.new_id, k.tenant_id, k.lead_id, k.account_id, CASE WHEN k.echoed THEN 'human' ELSE 'ai' END,
                        k.reply_kind, k.reply_address, k.messages, CASE WHEN k.inbound > 0 THEN k.messages ELSE 0 END, k.last_id,
                        CASE WHEN k.inbound > 0 THEN now() END, CASE WHEN k.inbound > 0 THEN now() END, now(),
                        CASE WHEN k.ai_on AND k.inbound > 0 AND NOT k.echoed THEN turn_due(k.debounce_seconds, NULL) END
                    FROM missing k
                    WHERE NOT EXISTS (SELECT 1 FROM reopened o
                                      WHERE o.tenant_id = k.tenant_id AND o.account_id = k.account_id AND o.lead_id = k.lead_id)
                    ORDER BY k.tenant_id, k.account_id, k.lead_id
                    ON CONFLICT (tenant_id, lead_id, channel_account_id) WHERE status <> 'closed' DO UPDATE
                    SET message_seq = c.message_seq + EXCLUDED.message_seq,
                        inbound_seq = CASE WHEN EXCLUDED.inbound_seq > 0 THEN c.message_seq + EXCLUDED.message_seq ELSE c.inbound_seq END,
                        status = CASE WHEN EXCLUDED.status = 'human' THEN 'human' ELSE c.status END,
                        turn_token = CASE WHEN EXCLUDED.status = 'human' THEN c.turn_token + 1 ELSE c.turn_token END,
                        turn_due_at = CASE WHEN EXCLUDED.status = 'human' THEN NULL WHEN c.status = 'ai' THEN COALESCE(EXCLUDED.turn_due_at, c.turn_due_at)
                                           ELSE c.turn_due_at END,
                        first_unanswered_at = COALESCE(c.first_unanswered_at, EXCLUDED.first_unanswered_at),
                        last_inbound_at = COALESCE(EXCLUDED.last_inbound_at, c.last_inbound_at), last_activity_at = now(),
                        reply_kind = EXCLUDED.reply_kind, reply_address = EXCLUDED.reply_address
                    RETURNING c.tenant_id, c.channel_account_id AS account_id, c.lead_id, c.id, c.message_seq AS after, c.status::text AS status,
                              c.turn_due_at IS NOT NULL AND c.xmax = 0 AS nudge),
                found AS (
                    SELECT o.tenant_id, o.account_id, o.lead_id, o.id, o.base, o.status, o.nudge, o.debounce_seconds FROM reopened o
                    UNION ALL
                    SELECT b.tenant_id, b.account_id, b.lead_id, b.id, b.after - k.messages, b.status, b.nudge, k.debounce_seconds
                    FROM begun b JOIN missing k ON k.tenant_id = b.tenant_id AND k.account_id = b.account_id AND k.lead_id = b.lead_id)
                SELECT array_agg(f.tenant_id) AS tenants, array_agg(f.account_id) AS accounts, array_agg(f.lead_id) AS leads,
                       array_agg(f.id) AS convs, array_agg(f.base) AS bases, array_agg(f.status) AS statuses,
                       array_agg(f.nudge) AS nudges, array_agg(f.debounce_seconds) AS debounces
                FROM found f HAVING count(*) > 0
            LOOP
                g_tenant := g_tenant || n.tenants; g_account := g_account || n.accounts; g_lead := g_lead || n.leads;
                g_conv := g_conv || n.convs; g_base := g_base || n.bases; g_status := g_status || n.statuses;
                g_nudge := g_nudge || n.nudges; g_debounce := g_debounce || n.debounces; v_uncounted := v_uncounted || n.leads;
            END LOOP;
        END IF;

        -- 4. The lead counts once a calendar month of the tenant's own time zone. One whose conversation was open and tells that he
        -- wrote earlier in this month is counted: the conversation's row is ours, and whoever wrote that time counted with it.
        IF v_uncounted IS NOT NULL THEN
            WITH wrote AS MATERIALIZED (
                SELECT DISTINCT ON (e.tenant_id, e.unnest) e.tenant_id, date_trunc('month', now() AT TIME ZONE t.timezone)::date AS month,
                       e.unnest AS lead_id, e.id AS message_id
                FROM ROWS FROM (unnest(v_fresh), unnest(v_lead)) e JOIN tenants t ON t.id = e.tenant_id
                WHERE e.part = 'message' AND e.unnest = ANY (v_uncounted)
                ORDER BY e.tenant_id, e.unnest, e.ord),
            counted AS (
                INSERT INTO lead_months (id, tenant_id, month, lead_id, first_message_id)
                SELECT w.message_id, w.tenant_id, w.month, w.lead_id, w.message_id
                FROM wrote w
                WHERE NOT EXISTS (SELECT 1 FROM lead_months m
                                  WHERE m.tenant_id = w.tenant_id AND m.month = w.month AND m.lead_id = w.lead_id)
                ORDER BY w.tenant_id, w.month, w.lead_id
                ON CONFLICT (tenant_id, month, lead_id) DO NOTHING
                RETURNING tenant_id, month),
            totals AS (SELECT c.tenant_id, c.month, count(*)::int AS leads FROM counted c GROUP BY 1, 2 ORDER BY 1, 2)
            SELECT array_agg(u.tenant_id), array_agg(u.month), array_agg(u.leads)
            INTO v_usage_tenant, v_usage_month, v_usage_leads FROM totals u;
        END IF;

        -- 5. The messages, numbered in their conversation. One known under its id already is looked for rather than left to
        -- ON CONFLICT, which would go through every unique index twice; whoever loses that race is refused and comes again.
        INSERT INTO messages (id, tenant_id, conversation_id, lead_id, channel_account_id, seq, direction, author, purpose, type, text,
                              media, status, external_id, ref_external_id, provider_ts, sent_at)
        SELECT e.id, e.tenant_id, g.conv, g.lead_id, e.account_id,
               g.base + row_number() OVER (PARTITION BY g.conv ORDER BY e.ts NULLS FIRST, e.ord),
               CASE e.part WHEN 'echo' THEN 'out' ELSE 'in' END, CASE e.part WHEN 'echo' THEN 'attendant' ELSE 'lead' END,
               CASE e.part WHEN 'echo' THEN 'attendant' END, e.type, e.content, e.media,
               CASE e.part WHEN 'echo' THEN 'sent' ELSE 'received' END, e.external_id, e.ref_id, e.ts,
               CASE e.part WHEN 'echo' THEN COALESCE(e.ts, now()) END
        FROM ROWS FROM (unnest(v_fresh), unnest(v_lead)) e
        JOIN unnest(g_tenant, g_account, g_lead, g_conv, g_base) g(tenant_id, account_id, lead_id, conv, base)
             ON g.tenant_id = e.tenant_id AND g.account_id = e.account_id AND g.lead_id = e.unnest
        WHERE NOT EXISTS (SELECT 1 FROM messages o WHERE o.tenant_id = e.tenant_id
                          AND o.channel_account_id = e.account_id AND o.external_id = e.external_id);
        GET DIAGNOSTICS v_written = ROW_COUNT;

        IF v_written < v_spoken THEN    -- one that was only announced has its content now: it comes anew, at the end
            WITH filled AS (
                UPDATE messages m
                SET id = s.id, conversation_id = s.conv, lead_id = s.lead_id, seq = s.seq, type = s.type, text = s.content, media = s.media,
                    ref_external_id = s.ref_id, provider_ts = s.ts
                FROM (SELECT e.id, e.tenant_id, e.account_id, e.external_id, e.type, e.content, e.media, e.ref_id, e.ts, g.conv, g.lead_id,
                             g.base + row_number() OVER (PARTITION BY g.conv ORDER BY e.ts NULLS FIRST, e.ord) AS seq
                      FROM ROWS FROM (unnest(v_fresh), unnest(v_lead)) e
                      JOIN unnest(g_tenant, g_account, g_lead, g_conv, g_base) g(tenant_id, account_id, lead_id, conv, base)
                           ON g.tenant_id = e.tenant_id AND g.account_id = e.account_id AND g.lead_id = e.unnest) s
                WHERE m.tenant_id = s.tenant_id AND m.channel_account_id = s.account_id AND m.external_id = s.external_id
                  AND m.type = 'waiting_message' AND s.type <> 'waiting_message'
                RETURNING m.tenant_id, m.id, m.author)
            INSERT INTO notifications (id, tenant_id, kind, subject_id, due_at)
            SELECT uuid_v7(), f.tenant_id, 'attendant_message', f.id, now() FROM filled f WHERE f.author = 'attendant';
        END IF;

        IF v_echoes THEN    -- the owner speaks: what the AI was about to say stays unsaid
            UPDATE messages m SET status = 'cancelled'
            FROM unnest(g_tenant, g_conv, g_status) g(tenant_id, conv, status)
            WHERE g.status = 'human' AND m.tenant_id = g.tenant_id AND m.conversation_id = g.conv
              AND m.status = 'queued' AND m.author = 'ai'
              AND EXISTS (SELECT 1 FROM ROWS FROM (unnest(v_fresh), unnest(v_lead)) e
                          JOIN conversations c ON c.tenant_id = g.tenant_id AND c.id = g.conv
                          WHERE e.part = 'echo' AND e.account_id = c.channel_account_id AND e.unnest = c.lead_id);
        END IF;

        IF g_status && ARRAY['human', 'waiting_human'] THEN
            INSERT INTO notifications (id, tenant_id, kind, subject_id, due_at)
            SELECT uuid_v7(), e.tenant_id, 'lead_message', e.id, now()
            FROM ROWS FROM (unnest(v_fresh), unnest(v_lead)) e
            JOIN unnest(g_tenant, g_account, g_lead, g_status) g(tenant_id, account_id, lead_id, status)
                 ON g.tenant_id = e.tenant_id AND g.account_id = e.account_id AND g.lead_id = e.unnest
            WHERE e.part = 'message' AND e.type IS DISTINCT FROM 'waiting_message' AND g.status IN ('human', 'waiting_human');
        END IF;
    END IF;

    -- 6. Delivery statuses move forward only. What we sent is found by the id we gave, else by the provider's.
    IF v_statuses THEN
        IF v_hinted THEN
            PERFORM settle_by_report(e) FROM unnest(v_fresh) e WHERE e.part = 'status' AND e.hint = 'api' AND NOT is_sent(e);
        END IF;
        WITH told AS MATERIALIZED (
            SELECT e.*, COALESCE(a.id, b.id) AS target, COALESCE(a.conversation_id, b.conversation_id) AS conv
            FROM unnest(v_fresh) e
            LEFT JOIN messages a ON a.tenant_id = e.tenant_id AND a.id = e.status_message_id AND a.channel_account_id = e.account_id
                 AND a.direction = 'out'
            LEFT JOIN messages b ON b.tenant_id = e.tenant_id AND b.channel_account_id = e.account_id AND b.external_id = e.ref_id
                 AND b.direction = 'out'
            WHERE e.part = 'status'),
        early AS (
            INSERT INTO early_receipts (id, tenant_id, channel_account_id, external_id, status, error_code, at)
            SELECT DISTINCT ON (w.tenant_id, w.account_id, w.ref_id, w.status)
                   uuid_v7(), w.tenant_id, w.account_id, w.ref_id, w.status, w.error_code, w.ts
            FROM told w WHERE w.target IS NULL AND w.ref_id IS NOT NULL
            ORDER BY w.tenant_id, w.account_id, w.ref_id, w.status
            ON CONFLICT DO NOTHING),
        furthest AS (
            SELECT DISTINCT ON (w.tenant_id, w.target) w.*,
                   -- of two messages that a provider gives one id only the first may bear it
                   dense_rank() OVER (PARTITION BY w.tenant_id, w.account_id, w.ref_id ORDER BY w.target) = 1 AS bears_id
            FROM told w WHERE w.target IS NOT NULL
            ORDER BY w.tenant_id, w.target, message_rank(w.status) DESC, w.ord),
        moved AS (
        UPDATE messages m
        SET status = f.status,
            external_id = CASE
                WHEN m.external_id IS NOT NULL THEN m.external_id
                WHEN f.bears_id AND NOT EXISTS (SELECT 1 FROM messages o WHERE o.tenant_id = f.tenant_id
                     AND o.channel_account_id = f.account_id AND o.external_id = f.ref_id) THEN f.ref_id END,
            sent_at = CASE WHEN f.status = 'failed' THEN m.sent_at ELSE COALESCE(m.sent_at, f.ts, now()) END,
            delivered_at = CASE WHEN f.status IN ('delivered', 'read') THEN COALESCE(m.delivered_at, f.ts, now()) ELSE m.delivered_at END,
            read_at = CASE WHEN f.status = 'read' THEN COALESCE(m.read_at, f.ts, now()) ELSE m.read_at END,
            error_code = f.error_code, error_detail = f.error_detail,
            send_lease_until = NULL, next_attempt_at = NULL, settle_by = CASE WHEN f.status = 'failed' THEN now() END
        FROM furthest f
        WHERE m.tenant_id = f.tenant_id AND m.id = f.target AND message_rank(f.status) > message_rank(m.status))
        SELECT array_agg(w.ord), array_agg(w.conv), array_agg(w.target) INTO s_ord, s_conv, s_message
        FROM told w WHERE w.target IS NOT NULL;
        IF v_hinted THEN
            PERFORM read_up_to(e) FROM unnest(v_fresh) e WHERE e.part = 'status' AND e.hint = 'earlier' ORDER BY e.ord;
        END IF;
    END IF;

    RETURN QUERY
    SELECT e.ord, e.unnest, COALESCE(g.conv, s.conv), COALESCE(s.message, CASE WHEN g.conv IS NOT NULL THEN e.id END),
           COALESCE(g.nudge AND e.part = 'message' AND row_number() OVER (PARTITION BY g.conv, e.part ORDER BY e.ord) = 1, false), g.debounce
    FROM ROWS FROM (unnest(v_fresh), unnest(v_lead)) e
    LEFT JOIN unnest(g_tenant, g_account, g_lead, g_conv, g_nudge, g_debounce) g(tenant_id, account_id, lead_id, conv, nudge, debounce)
         ON g.tenant_id = e.tenant_id AND g.account_id = e.account_id AND g.lead_id = e.unnest
    LEFT JOIN unnest(s_ord, s_conv, s_message) s(ord, conv, message) ON s.ord = e.ord;

    -- 7. The row that all of a tenant's traffic shares comes last, so that it is locked for the shortest time.
    IF v_usage_tenant IS NOT NULL THEN
        INSERT INTO usage_months AS u (id, tenant_id, month, leads)
        SELECT uuid_v7(), w.tenant_id, w.month, w.leads
        FROM unnest(v_usage_tenant, v_usage_month, v_usage_leads) w(tenant_id, month, leads)
        ORDER BY w.tenant_id, w.month
        ON CONFLICT (tenant_id, month) DO UPDATE SET leads = u.leads + EXCLUDED.leads;
    END IF;
END $$;
COMMENT ON FUNCTION ingest IS 'Takes a batch of events: each once, with its lead, month count, conversation, message, delivery status and due turn.';

-- The setting is read and split once a statement, not once a row, and rows of the batch's tenants only are let through.
-- IS TRUE keeps the list out of the index conditions, where every lookup would go through all of it; of tenants, which are
-- found by the list alone, it is the condition.
DO $$
DECLARE
    t text;
    tenants CONSTANT text := '(SELECT current_setting(''app.tenant_ids'')::uuid[])::uuid[]';
BEGIN
    FOR t IN SELECT p.tablename FROM pg_policies p WHERE p.policyname = 'of_batch' AND p.tablename <> 'tenants' LOOP
        EXECUTE format('ALTER POLICY of_batch ON %I USING ((tenant_id = ANY (%s)) IS TRUE) WITH CHECK (tenant_id = ANY (%s))', t, tenants, tenants);
    END LOOP;
    EXECUTE format('ALTER POLICY of_batch ON tenants USING (id = ANY (%s))', tenants);
END $$;

DO $$
DECLARE
    ingest text := current_setting('reveza.role_prefix') || '_ingest';
BEGIN
    REVOKE ALL ON FUNCTION ingest(ingest_event[], bytea[]) FROM PUBLIC;
    EXECUTE format('GRANT EXECUTE ON FUNCTION ingest(ingest_event[], bytea[]) TO %I', ingest);
END $$;
