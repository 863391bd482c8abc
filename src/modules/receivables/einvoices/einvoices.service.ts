import { composeEInvoice } from '../../../core/einvoice/compose.ts'
import { legallyMissing, legalNotes } from '../../../core/einvoice/legal.ts'
import type { Attachment, Finding, Profile } from '../../../core/einvoice/model.ts'
import { ATTACHABLE, checkEInvoice, isValid } from '../../../core/einvoice/rules.ts'
import { networkSchemes } from '../../../core/einvoice/schemes.data.ts'
import { writeCii } from '../../../core/einvoice/write-cii.ts'
import { writeUbl } from '../../../core/einvoice/write-ubl.ts'
import { euMembers } from '../../../core/european-union.ts'
import { conflict, ifRefused, Refusal } from '../../../core/refusal.ts'
import type { Ctx } from '../../../platform/database/context.ts'
import { sql } from '../../../platform/database/sql.ts'
import { localDay } from '../../../platform/local-day.ts'
import type { Participant } from '../../../ports/einvoicing.ts'
import type { Storage } from '../../../ports/files.ts'
import type { EntitySettings } from '../../entities/settings/settings.service.ts'
import { usualFulfillment } from '../compliance.ts'
import { attachmentsIn, compose, contentIn } from '../draft.ts'
import { copiesIn, readFacts } from '../facts.ts'
import { findStored, linesOf, noun, type Stored } from '../receivables.service.ts'
import type { Format } from './einvoices.schema.ts'
import { saleOn } from './sale.snapshot.ts'
import { type EinvoiceFacts, einvoiceFacts, type Issued, noFacts, soldFrom } from './sold.snapshot.ts'

/** E-invoices of documents: checked while they are drafts, written when they are issued. */

const profiles: Readonly<Record<Format, Profile>> = {
  peppol_bis_3: 'peppol',
  xrechnung: 'xrechnung',
  xrechnung_cii: 'xrechnung',
  cii: 'en16931',
  factur_x: 'en16931',
}
const isCii = (format: Format) => format !== 'peppol_bis_3' && format !== 'xrechnung'

export interface Check {
  readonly format: Format
  readonly valid: boolean
  readonly findings: Finding[]
}

/** What stands beside a document. */
const BESIDE = sql(`select b.issued_on as based_on_issued, b.content ->> 'fulfillment_date' as delivered, p.name as project
  from receivables t
  left join receivables b on b.entity_id = t.entity_id and b.id = t.based_on
  left join projects p on p.entity_id = t.entity_id and p.id = t.project_id and p.deleted_at is null
  where t.id = :id`)

/** The document as its e-invoice would have it: as it was issued, or as it would be issued today. Without the bytes of its attachments. */
async function readIssued(ctx: Ctx, row: Stored): Promise<Issued> {
  if (row.type === 'quote') throw conflict('A quote can not be an e-invoice: make an invoice from it first')
  const beside = await BESIDE.one(ctx, { id: row.id })
  // What is on its way to the network bears the day of its number already.
  const bears = row.issued_on ?? (row.status === 'issuing' ? row.reserved_on : null)
  const { document_id, issued_on, due_date, content, facts } = bears
    ? { ...row, issued_on: bears, facts: row.einvoice_facts ?? (await factsOfToday(ctx, row)) }
    : await asIssuedToday(ctx, row)
  const parsed = contentIn({ content })
  return {
    type: row.type,
    currency: row.currency,
    number: document_id ?? DRAFT,
    issued: issued_on,
    due: due_date,
    subtotal: row.subtotal,
    discounted_subtotal: row.discounted_subtotal,
    total_withholding_tax: row.total_withholding_tax,
    // A credit note takes back what was delivered with its invoice.
    content: row.type === 'credit_note' ? { ...parsed, fulfillment_date: beside.delivered } : parsed,
    facts,
    project: beside.project,
    based_on: parsed.based_on_document_id ? { number: parsed.based_on_document_id, issued: beside.based_on_issued } : null,
    payment_page_url: row.payment_page_url,
    legal_notes: legalNotes(saleOn({ ...row, issued_on }, parsed)),
    attachments: [],
  }
}
/** Stands for the number of a draft, which has none yet. */
const DRAFT = 'DRAFT'

/** What is known of the two parties today; nothing where one of them is gone. */
async function factsOfToday(ctx: Ctx, row: Stored): Promise<EinvoiceFacts> {
  return readFacts(ctx, row.ask, copiesIn(row.content))
    .then(einvoiceFacts)
    .catch(ifRefused(() => noFacts))
}

