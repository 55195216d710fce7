-- What is told to the team: by kinds that somebody can put in words, purged when nothing needs it any more, and locked in
-- one order by all who make it due.

ALTER TABLE notifications ADD CONSTRAINT notifications_kind CHECK (kind IN (
    'hand_off_card', 'lead_message', 'attendant_message', 'transferred', 'silent_attendant', 'dead_letter',
    'channel_stopped', 'budget_reached', 'spend_limit'));

CREATE INDEX telegram_posts_tick    ON telegram_posts (tenant_id, chat_ref, number) WHERE kind = 'tick';
CREATE INDEX telegram_posts_rest    ON telegram_posts (created_at) WHERE due_at IS NULL;
CREATE INDEX telegram_messages_age  ON telegram_messages (created_at);
CREATE INDEX notifications_told     ON notifications (told_at) WHERE told_at IS NOT NULL;

DO $$
DECLARE
    ingest text := current_setting('reveza.role_prefix') || '_ingest';
    platform text := current_setting('reveza.role_prefix') || '_platform';
BEGIN
    EXECUTE format('GRANT SELECT (id) ON telegram_posts TO %I', ingest);
    -- The purge; a row that somebody is at is passed over, and to lock a row takes the right to change one column of it.
    EXECUTE format('GRANT SELECT (subject_id, created_at), UPDATE (due_at), DELETE ON telegram_posts TO %I', platform);
    EXECUTE format('GRANT SELECT (id, created_at), DELETE ON telegram_messages TO %I', platform);
    EXECUTE format('GRANT SELECT (told_at, created_at), DELETE ON notifications TO %I', platform);
    EXECUTE format('GRANT SELECT (returned_at) ON hand_offs TO %I', platform);
    -- Nothing reads these.
    EXECUTE format('REVOKE SELECT (attempts) ON telegram_posts FROM %I', platform);
    EXECUTE format('REVOKE SELECT (chat_ref, number, conversation_id) ON telegram_messages FROM %I', platform);
END $$;

-- Several cards of one conversation: whoever makes them due locks them in the order of their ids, so that two of them wait
-- for each other in turn and not in a circle.
CREATE OR REPLACE FUNCTION cards_of_conversation_due() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE telegram_posts p SET due_at = COALESCE(p.due_at, now()), version = p.version + 1
    FROM (SELECT x.id FROM telegram_posts x
          WHERE x.tenant_id = NEW.tenant_id AND x.conversation_id = NEW.id AND x.kind = 'card' AND x.shown <> 'ended'
          ORDER BY x.id FOR NO KEY UPDATE) locked
    WHERE p.tenant_id = NEW.tenant_id AND p.id = locked.id;
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION posts_about_row_due() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE telegram_posts p SET due_at = COALESCE(p.due_at, now()), version = p.version + 1
    FROM (SELECT x.id FROM telegram_posts x
          WHERE x.tenant_id = NEW.tenant_id AND x.subject_id = NEW.id AND x.kind = TG_ARGV[0] AND x.shown <> 'ended'
          ORDER BY x.id FOR NO KEY UPDATE) locked
    WHERE p.tenant_id = NEW.tenant_id AND p.id = locked.id;
    RETURN NULL;
END $$;
