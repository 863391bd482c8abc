-- From when on the events of a partner have their deliveries: those of older events may have been removed.
alter table partners add column deliveries_from timestamptz not null default '-infinity';
