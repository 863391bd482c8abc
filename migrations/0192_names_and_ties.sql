-- A counterpart of exactly this name: looked for by its parts, all names with the same words were weighed against each other.
create index counterparts_sought_name on counterparts (entity_id, left(sought_name, 100));
create index counterparts_renamed on counterparts (entity_id) where former_names <> '';
-- Thousands of documents have the same buyer, and stand in the order of their ids among each other: those are put in order from the index alone.
drop index receivables_entity_id_counterpart_id_created_at_id_idx;
create index receivables_of_counterpart on receivables (entity_id, counterpart_id, created_at, id) include (deleted_at);
