-- A conversation that sleeps until a time, or until something happens in it.

DO $$
DECLARE
    platform text := current_setting('reveza.role_prefix') || '_platform';
BEGIN
    EXECUTE format('GRANT SELECT (asleep_until) ON conversations TO %I', platform);
END $$;

CREATE INDEX conversations_asleep ON conversations (asleep_until) WHERE asleep_until IS NOT NULL;
ALTER TABLE conversations ADD CHECK (asleep_until IS NULL OR status IN ('human', 'waiting_human'));

-- Whoever moves a conversation that sleeps, or has the lead write in it, wakes it in the same statement. While it sleeps nobody
-- looks whether its lead waits or who has it is silent; once awake, both clocks begin anew. The name has it run after the
-- triggers that set those clocks.
CREATE FUNCTION watch_sleep() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.status <> OLD.status OR NEW.assignee_id IS DISTINCT FROM OLD.assignee_id OR NEW.last_inbound_at IS DISTINCT FROM OLD.last_inbound_at THEN
        NEW.asleep_until := NULL;
    END IF;
    IF NEW.asleep_until IS NOT NULL THEN
        NEW.silent_due_at := NULL;
        NEW.silent_told_at := NULL;
        NEW.waiting_due_at := NULL;
        RETURN NEW;
    END IF;
    NEW.woken_at := now();
    IF NEW.status = 'human' THEN
        NEW.silent_due_at := now();
    ELSIF NEW.status = 'waiting_human' THEN
        NEW.waiting_due_at := now();
        NEW.waiting_step := CASE WHEN NEW.waiting_step < 3 THEN 0 ELSE 3 END;
    END IF;
    RETURN NEW;
END $$;
COMMENT ON FUNCTION watch_sleep IS 'A conversation falls asleep, sleeps on, or wakes.';
CREATE TRIGGER watched_with_sleep BEFORE UPDATE OF status, assignee_id, last_inbound_at, waiting_until, asleep_until ON conversations FOR EACH ROW
WHEN (NEW.asleep_until IS NOT NULL OR OLD.asleep_until IS NOT NULL) EXECUTE FUNCTION watch_sleep();
CREATE TRIGGER sleep_shown_to_the_team AFTER UPDATE OF last_inbound_at, asleep_until ON conversations FOR EACH ROW
WHEN (OLD.asleep_until IS DISTINCT FROM NEW.asleep_until) EXECUTE FUNCTION cards_of_conversation_due();

ALTER TABLE notifications DROP CONSTRAINT notifications_kind;
ALTER TABLE notifications ADD CONSTRAINT notifications_kind CHECK (kind IN (
    'hand_off_card', 'lead_message', 'attendant_message', 'transferred', 'silent_attendant', 'dead_letter',
    'channel_stopped', 'budget_reached', 'spend_limit', 'plan_near', 'plan_reached', 'tenant_suspended', 'tenant_resumed',
    'waiting_reminder', 'waiting_escalated', 'data_request', 'data_request_due', 'data_request_overdue', 'erasure_left', 'woken'));
