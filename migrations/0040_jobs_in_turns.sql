-- Jobs are taken by kind, in turns per partner and entity: what is due of a kind, and the next job of each entity, are found in indexes.
create index jobs_due_by_kind on jobs (kind, run_at, id) where not dead;
create index jobs_by_entity on jobs (kind, partner_id, entity_id, run_at, id) where not dead;
drop index jobs_due;
