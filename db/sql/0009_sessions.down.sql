-- Takes back what 0009_sessions.up.sql made, as far as the table does not take it along.
ALTER TABLE app_sessions DROP CONSTRAINT app_sessions_pkey;
ALTER TABLE app_sessions ADD PRIMARY KEY (id);
