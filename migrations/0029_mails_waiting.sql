-- Mails that are still to be sent: their attachments are kept, whatever became of the files.
create index mails_waiting on mails (entity_id) where status in ('pending', 'processing');
