-- What a document says it comes to stands, until somebody changes its lines.
alter table payables add column stated json;
alter table payables add column sums_stated boolean not null default false;
-- What the document adds to its total, or takes off, before it is paid: rounding, mostly.
alter table payables add column due_adjustment bigint not null default 0;
-- The price of one piece with all its decimals, in minor units; unit_price is the same rounded.
alter table payable_line_items add column unit_price_exact numeric;
