-- The managers' view of the pipeline: tags, and leads found by name, number, and what was said with them.

CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE EXTENSION IF NOT EXISTS btree_gin;

CREATE FUNCTION folded(p_text text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN lower(public.unaccent('public.unaccent'::regdictionary, normalize(p_text, NFKC)));
COMMENT ON FUNCTION folded IS 'What two ways of writing a word have in common: no accents, small letters.';

CREATE FUNCTION words_in(p_text text) RETURNS text[] LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN ARRAY(SELECT DISTINCT left(w, 60) FROM regexp_split_to_table(folded(p_text), '[[:space:][:punct:]]+') w WHERE w <> '');
COMMENT ON FUNCTION words_in IS 'The words of a text, folded, each once; nobody looks for more of a word than its beginning.';

CREATE FUNCTION digits_in(p_text text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN regexp_replace(p_text, '[^0-9]', '', 'g');

CREATE FUNCTION source_kind(p_source jsonb) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN p_source IS NOT NULL
    THEN COALESCE(NULLIF(regexp_replace(lower(COALESCE(p_source ->> 'source_type', p_source ->> 'source')), '^ads$', 'ad'), ''), 'other') END;
COMMENT ON FUNCTION source_kind IS 'What brought a lead, in one word: channels write it in ways of their own.';

CREATE FUNCTION sort_name(p_name text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN COALESCE(folded(p_name), chr(1114111));
COMMENT ON FUNCTION sort_name IS 'Where a name stands among names; who has none comes last.';

ALTER TABLE leads ADD CHECK (jsonb_typeof(tags) = 'array');
CREATE INDEX leads_stage  ON leads (tenant_id, stage_key);
CREATE INDEX leads_name   ON leads (tenant_id, (sort_name(name) COLLATE "C"));
CREATE INDEX leads_tagged ON leads (tenant_id) WHERE tags <> '[]';
-- What the answers of a month cost is read from the index alone.
DROP INDEX ai_calls_recent;
CREATE INDEX ai_calls_recent ON ai_calls (tenant_id, created_at) INCLUDE (cost_micros);
CREATE INDEX hand_offs_recent      ON hand_offs (tenant_id, created_at) INCLUDE (reason);
CREATE INDEX hand_offs_claimed     ON hand_offs (tenant_id, conversation_id) WHERE claimed_at IS NOT NULL;
CREATE INDEX conversations_queue   ON conversations (tenant_id, waiting_since) WHERE status = 'waiting_human';
CREATE INDEX conversations_ended   ON conversations (tenant_id, closed_at) INCLUDE (id) WHERE status = 'closed';
CREATE INDEX conversations_recent ON conversations (tenant_id, last_activity_at);

-- A lead is whose latest conversation is. That a conversation is no longer the latest is written down when another begins, which is
-- seldom: looking for the latest of fifty thousand leads would be paid for by every look. A new lead's first, which webhooks begin
-- under the lead's own id, is not even looked at.
ALTER TABLE conversations NO FORCE ROW LEVEL SECURITY;
UPDATE conversations c SET is_latest = false
WHERE EXISTS (SELECT 1 FROM conversations n WHERE n.tenant_id = c.tenant_id AND n.lead_id = c.lead_id AND (n.created_at, n.id) > (c.created_at, c.id));
ALTER TABLE conversations FORCE ROW LEVEL SECURITY;
CREATE FUNCTION conversation_begun() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE conversations c SET is_latest = false
    WHERE c.tenant_id = NEW.tenant_id AND c.lead_id = NEW.lead_id AND c.id <> NEW.id AND c.is_latest
      AND (c.status <> 'closed' OR c.status = 'closed');
    RETURN NULL;
END $$;
CREATE TRIGGER one_is_the_latest AFTER INSERT ON conversations FOR EACH ROW
WHEN (NEW.id <> NEW.lead_id) EXECUTE FUNCTION conversation_begun();

-- What a conversation is found and counted by, written once its words have settled: an index on every message would be paid
-- for by every webhook. ``upto_seq`` is how far it goes.
ALTER TABLE conversation_digests DROP CONSTRAINT conversation_digests_pkey;
ALTER TABLE conversation_digests
    ADD PRIMARY KEY (tenant_id, id),
    ADD FOREIGN KEY (tenant_id, conversation_id) REFERENCES conversations (tenant_id, id) ON DELETE CASCADE,
    ADD FOREIGN KEY (tenant_id, lead_id) REFERENCES leads (tenant_id, id) ON DELETE CASCADE,
    ADD FOREIGN KEY (tenant_id, channel_account_id) REFERENCES channel_accounts (tenant_id, id),
    ADD COLUMN words tsvector NOT NULL DEFAULT '';
CREATE UNIQUE INDEX conversation_digests_conversation ON conversation_digests (tenant_id, conversation_id);
CREATE INDEX conversation_digests_lead   ON conversation_digests (tenant_id, lead_id);
CREATE INDEX conversation_digests_words  ON conversation_digests USING gin (tenant_id, words);
CREATE INDEX conversation_digests_sought ON conversation_digests USING gin (tenant_id, sought gin_trgm_ops);
CREATE INDEX conversation_digests_opened ON conversation_digests (tenant_id, opened_at)
    INCLUDE (channel_account_id, first_of_lead, first_answer_seconds, first_answer_by, answers_ai, answers_people);
CREATE INDEX conversation_digests_people ON conversation_digests (tenant_id, conversation_id) WHERE answers_people > 0;

ALTER TABLE digest_marks DROP CONSTRAINT digest_marks_pkey;
ALTER TABLE digest_marks ADD PRIMARY KEY (tenant_id, id), ADD FOREIGN KEY (tenant_id) REFERENCES tenants (id);
CREATE UNIQUE INDEX digest_marks_tenant ON digest_marks (tenant_id);

CREATE FUNCTION sought_of(p_name text, p_phone text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN COALESCE(folded(p_name), '') || chr(10) || COALESCE(digits_in(p_phone), '');
COMMENT ON FUNCTION sought_of IS 'What any part of a name or of a number is looked for in.';

CREATE FUNCTION write_digest(p_tenant uuid, p_conversation uuid) RETURNS int LANGUAGE sql AS $$
    INSERT INTO conversation_digests AS d (id, tenant_id, conversation_id, lead_id, channel_account_id, upto_seq, opened_at,
        first_of_lead, first_answer_seconds, first_answer_by, answers_ai, answers_people, sought, words)
    SELECT uuid_v7(), c.tenant_id, c.id, c.lead_id, c.channel_account_id, c.message_seq, c.created_at,
           NOT EXISTS (SELECT 1 FROM conversations e WHERE e.tenant_id = c.tenant_id AND e.lead_id = c.lead_id
                       AND (e.status <> 'closed' OR e.status = 'closed') AND (e.created_at, e.id) < (c.created_at, c.id)),
           CASE WHEN said.answered_at >= said.asked_at THEN extract(epoch FROM said.answered_at - said.asked_at)::int END,
           CASE WHEN said.answered_at >= said.asked_at THEN said.answered_by END, said.by_ai, said.by_people, sought_of(l.name, l.phone),
           array_to_tsvector(ARRAY(
               SELECT DISTINCT w FROM (
                   SELECT unnest(words_in(l.name)) UNION ALL
                   SELECT unnest(words_in(m.text)) FROM messages m
                   WHERE m.tenant_id = c.tenant_id AND m.conversation_id = c.id AND m.deleted_at IS NULL) found(w)
               LIMIT 10000))
    FROM conversations c JOIN leads l ON l.tenant_id = c.tenant_id AND l.id = c.lead_id
    CROSS JOIN LATERAL (
        SELECT min(m.created_at) FILTER (WHERE m.direction = 'in') AS asked_at,
               min(m.created_at) FILTER (WHERE m.direction = 'out') AS answered_at,
               (array_agg(m.author ORDER BY m.seq) FILTER (WHERE m.direction = 'out'))[1] AS answered_by,
               count(*) FILTER (WHERE m.author = 'ai') AS by_ai, count(*) FILTER (WHERE m.author = 'attendant') AS by_people
        FROM messages m
        WHERE m.tenant_id = c.tenant_id AND m.conversation_id = c.id AND m.status NOT IN ('internal', 'failed', 'cancelled')) said
    WHERE c.tenant_id = p_tenant AND c.id = p_conversation
    ON CONFLICT (tenant_id, conversation_id) DO UPDATE
    SET upto_seq = EXCLUDED.upto_seq, first_answer_seconds = EXCLUDED.first_answer_seconds, first_answer_by = EXCLUDED.first_answer_by,
        answers_ai = EXCLUDED.answers_ai, answers_people = EXCLUDED.answers_people, sought = EXCLUDED.sought, words = EXCLUDED.words
    RETURNING 1
$$;
COMMENT ON FUNCTION write_digest IS 'The digest of a conversation, from all that is there now.';

-- What was written once is written anew when it is not as it was, by whoever changes it: words that are erased are not found.
CREATE FUNCTION words_erased() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM write_digest(d.tenant_id, d.conversation_id)
    FROM (SELECT DISTINCT c.tenant_id, c.conversation_id FROM changed c) x
    JOIN conversation_digests d ON d.tenant_id = x.tenant_id AND d.conversation_id = x.conversation_id;
    RETURN NULL;
END $$;
CREATE TRIGGER erased_words_are_not_found AFTER DELETE ON messages REFERENCING OLD TABLE AS changed
FOR EACH STATEMENT EXECUTE FUNCTION words_erased();

CREATE FUNCTION edited_words_are_found() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM write_digest(d.tenant_id, d.conversation_id) FROM conversation_digests d
    WHERE d.tenant_id = NEW.tenant_id AND d.conversation_id = NEW.conversation_id;
    RETURN NULL;
END $$;
CREATE TRIGGER edited_words_are_found AFTER UPDATE OF text, deleted_at ON messages FOR EACH ROW
WHEN (OLD.seq = NEW.seq AND (OLD.text, OLD.deleted_at) IS DISTINCT FROM (NEW.text, NEW.deleted_at))
EXECUTE FUNCTION edited_words_are_found();

CREATE FUNCTION lead_renamed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM write_digest(d.tenant_id, d.conversation_id) FROM conversation_digests d
    WHERE d.tenant_id = NEW.tenant_id AND d.lead_id = NEW.id;
    RETURN NULL;
END $$;
CREATE TRIGGER renamed_lead_is_found AFTER UPDATE OF name, phone ON leads FOR EACH ROW
WHEN ((OLD.name, OLD.phone) IS DISTINCT FROM (NEW.name, NEW.phone)) EXECUTE FUNCTION lead_renamed();

-- What the pipeline is looked at by. Every filter is a key of p_filter; the statements are put together from the fragments
-- below, so that each is planned for the filters that it has, and with their values.
CREATE FUNCTION sought_query(p_filter jsonb) RETURNS tsquery LANGUAGE sql IMMUTABLE
RETURN (SELECT string_agg(quote_literal(w) || ':*', ' & ')::tsquery FROM unnest(words_in(p_filter ->> 'q')) w);
COMMENT ON FUNCTION sought_query IS 'Every word that is looked for, each a beginning.';

CREATE FUNCTION sought_patterns(p_filter jsonb) RETURNS text[] LANGUAGE sql IMMUTABLE
RETURN CASE WHEN p_filter ->> 'q' ~ '^[-+(). 0-9]*[0-9][-+(). 0-9]*$' THEN ARRAY['%' || digits_in(p_filter ->> 'q') || '%']
            ELSE ARRAY(SELECT '%' || w || '%' FROM unnest(words_in(p_filter ->> 'q')) w) END;
COMMENT ON FUNCTION sought_patterns IS 'The parts of a name that are looked for; what looks like a number is one part of a number.';

CREATE FUNCTION lead_conditions(p_filter jsonb) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT COALESCE(string_agg(' AND ' || c.fragment, ''), '')
    FROM (VALUES
        ('stage',       'l.stage_key = $2 ->> ''stage'''),
        ('tag',         'l.tags <> ''[]'' AND l.tags @> jsonb_build_array($2 ->> ''tag'')'),
        ('source',      'source_kind(l.source) = $2 ->> ''source'''),
        ('since',       'l.created_at >= ($2 ->> ''since'')::timestamptz'),
        ('until',       'l.created_at < ($2 ->> ''until'')::timestamptz'),
        ('me',          '(c.assignee_id IS NULL OR c.assignee_id = ($2 ->> ''me'')::uuid)'),
        ('not_others',  'NOT EXISTS (SELECT 1 FROM conversations h WHERE h.tenant_id = $1 AND h.lead_id = l.id AND h.is_latest'
                        ' AND h.assignee_id IS NOT NULL AND h.assignee_id <> ($2 ->> ''not_others'')::uuid)'),
        ('status',      'c.status = $2 ->> ''status'''),
        ('channel',     'c.channel_account_id IN (SELECT a.id FROM channel_accounts a WHERE a.tenant_id = $1 AND a.channel = $2 ->> ''channel'')'),
        ('assignee_id', 'c.assignee_id = ($2 ->> ''assignee_id'')::uuid'),
        ('unassigned',  'c.assignee_id IS NULL')) c(key, fragment)
    WHERE p_filter ? c.key
$$;
COMMENT ON FUNCTION lead_conditions IS 'What is asked of a lead l and his latest conversation c, of tenant $1, by filter $2.';

CREATE FUNCTION sought_conditions(p_patterns text[]) RETURNS text LANGUAGE sql IMMUTABLE
RETURN (SELECT COALESCE(string_agg(format('d.sought LIKE ($4)[%s]', place), ' AND '), 'false')
        FROM generate_subscripts(p_patterns, 1) place);
COMMENT ON FUNCTION sought_conditions IS 'Each of the patterns ($4) one by one: the index knows no LIKE ALL.';

CREATE FUNCTION freshly_sought(p_tenant uuid, p_query tsquery, p_patterns text[]) RETURNS uuid[] LANGUAGE sql STABLE AS $$
    WITH fresh AS MATERIALIZED (
        SELECT c.id, c.lead_id FROM conversations c
        LEFT JOIN LATERAL (    -- LIMIT: one by one, for they are few, which the planner cannot know
            SELECT d.upto_seq FROM conversation_digests d WHERE d.tenant_id = p_tenant AND d.conversation_id = c.id LIMIT 1) d ON true
        WHERE c.tenant_id = p_tenant AND d.upto_seq IS DISTINCT FROM c.message_seq
          AND c.last_activity_at >= COALESCE((SELECT k.upto FROM digest_marks k WHERE k.tenant_id = p_tenant), '-infinity'))
    SELECT ARRAY(
        SELECT f.lead_id FROM fresh f JOIN leads l ON l.tenant_id = p_tenant AND l.id = f.lead_id
        WHERE (p_patterns <> '{}' AND sought_of(l.name, l.phone) LIKE ALL (p_patterns))
           OR p_query @@ array_to_tsvector(words_in(concat_ws(' ', l.name, (
                  SELECT string_agg(m.text, ' ') FROM messages m WHERE m.tenant_id = p_tenant AND m.conversation_id = f.id)))))
$$;
COMMENT ON FUNCTION freshly_sought IS 'Leads in whose conversations it is, of those that have no digest yet or an old one: looked through as they are.';

CREATE FUNCTION all_sought(p_tenant uuid, p_query tsquery, p_patterns text[], p_fresh uuid[]) RETURNS uuid[] LANGUAGE plpgsql STABLE AS $$
DECLARE
    v_found uuid[];
BEGIN
    EXECUTE 'SELECT ARRAY(SELECT d.lead_id FROM conversation_digests d WHERE d.tenant_id = $1 AND d.words @@ $3'
            ' UNION SELECT d.lead_id FROM conversation_digests d WHERE d.tenant_id = $1 AND ' || sought_conditions(p_patterns)
            || ' UNION SELECT unnest($2))'
    INTO v_found USING p_tenant, p_fresh, p_query, p_patterns;
    RETURN v_found;
END $$;
COMMENT ON FUNCTION all_sought IS 'Everybody in whose name, number or conversations it is.';

CREATE FUNCTION lead_order(p_sort text) RETURNS text LANGUAGE sql IMMUTABLE
RETURN CASE p_sort WHEN 'recent' THEN 'c.last_activity_at DESC' WHEN 'score' THEN 'l.score DESC' WHEN 'created' THEN 'l.created_at DESC'
                   WHEN 'name' THEN 'sort_name(l.name) COLLATE "C"' END;

CREATE FUNCTION leads_from(p_filter jsonb, p_sort text, p_depth int, p_place text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE
        WHEN p_depth IS NULL THEN
            ' FROM conversations c JOIN leads l ON l.tenant_id = $1 AND l.id = c.lead_id WHERE c.tenant_id = $1 AND c.is_latest'
        WHEN p_sort = 'recent' THEN
            format(' FROM (SELECT c.lead_id, c.last_activity_at, c.status, c.channel_account_id, c.assignee_id FROM conversations c'
                   ' WHERE c.tenant_id = $1 AND c.is_latest%s ORDER BY c.last_activity_at DESC LIMIT %s) c'
                   ' JOIN leads l ON l.tenant_id = $1 AND l.id = c.lead_id WHERE true', p_place, p_depth)
        ELSE
            format(' FROM (SELECT l.id, l.name, l.stage_key, l.score, l.source, l.tags, l.created_at FROM leads l'
                   ' WHERE l.tenant_id = $1%s ORDER BY %s LIMIT %s) l'
                   ' JOIN conversations c ON c.tenant_id = $1 AND c.lead_id = l.id AND c.is_latest'
                   ' AND (c.status <> ''closed'' OR c.status = ''closed'') WHERE true', p_place, lead_order(p_sort), p_depth)
        END
        || lead_conditions(p_filter)
        || CASE WHEN NOT p_filter ? 'q' THEN ''
                WHEN p_depth IS NULL THEN ' AND l.id = ANY ($5)'
                ELSE ' AND (l.id = ANY ($5) OR EXISTS (SELECT 1 FROM conversation_digests d WHERE d.tenant_id = $1 AND d.lead_id = l.id'
                     ' AND (d.words @@ $3 OR ' || sought_conditions(sought_patterns(p_filter)) || ')))' END
$$;
COMMENT ON FUNCTION leads_from IS 'Leads with their latest conversations: all, or the first so many of an order (p_depth), from a place on.';

-- Two ways of looking: first as deep into the order as a page usually needs, and through everything when that was not enough.
CREATE FUNCTION find_leads(p_filter jsonb, p_sort text, p_after text, p_after_id uuid, p_limit int)
RETURNS TABLE (lead_id uuid, key text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp SET jit = off SET random_page_cost = 1.1 AS $$
DECLARE
    v_tenant uuid := current_setting('app.tenant_id')::uuid;
    v_query tsquery := sought_query(p_filter);
    v_patterns text[] := sought_patterns(p_filter);
    v_found uuid[];
    v_order text := lead_order(p_sort);
    v_key text := replace(v_order, ' DESC', '');
    v_after text := format('$6::%s', CASE p_sort WHEN 'score' THEN 'int' WHEN 'name' THEN 'text' ELSE 'timestamptz' END);
    v_beyond text := CASE p_sort WHEN 'name' THEN '>' ELSE '<' END;
    v_place text := CASE WHEN p_after_id IS NULL THEN '' ELSE format(' AND %s %s= %s', v_key, v_beyond, v_after) END;
    v_rest text := CASE WHEN p_after_id IS NULL THEN '' ELSE format(' AND (%s, l.id) %s (%s, $7)', v_key, v_beyond, v_after) END;
    v_way text := CASE p_sort WHEN 'name' THEN 'ASC' ELSE 'DESC' END;
    v_depths int[] := ARRAY[CASE WHEN p_filter ? 'q' THEN 400 WHEN p_sort = 'recent' THEN 2000 ELSE 600 END, NULL];
    v_depth int;
    v_ids uuid[]; v_keys text[];
BEGIN
    IF p_filter ? 'q' THEN
        v_found := freshly_sought(v_tenant, v_query, v_patterns);
    END IF;
    FOREACH v_depth IN ARRAY v_depths LOOP
        IF v_depth IS NULL AND p_filter ? 'q' THEN
            v_found := all_sought(v_tenant, v_query, v_patterns, v_found);
        END IF;
        -- OFFSET 0: what is asked for is sorted whole; the planner would walk an index in hope of an early end.
        EXECUTE format('SELECT array_agg(p.id), array_agg(p.key::text) FROM ('
                       'SELECT * FROM (SELECT l.id, %1$s AS key %2$s OFFSET 0) f ORDER BY f.key %3$s, f.id %3$s LIMIT $8) p',
                       v_key, leads_from(p_filter, p_sort, v_depth, v_place) || v_rest, v_way)
        INTO v_ids, v_keys USING v_tenant, p_filter, v_query, v_patterns, v_found, p_after, p_after_id, p_limit;
        EXIT WHEN cardinality(v_ids) = p_limit;
    END LOOP;
    RETURN QUERY SELECT * FROM unnest(v_ids, v_keys);
END $$;

CREATE FUNCTION count_leads(p_filter jsonb) RETURNS TABLE (stage_key text, leads bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp SET jit = off SET random_page_cost = 1.1 AS $$
DECLARE
    v_tenant uuid := current_setting('app.tenant_id')::uuid;
    v_query tsquery := sought_query(p_filter);
    v_patterns text[] := sought_patterns(p_filter);
    v_found uuid[];
    -- What others have is little, so it is taken away from what there is, rather than everybody's conversation looked at.
    v_filter jsonb := CASE WHEN p_filter ? 'me' THEN p_filter - 'me' || jsonb_build_object('not_others', p_filter -> 'me') ELSE p_filter END;
BEGIN
    IF p_filter ? 'q' THEN
        v_found := all_sought(v_tenant, v_query, v_patterns, freshly_sought(v_tenant, v_query, v_patterns));
    END IF;
    RETURN QUERY EXECUTE
        'SELECT l.stage_key::text, count(*)'
        || CASE WHEN p_filter ?| ARRAY['status', 'channel', 'assignee_id', 'unassigned'] THEN leads_from(v_filter, 'recent', NULL, '')
                ELSE ' FROM leads l WHERE l.tenant_id = $1' || lead_conditions(v_filter)
                     || CASE WHEN p_filter ? 'q' THEN ' AND l.id = ANY ($5)' ELSE '' END END
        || ' GROUP BY 1'
    USING v_tenant, v_filter, v_query, v_patterns, v_found;
END $$;

CREATE FUNCTION board_leads(p_filter jsonb, p_per_stage int) RETURNS TABLE (stage_key text, lead_id uuid, key text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp SET jit = off SET random_page_cost = 1.1 AS $$
DECLARE
    v_tenant uuid := current_setting('app.tenant_id')::uuid;
    v_query tsquery := sought_query(p_filter);
    v_patterns text[] := sought_patterns(p_filter);
    v_found uuid[];
    v_columns text := 'SELECT r.stage, r.id, r.at FROM (SELECT l.stage_key::text AS stage, l.id, c.last_activity_at::text AS at,'
        ' row_number() OVER (PARTITION BY l.stage_key ORDER BY c.last_activity_at DESC, l.id DESC) AS place';
    v_page text := ' AND l.stage_key = ANY ($6)) r WHERE r.place <= $7 ORDER BY r.stage, r.place';
    v_open text[] := ARRAY(SELECT s.key FROM stages s WHERE s.tenant_id = v_tenant);
    v_stages text[]; v_ids uuid[]; v_keys text[];
BEGIN
    IF p_filter ? 'q' THEN
        v_found := all_sought(v_tenant, v_query, v_patterns, freshly_sought(v_tenant, v_query, v_patterns));
    ELSE
        EXECUTE 'SELECT array_agg(b.stage), array_agg(b.id), array_agg(b.at) FROM ('
                || v_columns || leads_from(p_filter, 'recent', 2000, '') || v_page || ') b'
        INTO v_stages, v_ids, v_keys USING v_tenant, p_filter, v_query, v_patterns, v_found, v_open, p_per_stage;
        RETURN QUERY SELECT w.* FROM unnest(v_stages, v_ids, v_keys) w(stage, id, at)
                     WHERE w.stage IN (SELECT s FROM unnest(v_stages) s GROUP BY s HAVING count(*) = p_per_stage);
        v_open := ARRAY(SELECT unnest(v_open) EXCEPT (SELECT s FROM unnest(v_stages) s GROUP BY s HAVING count(*) = p_per_stage));
    END IF;
    IF v_open <> '{}' THEN
        RETURN QUERY EXECUTE v_columns || leads_from(p_filter, 'recent', NULL, '') || v_page
        USING v_tenant, p_filter, v_query, v_patterns, v_found, v_open, p_per_stage;
    END IF;
END $$;

DO $$
DECLARE
    app text := current_setting('reveza.role_prefix') || '_app';
    ingest text := current_setting('reveza.role_prefix') || '_ingest';
    platform text := current_setting('reveza.role_prefix') || '_platform';
    search text := current_setting('reveza.role_prefix') || '_search';
    t text;
    f text;
BEGIN
    FOREACH t IN ARRAY ARRAY['conversation_digests', 'digest_marks'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
        EXECUTE format('CREATE POLICY of_tenant ON %I TO %I USING (tenant_id = current_setting(''app.tenant_id'')::uuid)'
                       ' WITH CHECK (tenant_id = current_setting(''app.tenant_id'')::uuid)', t, app);
        EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO %I', t, app);
        EXECUTE format('CREATE POLICY of_search ON %I FOR SELECT TO %I USING (true)', t, search);
    END LOOP;
    EXECUTE format('CREATE POLICY of_batch ON conversation_digests TO %I USING (tenant_id = ANY (current_setting(''app.tenant_ids'')::uuid[]))'
                   ' WITH CHECK (tenant_id = ANY (current_setting(''app.tenant_ids'')::uuid[]))', ingest);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE ON conversation_digests TO %I', ingest);
    EXECUTE format('CREATE POLICY of_platform ON digest_marks TO %I USING (true)', platform);
    EXECUTE format('GRANT SELECT (tenant_id, upto) ON digest_marks TO %I', platform);
    EXECUTE format('GRANT SELECT (last_activity_at) ON conversations TO %I', platform);

    FOREACH t IN ARRAY ARRAY['leads', 'conversations', 'messages', 'channel_accounts', 'stages'] LOOP
        EXECUTE format('CREATE POLICY of_search ON %I FOR SELECT TO %I USING (true)', t, search);
    END LOOP;
    EXECUTE format('GRANT SELECT (id, tenant_id, name, phone, stage_key, score, source, tags, created_at) ON leads TO %I', search);
    EXECUTE format('GRANT SELECT (id, tenant_id, lead_id, channel_account_id, status, assignee_id, message_seq, created_at,'
                   ' last_activity_at, is_latest) ON conversations TO %I', search);
    EXECUTE format('GRANT SELECT (tenant_id, conversation_id, seq, text) ON messages TO %I', search);
    EXECUTE format('GRANT SELECT (id, tenant_id, channel) ON channel_accounts TO %I', search);
    EXECUTE format('GRANT SELECT (tenant_id, key) ON stages TO %I', search);
    EXECUTE format('GRANT SELECT ON conversation_digests, digest_marks TO %I', search);

    EXECUTE format('GRANT CREATE ON SCHEMA public TO %I', search);
    FOREACH f IN ARRAY ARRAY['find_leads(jsonb, text, text, uuid, int)', 'count_leads(jsonb)', 'board_leads(jsonb, int)'] LOOP
        EXECUTE format('ALTER FUNCTION %s OWNER TO %I', f, search);
        EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', f);
        EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO %I', f, app);
    END LOOP;
    EXECUTE format('REVOKE CREATE ON SCHEMA public FROM %I', search);
END $$;
