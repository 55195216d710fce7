-- Takes back what 0010_providers.up.sql made, as far as the table and the column do not take it along.
DROP TRIGGER told_of_is_fetched ON raw_events;
DROP FUNCTION fetch_due();
DROP TRIGGER queue_of_phone_is_emptied ON raw_events;
DROP FUNCTION purge_due();
ALTER TABLE message_fetches DROP CONSTRAINT message_fetches_pkey;
ALTER TABLE message_fetches ADD PRIMARY KEY (id);
