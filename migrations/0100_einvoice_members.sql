-- What e-invoices say that the contract has no field for: how the buyer wants to be referred to, and its number at GS1.
alter table counterparts add column buyer_reference text, add column gln text;

-- What an issued document's e-invoice says beyond the document itself, as it was on the day of issue.
alter table receivables add column einvoice_facts json;
