-- Takes back what 0010_fetches.up.sql made, as far as the table does not take it along.
DROP TRIGGER told_of_is_fetched ON raw_events;
DROP FUNCTION fetch_due();
ALTER TABLE message_fetches DROP CONSTRAINT message_fetches_pkey;
ALTER TABLE message_fetches ADD PRIMARY KEY (id);
