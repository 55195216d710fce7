-- Takes back what 0007_telling.up.sql made.
CREATE OR REPLACE FUNCTION cards_of_conversation_due() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE telegram_posts SET due_at = COALESCE(due_at, now()), version = version + 1
    WHERE tenant_id = NEW.tenant_id AND conversation_id = NEW.id AND kind = 'card' AND shown <> 'ended';
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION posts_about_row_due() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE telegram_posts SET due_at = COALESCE(due_at, now()), version = version + 1
    WHERE tenant_id = NEW.tenant_id AND subject_id = NEW.id AND kind = TG_ARGV[0] AND shown <> 'ended';
    RETURN NULL;
END $$;

DO $$
DECLARE
    ingest text := current_setting('reveza.role_prefix') || '_ingest';
    platform text := current_setting('reveza.role_prefix') || '_platform';
BEGIN
    EXECUTE format('REVOKE SELECT (id) ON telegram_posts FROM %I', ingest);
    EXECUTE format('REVOKE SELECT (subject_id, created_at), UPDATE (due_at), DELETE ON telegram_posts FROM %I', platform);
    EXECUTE format('REVOKE SELECT (id, created_at), DELETE ON telegram_messages FROM %I', platform);
    EXECUTE format('REVOKE SELECT (told_at, created_at), DELETE ON notifications FROM %I', platform);
    EXECUTE format('REVOKE SELECT (returned_at) ON hand_offs FROM %I', platform);
    EXECUTE format('GRANT SELECT (attempts) ON telegram_posts TO %I', platform);
    EXECUTE format('GRANT SELECT (chat_ref, number, conversation_id) ON telegram_messages TO %I', platform);
END $$;

DROP INDEX telegram_posts_tick, telegram_posts_rest, telegram_messages_age, notifications_told;

ALTER TABLE notifications DROP CONSTRAINT notifications_kind;
