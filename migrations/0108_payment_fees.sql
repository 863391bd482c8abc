-- What is kept of a try for the platform, in minor units: asked again, a provider has to hear the same.
alter table payment_attempts add column fee bigint check (fee >= 0 and fee <= amount);
