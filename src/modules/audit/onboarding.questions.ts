import type { Question } from './payables.questions.ts'

/** What has to be so of who entities are. */
export const ofOnboarding: readonly Question[] = [
  {
    question: 'The owners of an entity hold no more than the whole of it',
    sql: `
      select entity_id, sum(percent_ownership) as percent from persons
      where owner and percent_ownership is not null and deleted_at is null
      group by entity_id having sum(percent_ownership) > 100.001`,
  },
  {
    question: 'A document of identity that was handed in lies sealed',
    sql: `
      select d.entity_id, d.file_id from onboarding_documents d join files f on f.id = d.file_id where not f.sealed and f.storage_key <> ''`,
  },
  {
    question: 'No code opened a session after five guesses, and none opened two',
    sql: `
      select entity_id, id, tries from onboarding_codes where tries > 5 or (used_at is null) <> (token_hash is null)`,
  },
  {
    question:
      'Two small amounts that proved an account were named within three tries, and the account is proved or was changed since',
    sql: `
      select m.entity_id, m.id from micro_deposits m where m.status = 'verified' and (m.tries > 3 or not exists (
        select from bank_account_verifications v where v.entity_id = m.entity_id and v.bank_account_id = m.bank_account_id and v.type = 'micro_deposit'))`,
  },
]
