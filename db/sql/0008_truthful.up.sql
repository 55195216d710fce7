-- What the team is told of the AI's last words, and what was due while nobody could see that the AI goes on.

CREATE INDEX tenants_resumed ON tenants (ai_resumed_at) WHERE ai_resumed_at IS NOT NULL;

CREATE FUNCTION cards_of_message_due() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE telegram_posts p SET due_at = COALESCE(p.due_at, now()), version = p.version + 1
    FROM (SELECT x.id FROM telegram_posts x JOIN conversations c ON c.tenant_id = x.tenant_id AND c.id = x.conversation_id
          WHERE x.tenant_id = NEW.tenant_id AND x.conversation_id = NEW.conversation_id AND x.kind = 'card'
            AND x.shown <> 'ended' AND c.status = 'human'
          ORDER BY x.id FOR NO KEY UPDATE OF x) locked
    WHERE p.tenant_id = NEW.tenant_id AND p.id = locked.id;
    RETURN NULL;
END $$;
COMMENT ON FUNCTION cards_of_message_due IS 'Words of the AI''s were on their way when a person took over: their cards say what became of them.';
CREATE TRIGGER last_words_shown_to_the_team AFTER UPDATE OF status ON messages FOR EACH ROW
WHEN (NEW.author = 'ai' AND OLD.status IN ('sending', 'unknown') AND NEW.status NOT IN ('sending', 'unknown'))
EXECUTE FUNCTION cards_of_message_due();

CREATE FUNCTION last_word_of_team(p_tenant uuid, p_conversation uuid) RETURNS int LANGUAGE sql STABLE AS $$
    SELECT (SELECT max(m.seq) FROM messages m
            WHERE m.tenant_id = p_tenant AND m.conversation_id = p_conversation AND m.direction = 'out' AND m.author = 'attendant'
              AND m.status NOT IN ('internal', 'failed', 'cancelled'))
$$;
COMMENT ON FUNCTION last_word_of_team IS 'The number of the last message by which a person answered the lead; null: none did.';
