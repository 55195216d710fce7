-- Takes back what 0011_pipeline.up.sql made, as far as the tables and the column do not take it along.
DO $$
DECLARE
    search text := current_setting('reveza.role_prefix') || '_search';
    platform text := current_setting('reveza.role_prefix') || '_platform';
    t text;
BEGIN
    FOREACH t IN ARRAY ARRAY['leads', 'conversations', 'messages', 'channel_accounts', 'stages'] LOOP
        EXECUTE format('DROP POLICY of_search ON %I', t);
        EXECUTE format('REVOKE ALL ON %I FROM %I', t, search);
    END LOOP;
    EXECUTE format('REVOKE SELECT (last_activity_at) ON conversations FROM %I', platform);
END $$;
DROP FUNCTION board_leads(jsonb, int);
DROP FUNCTION count_leads(jsonb);
DROP FUNCTION find_leads(jsonb, text, text, uuid, int);
DROP FUNCTION leads_from(jsonb, text, int, text);
DROP FUNCTION lead_order(text);
DROP FUNCTION all_sought(uuid, tsquery, text[], uuid[]);
DROP FUNCTION freshly_sought(uuid, tsquery, text[]);
DROP FUNCTION sought_conditions(text[]);
DROP FUNCTION lead_conditions(jsonb);
DROP FUNCTION sought_patterns(jsonb);
DROP FUNCTION sought_query(jsonb);
DROP TRIGGER renamed_lead_is_found ON leads;
DROP FUNCTION lead_renamed();
DROP TRIGGER edited_words_are_found ON messages;
DROP FUNCTION edited_words_are_found();
DROP TRIGGER erased_words_are_not_found ON messages;
DROP FUNCTION words_erased();
DROP FUNCTION write_digest(uuid, uuid);
ALTER TABLE digest_marks DROP CONSTRAINT digest_marks_pkey;
ALTER TABLE digest_marks ADD PRIMARY KEY (id);
DROP INDEX conversation_digests_sought;
DROP INDEX conversation_digests_words;
ALTER TABLE conversation_digests DROP CONSTRAINT conversation_digests_pkey, DROP COLUMN words;
ALTER TABLE conversation_digests ADD PRIMARY KEY (id);
DROP TRIGGER one_is_the_latest ON conversations;
DROP FUNCTION conversation_begun();
DROP INDEX conversations_recent;
DROP INDEX conversations_ended;
DROP INDEX conversations_queue;
DROP INDEX hand_offs_claimed;
DROP INDEX hand_offs_recent;
DROP INDEX ai_calls_recent;
CREATE INDEX ai_calls_recent ON ai_calls (tenant_id, created_at);
DROP INDEX leads_tagged;
DROP INDEX leads_name;
DROP INDEX leads_stage;
ALTER TABLE leads DROP CONSTRAINT leads_tags_check;
DROP FUNCTION sort_name(text);
DROP FUNCTION source_kind(jsonb);
DROP FUNCTION sought_of(text, text);
DROP FUNCTION digits_in(text);
DROP FUNCTION words_in(text);
DROP FUNCTION folded(text);
DROP EXTENSION btree_gin;
DROP EXTENSION pg_trgm;
