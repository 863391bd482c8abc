-- Which trace a job belongs to, as W3C writes it (traceparent): that of the request which caused it. What a job causes belongs to it, too.
alter table jobs add column trace text default nullif(current_setting('app.trace', true), '');
