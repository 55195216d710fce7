-- Takes back what 0013_turns.up.sql made.
DROP FUNCTION record_sent(uuid, uuid, bigint, text);
DROP FUNCTION claim_send(uuid, uuid, float8);
DROP FUNCTION commit_turn(uuid, uuid, bigint, int, int, text, jsonb, uuid, uuid, jsonb, jsonb, int, int, int, jsonb);
DROP FUNCTION record_calls(uuid, uuid, uuid, text, jsonb);
DROP FUNCTION finish_turn(uuid, uuid, int, int, text, int, int, int, int);
DROP FUNCTION record_turn(uuid, uuid, jsonb, uuid, uuid, int, jsonb, jsonb);
DROP FUNCTION begin_turn(uuid, uuid, float8, int, int, int, int);
DROP FUNCTION turn_context(uuid, uuid, int, int, int, int);
DROP FUNCTION in_tenant(uuid);
