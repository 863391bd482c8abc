import { payableFlow } from '../modules/payables/payables.flow.ts'
import type { InvoiceState } from '../modules/receivables/invoice.flow.ts'
import { type Body, type Call, compact, pages, type Tool, who } from './tool.ts'

/** What an assistant is asked to do, as tools: each is a few calls of the API with the caller's own token, so it can do what the caller may and nothing else. */

const id = (what: string) => ({ type: 'string', format: 'uuid', description: what })
const limit = { type: 'integer', minimum: 1, maximum: 100, default: 20, description: 'How many at most.' } as const
const day = (what: string) => ({ type: 'string', format: 'date', description: what })

const INVOICE = [
  'id',
  'document_id',
  'type',
  'status',
  'counterpart_id',
  'counterpart_name',
  'currency',
  'total_amount',
  'amount_due',
  'issue_date',
  'due_date',
]
const BILL = [
  'id',
  'document_id',
  'status',
  'counterpart_id',
  'currency',
  'total_amount',
  'amount_due',
  'amount_paid',
  'issued_at',
  'due_date',
  'description',
]
const COUNTERPART = ['id', 'type', 'individual', 'organization', 'is_customer', 'is_vendor', 'tax_id', 'reminders_enabled']

const invoiceStatus = [
  'draft',
  'issuing',
  'issued',
  'partially_paid',
  'overdue',
  'paid',
  'canceled',
  'uncollectible',
] as const satisfies readonly InvoiceState[]
const billStatus = payableFlow.states

/** Open documents by counterpart and age, in minor units of each currency. */
async function open(call: Call, side: 'receivable' | 'payable', on: string) {
  const path = side === 'receivable' ? '/receivables' : '/payables'
  const query =
    side === 'receivable'
      ? { type: 'invoice', status__in: ['issued', 'partially_paid', 'overdue'] }
      : { status__in: ['approve_in_progress', 'waiting_to_be_paid', 'partially_paid'] }
  const { rows, whole } = await pages(call, path, query)
  const sums = new Map<string, Record<string, unknown> & { total: number; overdue: number; documents: number }>()
  for (const row of rows) {
    const due = Number(row.amount_due ?? row.total_amount ?? 0)
    const key = `${row.counterpart_id} ${row.currency}`
    const sum = sums.get(key) ?? {
      counterpart_id: row.counterpart_id,
      counterpart_name: row.counterpart_name ?? (row.counterpart_raw_data as Body | null)?.name ?? null,
      currency: row.currency,
      documents: 0,
      total: 0,
      overdue: 0,
    }
    sum.documents++
    sum.total += due
    if (typeof row.due_date === 'string' && row.due_date < on) sum.overdue += due
    sums.set(key, sum)
  }
  return { on, whole, counterparts: [...sums.values()].sort((a, b) => b.total - a.total) }
}

