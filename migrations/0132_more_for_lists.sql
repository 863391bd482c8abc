-- Sorted by their project, documents lie in that order.
drop index receivables_entity_id_project_id_idx;
create index receivables_of_project on receivables (entity_id, project_id, id) where project_id is not null and deleted_at is null;
-- Events of all entities of a partner, for whoever asks without naming one.
create index events_heard_by_partner on events (partner_id, created_at, id) where subscribed;
