-- A lead who waits for whoever has his conversation: when somebody looks next.

DO $$
DECLARE
    platform text := current_setting('reveza.role_prefix') || '_platform';
BEGIN
    EXECUTE format('GRANT SELECT (silent_due_at) ON conversations TO %I', platform);
END $$;

CREATE INDEX conversations_silent ON conversations (silent_due_at) WHERE silent_due_at IS NOT NULL;

-- Whoever moves the conversation (a member, a webhook, the clock) only has it looked at; what is due, and when, is reckoned
-- there, in the tenant's open hours. A look that is due already is not put off: however often the lead writes, one is enough.
CREATE FUNCTION watch_for_silence() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.status = 'human' THEN
        NEW.silent_due_at := COALESCE(NEW.silent_due_at, now());
    ELSE
        NEW.silent_due_at := NULL;
        NEW.silent_told_at := NULL;
    END IF;
    RETURN NEW;
END $$;
COMMENT ON FUNCTION watch_for_silence IS 'A person has the conversation, or another one, or the lead wrote to him: does he answer?';
CREATE TRIGGER watched_for_silence BEFORE UPDATE OF status, assignee_id, last_inbound_at ON conversations FOR EACH ROW
WHEN ((NEW.status = 'human' OR OLD.status = 'human')
      AND (NEW.status <> OLD.status OR NEW.last_inbound_at IS DISTINCT FROM OLD.last_inbound_at
           OR NEW.assignee_id IS DISTINCT FROM OLD.assignee_id))
EXECUTE FUNCTION watch_for_silence();
CREATE TRIGGER watched_for_silence_from_the_start BEFORE INSERT ON conversations FOR EACH ROW
WHEN (NEW.status = 'human' AND NEW.last_inbound_at IS NOT NULL) EXECUTE FUNCTION watch_for_silence();
