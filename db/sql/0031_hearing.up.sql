-- What a lead says that he wishes where no turn of the AI hears it: when somebody is to listen, and how far was listened.

DO $$
DECLARE
    platform text := current_setting('reveza.role_prefix') || '_platform';
BEGIN
    EXECUTE format('GRANT SELECT (listen_due_at) ON conversations TO %I', platform);
END $$;

-- What was said to people before today was theirs to heed.
ALTER TABLE conversations NO FORCE ROW LEVEL SECURITY;
UPDATE conversations SET heard_seq = inbound_seq WHERE inbound_seq > answered_seq AND turn_due_at IS NULL;
ALTER TABLE conversations FORCE ROW LEVEL SECURITY;
CREATE INDEX conversations_unheard ON conversations (listen_due_at) WHERE listen_due_at IS NOT NULL;

-- Whoever leaves the lead's words without a turn (a webhook where a person has him or the AI is off, whoever takes him over) has
-- them listened to in the same statement. A turn hears by itself, up to what it has answered.
CREATE FUNCTION listen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.listen_due_at := now();
    NEW.heard_seq := GREATEST(NEW.heard_seq, OLD.answered_seq);    -- of a new conversation nothing was answered
    RETURN NEW;
END $$;
COMMENT ON FUNCTION listen IS 'The lead said something that no turn is due for: did he say that he wishes to be left alone, or ask for his data?';
CREATE TRIGGER listened_to BEFORE UPDATE OF inbound_seq, turn_due_at, status ON conversations FOR EACH ROW
WHEN (NEW.turn_due_at IS NULL AND NEW.listen_due_at IS NULL AND NEW.inbound_seq > GREATEST(NEW.heard_seq, NEW.answered_seq))
EXECUTE FUNCTION listen();
CREATE TRIGGER listened_to_from_the_start BEFORE INSERT ON conversations FOR EACH ROW
WHEN (NEW.turn_due_at IS NULL AND NEW.inbound_seq > NEW.answered_seq) EXECUTE FUNCTION listen();

ALTER TABLE notifications DROP CONSTRAINT notifications_kind;
ALTER TABLE notifications ADD CONSTRAINT notifications_kind CHECK (kind IN (
    'hand_off_card', 'lead_message', 'attendant_message', 'transferred', 'silent_attendant', 'dead_letter',
    'channel_stopped', 'budget_reached', 'spend_limit', 'plan_near', 'plan_reached', 'tenant_suspended', 'tenant_resumed',
    'waiting_reminder', 'waiting_escalated', 'data_request', 'data_request_due', 'data_request_overdue', 'erasure_left', 'woken',
    'budget_near', 'wish_heard'));
