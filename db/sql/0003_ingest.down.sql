-- Takes back what 0003_ingest.up.sql made.
DROP FUNCTION ingest(ingest_event[], bytea[]);
DROP FUNCTION surely_this_month(timestamptz, text);
DROP FUNCTION turn_due(float8, timestamptz);
DROP TYPE ingest_event;
DROP FUNCTION message_rank(text);
DROP FUNCTION uuid_v7();
