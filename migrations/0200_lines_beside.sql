-- What figures are made of in the lines of a document, beside its content: to unpack and read that takes forty times as long as the row itself. The
-- lines of documents from before are read from their content.
alter table receivables add column line_products uuid[], add column line_amounts bigint[], add column line_quantities numeric[];
