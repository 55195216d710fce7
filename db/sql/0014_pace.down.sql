DROP INDEX leads_recent;
CREATE INDEX leads_recent ON leads (tenant_id, created_at);
ALTER TABLE leads DROP COLUMN brought_by;

CREATE OR REPLACE FUNCTION conversation_begun() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE conversations c SET is_latest = false
    WHERE c.tenant_id = NEW.tenant_id AND c.lead_id = NEW.lead_id AND c.id <> NEW.id AND c.is_latest
      AND (c.status <> 'closed' OR c.status = 'closed');
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION find_leads(p_filter jsonb, p_sort text, p_after text, p_after_id uuid, p_limit int)
RETURNS TABLE (lead_id uuid, key text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp SET jit = off SET random_page_cost = 1.1 AS $$
DECLARE
    v_tenant uuid := current_setting('app.tenant_id')::uuid;
    v_query tsquery := sought_query(p_filter);
    v_patterns text[] := sought_patterns(p_filter);
    v_found uuid[];
    v_order text := lead_order(p_sort);
    v_key text := replace(v_order, ' DESC', '');
    v_after text := format('$6::%s', CASE p_sort WHEN 'score' THEN 'int' WHEN 'name' THEN 'text' ELSE 'timestamptz' END);
    v_beyond text := CASE p_sort WHEN 'name' THEN '>' ELSE '<' END;
    v_place text := CASE WHEN p_after_id IS NULL THEN '' ELSE format(' AND %s %s= %s', v_key, v_beyond, v_after) END;
    v_rest text := CASE WHEN p_after_id IS NULL THEN '' ELSE format(' AND (%s, l.id) %s (%s, $7)', v_key, v_beyond, v_after) END;
    v_way text := CASE p_sort WHEN 'name' THEN 'ASC' ELSE 'DESC' END;
    v_depths int[] := ARRAY[CASE WHEN p_filter ? 'q' THEN 400 WHEN p_sort = 'recent' THEN 2000 ELSE 600 END, NULL];
    v_depth int;
    v_ids uuid[]; v_keys text[];
BEGIN
    IF p_filter ? 'q' THEN
        v_found := freshly_sought(v_tenant, v_query, v_patterns);
    END IF;
    FOREACH v_depth IN ARRAY v_depths LOOP
        IF v_depth IS NULL AND p_filter ? 'q' THEN
            v_found := all_sought(v_tenant, v_query, v_patterns, v_found);
        END IF;
        -- OFFSET 0: what is asked for is sorted whole; the planner would walk an index in hope of an early end.
        EXECUTE format('SELECT array_agg(p.id), array_agg(p.key::text) FROM ('
                       'SELECT * FROM (SELECT l.id, %1$s AS key %2$s OFFSET 0) f ORDER BY f.key %3$s, f.id %3$s LIMIT $8) p',
                       v_key, leads_from(p_filter, p_sort, v_depth, v_place) || v_rest, v_way)
        INTO v_ids, v_keys USING v_tenant, p_filter, v_query, v_patterns, v_found, p_after, p_after_id, p_limit;
        EXIT WHEN cardinality(v_ids) = p_limit;
    END LOOP;
    RETURN QUERY SELECT * FROM unnest(v_ids, v_keys);
END $$;
