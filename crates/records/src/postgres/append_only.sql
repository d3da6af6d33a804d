-- Only ever inserted, whoever asks. A distributed table of Citus takes no triggers, so there the privileges alone
-- say it (docs/scale.md); either way the hash chain finds whoever got around it.
CREATE OR REPLACE FUNCTION is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'rows of % are never changed or deleted; append a correction or a withdrawal', TG_TABLE_NAME;
END $$;

CREATE OR REPLACE TRIGGER entry_is_final BEFORE UPDATE OR DELETE OR TRUNCATE ON entry
    FOR EACH STATEMENT EXECUTE FUNCTION is_append_only();
CREATE OR REPLACE TRIGGER batch_is_final BEFORE UPDATE OR DELETE OR TRUNCATE ON batch
    FOR EACH STATEMENT EXECUTE FUNCTION is_append_only();
