-- Takes back what 0024_keys.up.sql made, as far as the table does not take it along; not while anything needs these keys.
ALTER TABLE channel_accounts NO FORCE ROW LEVEL SECURITY;
ALTER TABLE tenant_keys NO FORCE ROW LEVEL SECURITY;
DO $$
BEGIN
    IF EXISTS (SELECT 1 FROM channel_accounts a JOIN tenant_keys k ON k.tenant_id = a.tenant_id AND substring(a.sealed FROM 2 FOR 4) = k.key_id) THEN
        RAISE EXCEPTION 'credentials are sealed under keys that would be lost: run `reveza rotate-key --plain` first';
    END IF;
END $$;
ALTER TABLE channel_accounts FORCE ROW LEVEL SECURITY;
ALTER TABLE tenant_keys FORCE ROW LEVEL SECURITY;
ALTER TABLE tenant_keys DROP CONSTRAINT tenant_keys_pkey;
ALTER TABLE tenant_keys ADD PRIMARY KEY (id);
