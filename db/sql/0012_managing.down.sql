-- Takes back what 0012_managing.up.sql made, as far as the tables and the column do not take it along.
DROP TRIGGER stays_in_the_pipeline ON leads;
DROP FUNCTION keep_stage();
DROP TRIGGER settings_are_counted ON tenants;
DROP FUNCTION count_settings();
ALTER TABLE idempotency_keys DROP CONSTRAINT idempotency_keys_pkey;
ALTER TABLE idempotency_keys ADD PRIMARY KEY (id);
ALTER TABLE quick_replies DROP CONSTRAINT quick_replies_pkey;
ALTER TABLE quick_replies ADD PRIMARY KEY (id);
