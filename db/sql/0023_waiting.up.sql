-- A lead who waits for anybody of the team: when somebody looks next, and what has happened in this wait.

DO $$
DECLARE
    platform text := current_setting('reveza.role_prefix') || '_platform';
BEGIN
    EXECUTE format('GRANT SELECT (waiting_due_at) ON conversations TO %I', platform);
END $$;

ALTER TABLE conversations ADD CHECK (waiting_step BETWEEN 0 AND 3);
-- What waits already was never to be reminded of: it goes on as it was begun.
ALTER TABLE conversations NO FORCE ROW LEVEL SECURITY;
UPDATE conversations SET waiting_step = 2, waiting_due_at = waiting_until WHERE status = 'waiting_human';
ALTER TABLE conversations FORCE ROW LEVEL SECURITY;
DROP INDEX conversations_waiting;
CREATE INDEX conversations_waiting ON conversations (waiting_due_at) WHERE waiting_due_at IS NOT NULL;

-- Whoever lets it wait (a turn, a member, the clock) only has it looked at; what is due, and when, is reckoned there, in the
-- tenant's open hours. Whoever ends the wait ends its ladder in the same statement.
CREATE FUNCTION watch_waiting() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.status = 'waiting_human' THEN
        IF OLD.status <> 'waiting_human' OR NEW.waiting_since IS DISTINCT FROM OLD.waiting_since THEN
            NEW.waiting_step := 0;
        END IF;
        NEW.waiting_due_at := now();
    ELSE
        NEW.waiting_due_at := NULL;
        NEW.waiting_step := 0;
    END IF;
    RETURN NEW;
END $$;
COMMENT ON FUNCTION watch_waiting IS 'A lead begins to wait for the team, has another time to wait, or waits no more.';
CREATE TRIGGER watched_while_waiting BEFORE UPDATE OF status, waiting_since, waiting_until ON conversations FOR EACH ROW
WHEN ((NEW.status = 'waiting_human' OR OLD.status = 'waiting_human')
      AND (NEW.status <> OLD.status OR NEW.waiting_since IS DISTINCT FROM OLD.waiting_since
           OR (NEW.waiting_until IS NOT NULL AND NEW.waiting_until IS DISTINCT FROM OLD.waiting_until)))
EXECUTE FUNCTION watch_waiting();

ALTER TABLE notifications DROP CONSTRAINT notifications_kind;
ALTER TABLE notifications ADD CONSTRAINT notifications_kind CHECK (kind IN (
    'hand_off_card', 'lead_message', 'attendant_message', 'transferred', 'silent_attendant', 'dead_letter',
    'channel_stopped', 'budget_reached', 'spend_limit', 'plan_near', 'plan_reached', 'tenant_suspended', 'tenant_resumed',
    'waiting_reminder', 'waiting_escalated'));
