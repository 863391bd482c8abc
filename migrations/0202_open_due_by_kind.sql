-- As in 0201: what is open, by the day it is due, is asked for of one kind.
drop index receivables_open_due;
create index receivables_open_due on receivables (entity_id, status, due_date, id) include (type) where deleted_at is null;
