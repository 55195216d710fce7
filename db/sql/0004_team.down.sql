-- Takes back what 0004_team.up.sql made; the tables and their tenants' policies are those of the migrations before.
DROP TRIGGER said_to_the_team ON messages;
DROP FUNCTION words_to_be_shown();
DROP TRIGGER shown_to_the_team ON messages;
DROP TRIGGER shown_to_the_team ON hand_offs;
DROP TRIGGER shown_to_the_team ON conversations;
DROP FUNCTION posts_about_row_due();
DROP FUNCTION cards_of_conversation_due();

DO $$
DECLARE
    ingest text := current_setting('reveza.role_prefix') || '_ingest';
    platform text := current_setting('reveza.role_prefix') || '_platform';
    r record;
BEGIN
    FOR r IN
        SELECT con.conname, c.relname FROM pg_constraint con JOIN pg_class c ON c.oid = con.conrelid
        JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname = 'public'
          AND ((con.contype = 'c' AND c.relname IN ('telegram_chats', 'telegram_posts'))
               OR (con.contype = 'f' AND c.relname IN ('telegram_topics', 'telegram_posts', 'telegram_messages'))
               OR (con.contype = 'f' AND c.relname = 'members' AND pg_get_constraintdef(con.oid) LIKE '%active_conversation_id%'))
    LOOP
        EXECUTE format('ALTER TABLE %I DROP CONSTRAINT %I', r.relname, r.conname);
    END LOOP;
    DROP POLICY of_batch ON telegram_posts;
    DROP POLICY of_platform ON telegram_posts;
    DROP POLICY of_platform ON telegram_messages;
    EXECUTE format('REVOKE ALL ON telegram_posts FROM %I, %I', ingest, platform);
    EXECUTE format('REVOKE ALL ON telegram_messages FROM %I', platform);
    EXECUTE format('REVOKE SELECT (tenant_id, conversation_id, subject_id, kind, shown, due_at, version),'
                   ' UPDATE (due_at, version) ON telegram_posts FROM %I', ingest);
    EXECUTE format('REVOKE SELECT (id, tenant_id, chat_ref, kind, due_at, attempts) ON telegram_posts FROM %I', platform);
    EXECUTE format('REVOKE SELECT (tenant_id, chat_ref, number, conversation_id) ON telegram_messages FROM %I', platform);
    EXECUTE format('REVOKE SELECT (status, next_at, lease_until), UPDATE (lease_until) ON telegram_chats FROM %I', platform);
    EXECUTE format('REVOKE SELECT (acts_since, active_conversation_id) ON members FROM %I', platform);
END $$;

DROP INDEX telegram_topics_lead, telegram_topics_thread, telegram_posts_once, telegram_messages_once, telegram_posts_due,
           telegram_posts_conversation, telegram_posts_subject, telegram_messages_message, telegram_chats_place;
