-- Takes back what 0018_audit.up.sql made, as far as the columns do not take it along.
DROP TRIGGER chained ON audit_log;
DROP FUNCTION chain_audit;
DROP FUNCTION audit_hash;
DROP INDEX audit_log_number;
