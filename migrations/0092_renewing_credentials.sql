-- Who asks for new credentials holds this for a moment: a refresh token works once, so nobody else asks meanwhile.
alter table connections add column renewing_until timestamptz;