async function asIssuedToday(ctx: Ctx, row: Stored) {
  const today = await localDay(ctx)
  if (row.type === 'credit_note') {
    const { document_id, content } = row
    return { document_id, content, issued_on: today, due_date: null, facts: await factsOfToday(ctx, row) }
  }
  const facts = await readFacts(ctx, row.ask, copiesIn(row.content))
  const ask = { ...row.ask, fulfillment_date: row.ask.fulfillment_date ?? usualFulfillment(facts, today) }
  const { content, due_date } = compose(ask, linesOf(row), facts, today, { allowPast: true })
  return {
    document_id: row.document_id,
    issued_on: today,
    due_date,
    content: JSON.stringify(content),
    facts: einvoiceFacts(facts),
  }
}

// Attachments

/** All attachments of an e-invoice together; receivers take less of what is larger. */
const ATTACHED_BYTES = 10 * 1024 * 1024

interface Attached {
  readonly id: string
  readonly name: string
  readonly mimetype: string
  readonly size: number
}

/** The files that travel inside, under names that differ without regard to case, and a warning for each that can't. */
function sorted(row: Stored): { taken: Attached[]; warnings: Finding[] } {
  const files = attachmentsIn(row)
  const taken: Attached[] = []
  const warnings: Finding[] = []
  let left = ATTACHED_BYTES
  for (const file of files) {
    const kind = ATTACHABLE.has(file.mimetype)
    if (kind && file.size <= left) {
      left -= file.size
      taken.push({ ...file, name: freshName(file.name, taken, `${(row.document_id ?? '').replace(/[^\w.-]+/g, '_')}.pdf`) })
      continue
    }
    const why = kind ? 'it is too large' : `files of the kind ${file.mimetype} can not be attached`
    const message = `${file.name} is left out of the e-invoice: ${why}`
    warnings.push({ rule: kind ? 'QT-FILE' : 'BR-CL-24', severity: 'warning', message, field: 'attachments' })
  }
  return { taken, warnings }
}
function freshName(name: string, taken: readonly Attached[], page: string): string {
  const used = new Set([page, ...taken.map((file) => file.name)].map((one) => one.toLowerCase()))
  const dot = name.lastIndexOf('.')
  const [stem, end] = dot > 0 ? [name.slice(0, dot), name.slice(dot)] : [name, '']
  let fresh = name
  for (let nth = 2; used.has(fresh.toLowerCase()); nth++) fresh = `${stem} (${nth})${end}`
  return fresh
}

const KEYS = sql(`select id, storage_key from files where id = any (:ids) and deleted_at is null`)
/** The files as they lie; bytes are fetched when the transaction is over. */
async function keysOf(ctx: Ctx, taken: readonly Attached[]) {
  const keys = new Map((await KEYS(ctx, { ids: taken.map(({ id }) => id) })).map((file) => [file.id, file.storage_key]))
  return taken.flatMap((file) => {
    const key = keys.get(file.id)
    return key ? [{ ...file, key }] : []
  })
}
type Lying = Awaited<ReturnType<typeof keysOf>>[number]
const fetched = (storage: Storage, files: readonly Lying[]): Promise<Attachment[]> =>
  Promise.all(
    files.map(async ({ name, mimetype, key }, i) => ({
      id: String(i + 1),
      description: null,
      name,
      mimetype,
      base64: (await storage.get(key)).toString('base64'),
    })),
  )

// Checking and writing

/** The format in which a document is sent when nothing else is said. */
const usualFormat = (row: Stored): Format => (row.ask.is_einvoice ? 'peppol_bis_3' : 'factur_x')

/** What stands in the way of an e-invoice of this document, with nothing changed. */
export async function checkReceivable(ctx: Ctx, id: string, asked?: Format): Promise<Check> {
  const row = await findStored(ctx, id)
  return checked(await readIssued(ctx, row), asked ?? usualFormat(row), sorted(row).warnings)
}

/** The same, with the e-invoice as it stands, for other rules than ours. Attachments are left out. */
export async function checkedText(ctx: Ctx, id: string, asked?: Format) {
  const row = await findStored(ctx, id)
  const issued = await readIssued(ctx, row)
  const format = asked ?? usualFormat(row)
  const profile = profiles[format]
  const invoice = composeEInvoice(soldFrom(issued), profile)
  const xml = isCii(format) ? writeCii(invoice, profile) : writeUbl(invoice, profile)
  return { check: checked(issued, format, sorted(row).warnings), xml }
}

function checked(issued: Issued, format: Format, warnings: readonly Finding[] = []): Check {
  const profile = profiles[format]
  const findings = [...checkEInvoice(composeEInvoice(soldFrom(issued), profile), profile), ...warnings]
  return { format, valid: isValid(findings), findings }
}

/** The check of a document that `verify` shows: only where an e-invoice is made of it, and something is to be said. */
export async function checkForVerify(ctx: Ctx, row: Stored, settings: EntitySettings): Promise<Check | null> {
  const { country } = contentIn(row).entity_address
  if (row.type === 'quote' || !(row.ask.is_einvoice || carriesData(settings, country))) return null
  try {
    const check = checked(await readIssued(ctx, row), usualFormat(row), sorted(row).warnings)
    return check.findings.length > 0 ? check : null
  } catch (refusal) {
    // The list of what is missing says why it can't be composed.
    if (refusal instanceof Refusal) return null
    throw refusal
  }
}

