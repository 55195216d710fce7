-- Takes back what 0017_erasures.up.sql made, as far as the table does not take it along.
ALTER TABLE erasures DROP CONSTRAINT erasures_pkey;
ALTER TABLE erasures ADD PRIMARY KEY (id);
