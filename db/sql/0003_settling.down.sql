-- Takes back what 0003_settling.up.sql made.
DO $$
DECLARE
    ingest text := current_setting('reveza.role_prefix') || '_ingest';
BEGIN
    EXECUTE format('REVOKE DELETE ON early_receipts FROM %I', ingest);
END $$;
DROP FUNCTION news_of(ingest_event[]);
DROP FUNCTION read_up_to(ingest_event);
DROP FUNCTION settle_by_report(ingest_event);
DROP FUNCTION settle_by_echo(ingest_event);
DROP FUNCTION take_early_receipts(uuid, uuid, text, uuid);
DROP FUNCTION awaiting_word(uuid, uuid, int);
DROP FUNCTION recent_conversations(ingest_event);
DROP FUNCTION is_sent(ingest_event);
DROP FUNCTION is_known(ingest_event);
DROP FUNCTION as_compared(text);
