-- Figures that don't ask for days need no weeks: what is kept of 26 weeks, added up once more. A half-year in which a week changed is read week by week.
-- The values stand first in the key: figures come in their order, so that a company of many counterparts reads no more than are asked for.
create function half_year_of(week timestamptz) returns timestamptz language sql immutable parallel safe
  return date_bin('182 days', week, '2001-01-01 00:00+00');
create table kept_half_years (
  like kept_sums including defaults including constraints,
  primary key (entity_id, object, dimension, value, week, type, status, currency)
);
alter table kept_half_years enable row level security;
alter table kept_half_years force row level security;
create policy tenant on kept_half_years to quittance_app using (entity_id = current_setting('app.entity_id')::uuid)
  with check (entity_id = current_setting('app.entity_id')::uuid and partner_id = current_setting('app.partner_id')::uuid);
create policy system on kept_half_years to quittance_system using (true) with check (true);
grant select on kept_half_years to quittance_app;
grant select, insert, update, delete on kept_half_years to quittance_system;

set local role quittance_system;
insert into kept_half_years (partner_id, entity_id, object, dimension, value, week, type, status, currency, documents, priced, total, least, most,
  lines, amounts, amount, amount_least, amount_most, quantities, quantity, quantity_least, quantity_most)
select partner_id, entity_id, object, dimension, value, half_year_of(week), type, status, currency, sum(documents), sum(priced), sum(total), min(least), max(most),
  sum(lines), sum(amounts), sum(amount), min(amount_least), max(amount_most), sum(quantities), sum(quantity), min(quantity_least), max(quantity_most)
from kept_sums where dimension = 'status' or dimension like '%\_id' group by 1, 2, 3, 4, 5, 6, 7, 8, 9;
reset role;
