-- Takes back what 0006_silence.up.sql made.
DROP TRIGGER watched_for_silence_from_the_start ON conversations;
DROP TRIGGER watched_for_silence ON conversations;
DROP FUNCTION watch_for_silence();
DROP INDEX conversations_silent;

DO $$
DECLARE
    platform text := current_setting('reveza.role_prefix') || '_platform';
BEGIN
    EXECUTE format('REVOKE SELECT (silent_due_at) ON conversations FROM %I', platform);
END $$;