export const tools: readonly Tool[] = [
  {
    name: 'who_am_i',
    title: 'Who is asking',
    description: 'Says for whom you act: the user, their role, their company, and which day it is there.',
    uses: [],
    input: {},
    run: who,
  },
  {
    name: 'search',
    title: 'Search',
    description: 'Finds customers, vendors, invoices, quotes and bills by a part of a name or number.',
    uses: ['get_counterparts', 'get_receivables', 'get_payables'],
    input: { text: { type: 'string', minLength: 2, description: 'A part of a name or of a number.' } },
    required: ['text'],
    async run(call, { text }) {
      const of = async (path: string, query: Body, fields: readonly string[]) => {
        const { data } = await call('GET', path, { query: { ...query, limit: 10 } })
        return (data as Body[]).map((row) => compact(row, fields))
      }
      const [counterparts, byName, byNumber, bills] = await Promise.all([
        of('/counterparts', { counterpart_name__icontains: text }, COUNTERPART),
        of('/receivables', { counterpart_name__icontains: text }, INVOICE),
        of('/receivables', { document_id__contains: text }, INVOICE),
        of('/payables', { search_text: text }, BILL),
      ])
      const receivables = [...new Map([...byNumber, ...byName].map((row) => [row.id, row])).values()]
      return { counterparts, receivables, payables: bills }
    },
  },
  {
    name: 'list_invoices',
    title: 'List invoices',
    description: 'Lists invoices, the newest first. Amounts are in minor units (12050 is 120.50).',
    uses: ['get_receivables'],
    input: {
      status: { type: 'array', items: { enum: [...invoiceStatus] }, description: 'Only these statuses.' },
      counterpart_id: id('Only of this customer.'),
      due_before: day('Only what is due before this day.'),
      limit,
    },
    async run(call, { status, counterpart_id, due_before, limit = 20 }) {
      const query = {
        type: 'invoice',
        status__in: status,
        counterpart_id,
        due_date__lt: due_before,
        order: 'desc',
        sort: 'created_at',
        limit,
      }
      const { data, next_pagination_token } = await call('GET', '/receivables', { query })
      return { invoices: (data as Body[]).map((row) => compact(row, INVOICE)), more: next_pagination_token !== null }
    },
  },
  {
    name: 'get_invoice',
    title: 'Look at an invoice, quote or credit note',
    description:
      'Everything about one invoice, quote or credit note: lines, taxes, customer, payments so far, and a link to its PDF.',
    uses: ['get_receivables_id'],
    input: { id: id('The invoice, quote or credit note.') },
    required: ['id'],
    run: (call, { id }) => call('GET', `/receivables/${id}`),
  },
  {
    name: 'who_owes_us',
    title: 'Who owes us',
    description: 'What each customer owes and how much of it is overdue, in minor units by currency.',
    uses: ['get_receivables'],
    input: { on: day('The day it is stated for; today where it is left out.') },
    run: async (call, { on }) => open(call, 'receivable', String(on ?? (await call.today()))),
  },
  {
    name: 'whom_do_we_owe',
    title: 'Whom we owe',
    description: 'What is owed to each vendor and how much of it is overdue, in minor units by currency.',
    uses: ['get_payables'],
    input: { on: day('The day it is stated for; today where it is left out.') },
    run: async (call, { on }) => open(call, 'payable', String(on ?? (await call.today()))),
  },
  {
    name: 'figures',
    title: 'Figures',
    description: 'Sums or counts of invoices or bills by month, status, counterpart, currency or project.',
    uses: ['get_analytics_receivables', 'get_analytics_payables'],
    input: {
      of: { enum: ['receivables', 'payables'], description: 'Invoices and the like, or bills.' },
      by: { enum: ['created_at', 'status', 'counterpart_id', 'currency', 'project_id'], description: 'What it is split by.' },
      metric: {
        enum: ['id', 'total_amount'],
        default: 'total_amount',
        description: 'How many (`id`), or how much (`total_amount`).',
      },
      period: {
        enum: ['daily', 'weekly', 'monthly', 'quarterly', 'yearly'],
        default: 'monthly',
        description: 'How long the periods are, where it is split by `created_at`.',
      },
    },
    required: ['of', 'by'],
    run: (call, { of, by, metric = 'total_amount', period = 'monthly' }) =>
      call('GET', `/analytics/${of}`, {
        query: {
          metric,
          dimension: by,
          aggregation_function: metric === 'id' ? 'count' : 'summary',
          ...(by === 'created_at' && { date_dimension_breakdown: period }),
        },
      }),
  },
  {
    name: 'find_counterparts',
    title: 'Find customers and vendors',
    description:
      'Lists customers and vendors by a part of their name, with their addresses and VAT numbers where one is asked for by its id.',
    uses: ['get_counterparts'],
    input: {
      name: { type: 'string', description: 'A part of the name.' },
      id: id('One of them, with everything that is known.'),
      limit,
    },
    async run(call, { name, id, limit = 20 }) {
      if (id) {
        const below = (what: string) => call('GET', `/counterparts/${id}/${what}`)
        const [counterpart, addresses, vat_ids, bank_accounts] = await Promise.all([
          call('GET', `/counterparts/${id}`),
          below('addresses'),
          below('vat_ids'),
          below('bank_accounts'),
        ])
        return { ...counterpart, addresses: addresses.data, vat_ids: vat_ids.data, bank_accounts: bank_accounts.data }
      }
      const { data } = await call('GET', '/counterparts', { query: { counterpart_name__icontains: name, limit } })
      return { counterparts: (data as Body[]).map((row) => compact(row, COUNTERPART)) }
    },
  },
  {
    name: 'add_company',
    title: 'Add a customer or vendor',
    description: 'Adds a company as customer or vendor, with its address.',
    uses: ['post_counterparts'],
    changes: true,
    input: {
      name: { type: 'string', description: 'Name of the company.' },
      email: { type: 'string', format: 'email' },
      is_customer: { type: 'boolean', default: true },
      is_vendor: { type: 'boolean', default: false },
      address: {
        type: 'object',
        description: 'Street, town, postal code and two-letter country.',
        properties: {
          line1: { type: 'string' },
          city: { type: 'string' },
          postal_code: { type: 'string' },
          country: { type: 'string', pattern: '^[A-Z]{2}$' },
        },
        required: ['line1', 'city', 'postal_code', 'country'],
        additionalProperties: false,
      },
    },
    required: ['name', 'address'],
    run: (call, { name, email, is_customer = true, is_vendor = false, address }) =>
      call('POST', '/counterparts', {
        body: {
          type: 'organization',
          organization: { legal_name: name, is_customer, is_vendor, address, ...(email !== undefined && { email }) },
        },
      }),
  },
  {
    name: 'find_vat_rates',
    title: 'Find VAT rates',
    description: 'The VAT rates that an invoice to this customer may have. Rates are in hundredths of a percent (1900 is 19 %).',
    uses: ['get_vat_rates'],
    input: { counterpart_id: id('The customer.') },
    run: (call, { counterpart_id }) => call('GET', '/vat_rates', { query: { counterpart_id } }),
  },
  {
    name: 'draft_invoice',
    title: 'Draft an invoice',
    description:
      'Makes the draft of an invoice or quote: nothing has a number yet, and nobody is written to. Find the VAT rate with find_vat_rates first.',
    uses: ['post_receivables'],
    changes: true,
    input: {
      type: { enum: ['invoice', 'quote'], default: 'invoice' },
      counterpart_id: id('The customer.'),
      currency: { type: 'string', pattern: '^[A-Z]{3}$', description: 'ISO 4217, e.g. EUR.' },
      lines: {
        type: 'array',
        minItems: 1,
        maxItems: 100,
        items: {
          type: 'object',
          properties: {
            name: { type: 'string', description: 'What is sold.' },
            quantity: { type: 'number', exclusiveMinimum: 0 },
            unit_price: {
              type: 'integer',
              minimum: 0,
              description: 'Price of one, before VAT, in minor units (12050 is 120.50).',
            },
            vat_rate_id: id('The VAT rate, from find_vat_rates.'),
            unit: { type: 'string', description: 'e.g. hour or piece.' },
          },
          required: ['name', 'quantity', 'unit_price', 'vat_rate_id'],
          additionalProperties: false,
        },
      },
      payment_terms_id: id('When it is due.'),
      memo: { type: 'string', description: 'A note to the customer.' },
    },
    required: ['counterpart_id', 'currency', 'lines'],
    async run(call, { type = 'invoice', counterpart_id, currency, lines, payment_terms_id, memo }) {
      const { data: addresses } = await call('GET', `/counterparts/${counterpart_id}/addresses`)
      const [address] = addresses as Body[]
      return call('POST', '/receivables', {
        body: {
          type,
          counterpart_id,
          counterpart_billing_address_id: address?.id,
          currency,
          ...(payment_terms_id !== undefined && { payment_terms_id }),
          ...(memo !== undefined && { memo }),
          line_items: (lines as Body[]).map(({ name, quantity, unit_price, vat_rate_id, unit = 'unit' }) => ({
            quantity,
            vat_rate_id,
            product: { name, type: 'service', price: { currency, value: unit_price }, measure_unit: { name: unit } },
          })),
        },
      })
    },
  },
  {
    name: 'issue_invoice',
    title: 'Issue an invoice or quote',
    description: 'Gives a draft its number and makes it final: it can not be changed afterwards. Ask the person first.',
    uses: ['post_receivables_id_issue'],
    changes: true,
    input: { id: id('The draft.') },
    required: ['id'],
    run: (call, { id }) => call('POST', `/receivables/${id}/issue`),
  },
  {
    name: 'send_invoice',
    title: 'Send an invoice or quote by mail',
    description: 'Mails an issued invoice or quote to the customer. Ask the person first.',
    uses: ['post_receivables_id_send'],
    changes: true,
    input: {
      id: id('The invoice or quote.'),
      subject: { type: 'string', maxLength: 1024 },
      body: { type: 'string', maxLength: 20_000 },
    },
    required: ['id', 'subject', 'body'],
    run: (call, { id, subject, body }) =>
      call('POST', `/receivables/${id}/send`, { body: { subject_text: subject, body_text: body } }),
  },
  {
    name: 'list_bills',
    title: 'List bills',
    description: 'Lists bills of vendors, the newest first. Amounts are in minor units (12050 is 120.50).',
    uses: ['get_payables'],
    input: {
      status: { type: 'array', items: { enum: [...billStatus] }, description: 'Only these statuses.' },
      counterpart_id: id('Only of this vendor.'),
      due_before: day('Only what is due before this day.'),
      limit,
    },
    async run(call, { status, counterpart_id, due_before, limit = 20 }) {
      const query = { status__in: status, counterpart_id, due_date__lt: due_before, order: 'desc', sort: 'created_at', limit }
      const { data, next_pagination_token } = await call('GET', '/payables', { query })
      return { bills: (data as Body[]).map((row) => compact(row, BILL)), more: next_pagination_token !== null }
    },
  },
  {
    name: 'explain_bill',
    title: 'Explain a bill',
    description:
      'Everything about one bill: what was read from its file, what looks odd, its lines, what is missing, what happened to it, and who is asked to approve it.',
    uses: ['get_payables_id', 'get_payables_id_line_items', 'get_payables_id_history'],
    input: { id: id('The bill.') },
    required: ['id'],
    async run(call, { id }) {
      const [bill, lines, history, missing, approvals] = await Promise.all([
        call('GET', `/payables/${id}`),
        call('GET', `/payables/${id}/line_items`),
        call('GET', `/payables/${id}/history`),
        call('POST', `/payables/${id}/validate`).catch((error: Error) => ({ not_known: error.message })),
        call('GET', '/approval_requests', { query: { object_id: id } }).catch((error: Error) => ({ not_known: error.message })),
      ])
      return { bill, lines: lines.data, history: history.data, missing, approvals }
    },
  },
  {
    name: 'upload_bill',
    title: 'Upload a bill',
    description:
      'Adds a bill from its file (PDF, PNG, JPEG, TIFF, HEIC or XML); it is read in the background. Look at it with explain_bill a few seconds later.',
    uses: ['post_payables_upload_from_file'],
    changes: true,
    input: {
      file_name: { type: 'string', description: 'Name of the file, with its ending.' },
      base64: {
        type: 'string',
        description: 'The file in base64, at most 5 MB; larger ones go to POST /payables/upload_from_file.',
      },
    },
    required: ['file_name', 'base64'],
    run: (call, { file_name, base64 }) =>
      call('POST', '/payables/upload_from_file', {
        file: { name: String(file_name), bytes: Buffer.from(String(base64), 'base64') },
      }),
  },
  {
    name: 'submit_bill',
    title: 'Submit a bill for approval',
    description: 'Hands a complete bill to whoever has to approve it.',
    uses: ['post_payables_id_submit_for_approval'],
    changes: true,
    input: { id: id('The bill.') },
    required: ['id'],
    run: (call, { id }) => call('POST', `/payables/${id}/submit_for_approval`),
  },
  {
    name: 'bills_to_approve',
    title: 'What waits for an approval',
    description: 'Approval requests that wait, each with its bill. With the token of a user those that this user is asked for.',
    uses: ['get_approval_requests', 'get_payables'],
    input: { limit },
    async run(call, { limit = 20 }) {
      const { user } = await who(call)
      const query = { status: 'waiting', limit, ...(user && { user_id: (user as Body).id }) }
      const { data } = await call('GET', '/approval_requests', { query })
      const requests = (data as Body[]).filter(({ object_type }) => object_type === 'payable')
      if (requests.length === 0) return { requests: [] }
      const { data: bills } = await call('GET', '/payables', {
        query: { id__in: requests.map(({ object_id }) => object_id), limit: 100 },
      })
      const byId = new Map((bills as Body[]).map((bill) => [bill.id, compact(bill, BILL)]))
      return {
        requests: requests.map((request) => ({
          request_id: request.id,
          required_approval_count: request.required_approval_count,
          bill: byId.get(request.object_id) ?? null,
        })),
      }
    },
  },
  {
    name: 'decide_request',
    title: 'Approve or reject',
    description:
      'Says yes or no to an approval request, as the user whose token this is. Ask the person first: a yes may let a bill be paid.',
    uses: ['post_approval_requests_id_approve', 'post_approval_requests_id_reject'],
    power: 'approve',
    changes: true,
    input: { request_id: id('The approval request.'), decision: { enum: ['approve', 'reject'] } },
    required: ['request_id', 'decision'],
    run: (call, { request_id, decision }) => call('POST', `/approval_requests/${request_id}/${decision}`),
  },
  {
    name: 'bills_to_pay',
    title: 'What is to be paid',
    description: 'Approved bills that are due up to a day, with their sum by currency. Nothing is paid by this.',
    uses: ['get_payables'],
    input: { until: day('The last day.') },
    required: ['until'],
    async run(call, { until }) {
      const { rows, whole } = await pages(call, '/payables', {
        status__in: ['waiting_to_be_paid', 'partially_paid'],
        due_date__lte: until,
      })
      const sums: Record<string, number> = {}
      for (const { currency, amount_due, total_amount } of rows) {
        const code = String(currency)
        sums[code] = (sums[code] ?? 0) + Number(amount_due ?? total_amount ?? 0)
      }
      return { until, whole, sums, bills: rows.map((row) => compact(row, BILL)) }
    },
  },
]
