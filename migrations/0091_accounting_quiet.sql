-- Until then the ledger wants nothing of us.
alter table accounting_connections add column quiet_until timestamptz;
