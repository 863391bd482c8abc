import { keysOf } from '../../core/records.ts'

/** The variables that texts about documents may use, `{in_braces}`, by what the text is about. Names known to the published clients first. */

const descriptions = {
  entity_name: 'Name of the company that sends the document',
  entity_email: 'E-mail address of that company',
  company_name: 'Name of the customer',
  contact_name: 'Name of the contact person; without one, of the customer',
  quote_number: 'Number of the quote',
  invoice_number: 'Number of the invoice',
  credit_note_number: 'Number of the credit note',
  issue_date: 'Day of issue',
  due_date: 'Day the invoice has to be paid by',
  expiry_date: 'Last day the quote is good for',
  total_amount: 'Total of the document',
  amount_due: 'What is still to be paid',
  amount_due_with_discount: 'What settles the invoice while the discount for early payment is open',
  discount_date: 'Last day of that discount',
  discount: 'Rate of that discount',
  days_overdue: 'Days since the invoice was due',
  payment_link: 'Address of the payment page',
  invoice_link: 'Address at which the invoice can be seen',
  quote_link: 'Address at which the quote can be seen and answered',
  credit_note_link: 'Address at which the credit note can be seen',
} as const
export type VariableName = keyof typeof descriptions

const everywhere = ['entity_name', 'entity_email', 'company_name', 'contact_name'] as const
const invoice = [
  'invoice_number',
  'issue_date',
  'due_date',
  'total_amount',
  'amount_due',
  'payment_link',
  'invoice_link',
] as const

const variableNames = {
  quote: ['quote_number', 'issue_date', 'expiry_date', 'total_amount', 'quote_link'],
  invoice,
  credit_note: ['credit_note_number', 'issue_date', 'total_amount', 'invoice_number', 'credit_note_link'],
  discount_reminder: [...invoice, 'amount_due_with_discount', 'discount_date', 'discount'],
  final_reminder: invoice,
  overdue_reminder: [...invoice, 'days_overdue'],
} as const satisfies Record<string, readonly VariableName[]>

export const variablesOfReceivables = {
  data: keysOf(variableNames).map((object_subtype) => ({
    object_subtype,
    object_type: 'receivables',
    variables: [...everywhere, ...variableNames[object_subtype]].map((name) => ({ name, description: descriptions[name] })),
  })),
}
