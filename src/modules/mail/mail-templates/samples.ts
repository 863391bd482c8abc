import { formats } from '../../../platform/pdf/format.ts'

/** What a preview fills in: believable, and the same every day. Figures and dates as the language and the country write them. */
export function sampleValues(
  language: string,
  { country, entity_name, entity_email }: { country: string; entity_name: string; entity_email: string },
): Record<string, string | number> {
  const { money, date } = formats(language, country, 'EUR', 2)
  const total = money(123_760)
  const link = 'https://example.com/'
  return {
    company_name: 'Brasserie du Canal SARL',
    counterpart_name: 'Brasserie du Canal SARL',
    customer_name: entity_name,
    contact_name: 'Camille Laurent',
    entity_name,
    entity_email,
    invoice_number: 'INV-2025-00042',
    quote_number: 'Q-2025-00017',
    credit_note_number: 'CN-2025-00003',
    document_number: 'PO-2025-00008',
    document_id: 'R-4711',
    invoice_id: 'R-4711',
    currency: 'EUR',
    issue_date: date('2025-11-03'),
    due_date: date('2025-12-03'),
    expiry_date: date('2025-12-03'),
    discount_date: date('2025-11-13'),
    discount: '2 %',
    days_overdue: 7,
    total_amount: total,
    amount_due: total,
    amount_due_with_discount: money(121_285),
    uploaded_username: 'Ada Lovelace',
    payment_link: `${link}pay`,
    invoice_link: `${link}invoice`,
    quote_link: `${link}quote`,
    credit_note_link: `${link}credit-note`,
    approve_link: `${link}approve`,
    pay_link: `${link}pay`,
  }
}
