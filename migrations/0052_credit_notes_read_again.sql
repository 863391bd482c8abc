-- What the last reading of its file wrote into a credit note of a vendor: reading again replaces that and nothing else.
alter table payable_credit_notes add column read json;
