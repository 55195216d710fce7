-- What providers are asked for beside sending, due with the event that told of it: messages that they only told of, and
-- to empty the queue of a phone that is away.

ALTER TABLE message_fetches DROP CONSTRAINT message_fetches_pkey;
ALTER TABLE message_fetches ADD PRIMARY KEY (tenant_id, id),
                            ADD FOREIGN KEY (tenant_id, channel_account_id) REFERENCES channel_accounts (tenant_id, id);
CREATE INDEX message_fetches_due ON message_fetches (due_at) WHERE due_at IS NOT NULL;

CREATE FUNCTION fetch_due() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO message_fetches (id, tenant_id, channel_account_id, external_id, due_at)
    VALUES (NEW.id, NEW.tenant_id, NEW.channel_account_id, NEW.external_id, now());
    RETURN NULL;
END $$;
COMMENT ON FUNCTION fetch_due IS 'Whoever stores that there is a message makes it due to be fetched, in the same transaction.';
CREATE TRIGGER told_of_is_fetched AFTER INSERT ON raw_events FOR EACH ROW
WHEN (NEW.kind = 'announcement') EXECUTE FUNCTION fetch_due();

CREATE INDEX channel_accounts_purge_due ON channel_accounts (purge_due_at) WHERE purge_due_at IS NOT NULL;

CREATE FUNCTION purge_due() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE channel_accounts SET purge_due_at = now() WHERE tenant_id = NEW.tenant_id AND id = NEW.channel_account_id;
    RETURN NULL;
END $$;
COMMENT ON FUNCTION purge_due IS 'Whoever stores that a phone is away makes it due to empty its queue, in the same transaction.';
CREATE TRIGGER queue_of_phone_is_emptied AFTER INSERT ON raw_events FOR EACH ROW
WHEN (NEW.kind = 'disconnection') EXECUTE FUNCTION purge_due();

DO $$
DECLARE
    app text := current_setting('reveza.role_prefix') || '_app';
    ingest text := current_setting('reveza.role_prefix') || '_ingest';
    platform text := current_setting('reveza.role_prefix') || '_platform';
BEGIN
    ALTER TABLE message_fetches ENABLE ROW LEVEL SECURITY;
    ALTER TABLE message_fetches FORCE ROW LEVEL SECURITY;
    EXECUTE format('CREATE POLICY of_tenant ON message_fetches TO %I USING (tenant_id = current_setting(''app.tenant_id'')::uuid)'
                   ' WITH CHECK (tenant_id = current_setting(''app.tenant_id'')::uuid)', app);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON message_fetches TO %I', app);
    EXECUTE format('CREATE POLICY of_batch ON message_fetches TO %I'
                   ' USING ((tenant_id = ANY ((SELECT current_setting(''app.tenant_ids'')::uuid[])::uuid[])) IS TRUE)'
                   ' WITH CHECK (tenant_id = ANY ((SELECT current_setting(''app.tenant_ids'')::uuid[])::uuid[]))', ingest);
    EXECUTE format('GRANT INSERT ON message_fetches TO %I', ingest);
    EXECUTE format('GRANT UPDATE (purge_due_at) ON channel_accounts TO %I', ingest);
    EXECUTE format('GRANT SELECT (purge_due_at) ON channel_accounts TO %I', platform);
    EXECUTE format('CREATE POLICY of_platform ON message_fetches TO %I USING (true)', platform);
    EXECUTE format('GRANT SELECT (id, tenant_id, due_at, lease_until) ON message_fetches TO %I', platform);
END $$;
