-- Credit notes of vendors keep what their document says, as bills do: its sums stand until somebody changes the lines.
alter table payable_credit_notes add column stated json;
alter table payable_credit_notes add column sums_stated boolean not null default false;
-- What the reading of the file found odd, or why nothing was read.
alter table payable_credit_notes add column warnings text[] not null default '{}';
alter table payable_credit_note_line_items add column unit_price_exact numeric;
