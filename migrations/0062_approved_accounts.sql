-- The account that a bill was approved to be paid to: another one is paid only after somebody has agreed to it.
alter table payables add column approved_account json;
