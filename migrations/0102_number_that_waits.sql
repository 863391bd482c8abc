-- What an e-invoice that is being issued would say stays as it was handed over, until the network answers.
alter table receivables add constraint reserved_together check ((reserved_at is null) = (reserved_on is null)),
  add constraint reserved_number check (reserved_on is null or document_id is not null);
