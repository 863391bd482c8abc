-- Ways to pay are those of core/payments/methods.data.ts, wherever they are kept.
alter table entity_payment_methods add constraint entity_payment_methods_method check (method in (
  'sepa_credit', 'us_ach', 'blik', 'card', 'bacs_direct_debit', 'bancontact', 'eps', 'giropay',
  'ideal', 'p24', 'sepa_debit', 'sofort', 'applepay', 'googlepay', 'affirm', 'klarna'));
alter table payment_attempts add constraint payment_attempts_method check (method in (
  'sepa_credit', 'us_ach', 'blik', 'card', 'bacs_direct_debit', 'bancontact', 'eps', 'giropay',
  'ideal', 'p24', 'sepa_debit', 'sofort', 'applepay', 'googlepay', 'affirm', 'klarna'));
alter table payment_intents
  add constraint payment_intents_selected_payment_method check (selected_payment_method in (
  'sepa_credit', 'us_ach', 'blik', 'card', 'bacs_direct_debit', 'bancontact', 'eps', 'giropay',
  'ideal', 'p24', 'sepa_debit', 'sofort', 'applepay', 'googlepay', 'affirm', 'klarna')),
  add constraint payment_intents_payment_methods check (payment_methods <@ array[
  'sepa_credit', 'us_ach', 'blik', 'card', 'bacs_direct_debit', 'bancontact', 'eps', 'giropay',
  'ideal', 'p24', 'sepa_debit', 'sofort', 'applepay', 'googlepay', 'affirm', 'klarna']);