/** What the law of the entity's country wants to stand on a document and doesn't, with the place where the law says so. */
export function legalFindings(row: Stored, settings: EntitySettings) {
  if (settings.receivable_edit_flow === 'non_compliant') return []
  const missing = legallyMissing(saleOn(row, contentIn(row)))
  return missing.map(({ rule, message, field, source, since }) => ({
    rule,
    severity: 'warning' as const,
    message,
    field,
    source,
    since,
  }))
}

/** Whether pages of invoices carry their data: as the entity says, and without a word in the European Union. */
const carriesData = (settings: EntitySettings, country: string): boolean =>
  settings.einvoice_in_pdf ?? euMembers.has(country === 'IC' || country === 'EA' ? 'ES' : country)

export interface Written {
  readonly name: string
  readonly xml: (storage: Storage) => Promise<string>
}

/** The e-invoice of an issued document. Refuses (`conflict`) what a receiver would refuse, and says what is to be mended. */
export async function einvoiceOf(ctx: Ctx, id: string, format: Exclude<Format, 'factur_x'>): Promise<Written> {
  const { name, xml } = await written(ctx, id, format)
  return { name, xml }
}

async function written(ctx: Ctx, id: string, format: Exclude<Format, 'factur_x'>) {
  const row = await findStored(ctx, id)
  if (!row.issued_on && row.status !== 'issuing') throw conflict(`The ${noun[row.type]} becomes an e-invoice when it is issued`)
  const issued = await readIssued(ctx, row)
  const { taken, warnings } = sorted(row)
  const check = checked(issued, format, warnings)
  if (!check.valid) throw conflict(`The ${noun[row.type]} is not a valid e-invoice (${format}): ${sentence(check.findings)}`)
  const files = await keysOf(ctx, taken)
  const profile = profiles[format]
  return {
    row,
    document: issued,
    name: `${issued.number.replace(/[^\w.-]+/g, '_')}.xml`,
    /** `page` is the document as people read it, which travels inside. */
    xml: async (storage: Storage, page: Buffer | null = null): Promise<string> => {
      const attachments = [...(page ? [pageInside(issued.number, page)] : []), ...(await fetched(storage, files))]
      const invoice = composeEInvoice(soldFrom({ ...issued, attachments }), profile)
      return isCii(format) ? writeCii(invoice, profile) : writeUbl(invoice, profile)
    },
  }
}

/** A number as the network knows it. */
export function participantOf({
  network_schema,
  network_identifier,
}: {
  network_schema: string
  network_identifier: string
}): Participant {
  const known: Readonly<Record<string, string>> = networkSchemes
  const scheme = known[network_schema]
  if (!scheme) throw conflict(`The network knows no numbers of the scheme ${network_schema}`)
  return { scheme, identifier: network_identifier.toUpperCase() }
}

/** The e-invoice that goes to the network, from whom to whom. Refuses (`conflict`) what is not valid. */
export async function einvoiceForNetwork(ctx: Ctx, id: string) {
  const { document, row, name, xml } = await written(ctx, id, 'peppol_bis_3')
  const { network_credentials: own, counterpart_einvoicing_credentials: theirs, entity_address } = document.content
  if (!own || !theirs) throw conflict('The document lacks the number of its sender or of its receiver in the network')
  const type = row.type === 'credit_note' ? ('credit_note' as const) : ('invoice' as const)
  return { from: participantOf(own), to: participantOf(theirs), type, country: entity_address.country, name, xml }
}

const pageInside = (number: string, page: Buffer): Attachment => ({
  id: number,
  description: null,
  name: `${number.replace(/[^\w.-]+/g, '_')}.pdf`,
  mimetype: 'application/pdf',
  base64: page.toString('base64'),
})

/** Findings as one sentence, the rules by their numbers. */
export const sentence = (findings: readonly Finding[]): string =>
  findings
    .filter(({ severity }) => severity === 'error')
    .map(({ rule, message, field }) => `${rule}: ${message}${field ? ` (${field})` : ''}`)
    .join('; ')

/** The data that the page of an issued document carries; null where it carries none: by the settings, or since they would not be valid. */
export async function dataForPage(ctx: Ctx, id: string, settings: EntitySettings): Promise<string | null> {
  const row = await findStored(ctx, id)
  if (row.type === 'quote' || !row.issued_on) return null
  const { country } = contentIn(row).entity_address
  if (!carriesData(settings, country)) return null
  const issued = await readIssued(ctx, row)
  if (!checked(issued, 'factur_x').valid) return null
  return writeCii(composeEInvoice(soldFrom(issued), 'en16931'), 'en16931')
}
