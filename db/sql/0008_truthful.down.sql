-- Takes back what 0008_truthful.up.sql made.
DROP FUNCTION last_word_of_team(uuid, uuid);
DROP TRIGGER last_words_shown_to_the_team ON messages;
DROP FUNCTION cards_of_message_due();
DROP INDEX tenants_resumed;
