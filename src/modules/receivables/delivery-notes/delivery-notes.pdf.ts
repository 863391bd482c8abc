import { fullName } from '../../../core/onboarding/names.ts'
import type { DeliveryNoteDocument } from '../../../platform/pdf/delivery-note.document.ts'
import type { DeliveryNote } from './delivery-notes.schema.ts'

/** What a page shows beyond the note itself. */
interface Extras {
  /** The picture's bytes. */
  readonly logo: Uint8Array | null
  /** What kind of document the note is based on. */
  readonly source: 'invoice' | 'quote' | null
  /** The day that the note bears, YYYY-MM-DD. */
  readonly issued_on: string
}

/** The page of a note in a language. Pure. */
export function documentFor(note: DeliveryNote, language: string, { logo, source, issued_on }: Extras): DeliveryNoteDocument {
  const { entity, counterpart, based_on_document_id } = note
  const country = note.entity_address.country ?? note.counterpart_address.country
  return {
    type: 'delivery_note',
    language,
    country,
    number: note.document_id,
    rendered_at: note.updated_at,
    logo,
    sender: {
      ...entity,
      name: entity.type === 'organization' ? entity.name : personal(entity),
      address: { ...note.entity_address, country },
    },
    recipient: {
      name: counterpart.organization?.legal_name ?? personal(counterpart.individual!),
      address: note.counterpart_address,
    },
    issue_date: issued_on,
    delivery_date: note.delivery_date,
    delivery_number: note.delivery_number,
    based_on: source && based_on_document_id ? { type: source, number: based_on_document_id } : null,
    memo: note.memo,
    lines: note.line_items.map(({ product: { name, description, measure_unit }, quantity }) => ({
      name,
      description,
      quantity,
      measure_unit: measure_unit?.name,
    })),
    signature_placeholder: note.display_signature_placeholder,
  }
}

const personal = ({ first_name, last_name }: { first_name: string; last_name: string }) => fullName(first_name, last_name)
