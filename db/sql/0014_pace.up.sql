-- What the managers' screens wait for.

-- The dashboard reads what brought a lead from the index alone: to take it out of the source of each costs more than all the rest.
ALTER TABLE leads ADD COLUMN brought_by text GENERATED ALWAYS AS (left(source_kind(source), 60)) STORED;
DROP INDEX leads_recent;
CREATE INDEX leads_recent ON leads (tenant_id, created_at) INCLUDE (stage_key, brought_by);

-- Of a lead's conversations one is the latest, however many begin at once on his channels, and whichever transaction ends first.
-- A webhook's first, which has the lead's own id, is the earliest.
CREATE OR REPLACE FUNCTION conversation_begun() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE conversations c SET is_latest = false
    WHERE c.tenant_id = NEW.tenant_id AND c.lead_id = NEW.lead_id AND c.is_latest AND (c.status <> 'closed' OR c.status = 'closed')
      AND EXISTS (SELECT 1 FROM conversations n
                  WHERE n.tenant_id = c.tenant_id AND n.lead_id = c.lead_id AND n.id NOT IN (c.id, c.lead_id) AND n.is_latest
                    AND (n.status <> 'closed' OR n.status = 'closed')
                    AND (c.id = c.lead_id OR (n.created_at, n.id) > (c.created_at, c.id)));
    RETURN NULL;
END $$;

-- No index keeps the order of scores, which change too often: to look through the first of that order means to sort them all, so
-- what is sought is looked for everywhere at once.
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
    v_depths int[] := CASE WHEN p_filter ? 'q' AND p_sort = 'score' THEN ARRAY[NULL::int]
                           ELSE ARRAY[CASE WHEN p_filter ? 'q' THEN 400 WHEN p_sort = 'recent' THEN 2000 ELSE 600 END, NULL] END;
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
