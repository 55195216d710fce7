-- Keys, policies and grants of what Telegram shows, and the triggers by which a change becomes due to be shown.

DO $$
DECLARE
    ingest text := current_setting('reveza.role_prefix') || '_ingest';
    platform text := current_setting('reveza.role_prefix') || '_platform';
    pair text[];
    t text;
BEGIN
    FOREACH pair SLICE 1 IN ARRAY ARRAY[
        ['telegram_topics', 'chat_ref', 'telegram_chats'],
        ['telegram_topics', 'lead_id', 'leads'],
        ['telegram_posts', 'chat_ref', 'telegram_chats'],
        ['telegram_posts', 'conversation_id', 'conversations'],
        ['telegram_messages', 'chat_ref', 'telegram_chats'],
        ['telegram_messages', 'conversation_id', 'conversations'],
        ['members', 'active_conversation_id', 'conversations']]
    LOOP
        EXECUTE format('ALTER TABLE %I ADD FOREIGN KEY (tenant_id, %I) REFERENCES %I (tenant_id, id)', pair[1], pair[2], pair[3]);
    END LOOP;

    -- A status or a new owner that comes by a webhook makes cards and ticks due.
    EXECUTE format('CREATE POLICY of_batch ON telegram_posts TO %I'
                   ' USING ((tenant_id = ANY ((SELECT current_setting(''app.tenant_ids'')::uuid[])::uuid[])) IS TRUE)'
                   ' WITH CHECK (tenant_id = ANY ((SELECT current_setting(''app.tenant_ids'')::uuid[])::uuid[]))', ingest);
    EXECUTE format('GRANT SELECT (tenant_id, conversation_id, subject_id, kind, shown, due_at, version),'
                   ' UPDATE (due_at, version) ON telegram_posts TO %I', ingest);

    FOREACH t IN ARRAY ARRAY['telegram_posts', 'telegram_messages'] LOOP
        EXECUTE format('CREATE POLICY of_platform ON %I TO %I USING (true)', t, platform);
    END LOOP;
    EXECUTE format('GRANT SELECT (id, tenant_id, chat_ref, kind, due_at, attempts) ON telegram_posts TO %I', platform);
    EXECUTE format('GRANT SELECT (tenant_id, chat_ref, number, conversation_id) ON telegram_messages TO %I', platform);
    EXECUTE format('GRANT SELECT (status, next_at, lease_until), UPDATE (lease_until) ON telegram_chats TO %I', platform);
    EXECUTE format('GRANT SELECT (acts_since, active_conversation_id) ON members TO %I', platform);
END $$;

CREATE UNIQUE INDEX telegram_topics_lead    ON telegram_topics (tenant_id, chat_ref, lead_id);
CREATE UNIQUE INDEX telegram_topics_thread  ON telegram_topics (tenant_id, chat_ref, thread_id);
CREATE UNIQUE INDEX telegram_posts_once     ON telegram_posts (tenant_id, chat_ref, kind, subject_id);
CREATE UNIQUE INDEX telegram_messages_once  ON telegram_messages (tenant_id, chat_ref, number, message_id) NULLS NOT DISTINCT;
CREATE INDEX telegram_posts_due             ON telegram_posts (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX telegram_posts_conversation    ON telegram_posts (tenant_id, conversation_id) WHERE kind = 'card';
CREATE INDEX telegram_posts_subject         ON telegram_posts (tenant_id, subject_id);
CREATE INDEX telegram_messages_message      ON telegram_messages (tenant_id, message_id) WHERE message_id IS NOT NULL;
CREATE INDEX telegram_chats_place           ON telegram_chats (bot_id, chat_id);

ALTER TABLE telegram_chats ADD CHECK (kind IN ('group', 'private')),
                           ADD CHECK (status IN ('active', 'unreachable')),
                           ADD CHECK ((kind = 'private') = (member_id IS NOT NULL));
ALTER TABLE telegram_posts ADD CHECK (kind IN ('card', 'relay', 'tick', 'notice', 'reply'));

-- What is shown follows from the rows, whoever changes them: a member, a turn, a webhook, the clock. A card that has come
-- to its end ('ended') stays as it is.
CREATE FUNCTION cards_of_conversation_due() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE telegram_posts SET due_at = COALESCE(due_at, now()), version = version + 1
    WHERE tenant_id = NEW.tenant_id AND conversation_id = NEW.id AND kind = 'card' AND shown <> 'ended';
    RETURN NULL;
END $$;
COMMENT ON FUNCTION cards_of_conversation_due IS 'Somebody else has the conversation now: its cards are to show it.';
CREATE TRIGGER shown_to_the_team AFTER UPDATE OF status, assignee_id ON conversations FOR EACH ROW
WHEN (OLD.status IS DISTINCT FROM NEW.status OR OLD.assignee_id IS DISTINCT FROM NEW.assignee_id)
EXECUTE FUNCTION cards_of_conversation_due();

CREATE FUNCTION posts_about_row_due() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE telegram_posts SET due_at = COALESCE(due_at, now()), version = version + 1
    WHERE tenant_id = NEW.tenant_id AND subject_id = NEW.id AND kind = TG_ARGV[0] AND shown <> 'ended';
    RETURN NULL;
END $$;
COMMENT ON FUNCTION posts_about_row_due IS 'The row changed: posts of that kind about it are to show it.';
CREATE TRIGGER shown_to_the_team AFTER UPDATE OF summary, claimed_by, returned_at ON hand_offs FOR EACH ROW
WHEN (OLD.summary IS DISTINCT FROM NEW.summary OR OLD.claimed_by IS DISTINCT FROM NEW.claimed_by
      OR OLD.returned_at IS DISTINCT FROM NEW.returned_at)
EXECUTE FUNCTION posts_about_row_due('card');
CREATE TRIGGER shown_to_the_team AFTER UPDATE OF status ON messages FOR EACH ROW
WHEN (NEW.author = 'attendant' AND OLD.status IS DISTINCT FROM NEW.status)
EXECUTE FUNCTION posts_about_row_due('tick');

-- What a person of the team says anywhere (in Telegram, on the business's phone) is to be seen in the other chats too.
CREATE FUNCTION words_to_be_shown() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO notifications (id, tenant_id, kind, subject_id, due_at)
    VALUES (uuid_v7(), NEW.tenant_id, 'attendant_message', NEW.id, now());
    RETURN NULL;
END $$;
COMMENT ON FUNCTION words_to_be_shown IS 'A person answered a lead: whoever follows the conversation is told.';
CREATE TRIGGER said_to_the_team AFTER INSERT ON messages FOR EACH ROW
WHEN (NEW.author = 'attendant' AND NEW.status <> 'internal') EXECUTE FUNCTION words_to_be_shown();
