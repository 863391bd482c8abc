import Type from 'typebox'
import { shownTable } from '../../../platform/database/rows.ts'
import { listing } from '../../../platform/http/listing.ts'
import { range } from '../../../platform/http/ranges.ts'
import { Currency, createdAt, day, uuid } from '../../../platform/http/types.ts'
import { CreditNoteResponse, OriginEnum, PayableCreditNoteStateEnum } from './credit-notes.schema.ts'
import { COLUMNS, type NoteRow, presentNote } from './credit-notes.service.ts'

const noteTable = shownTable<NoteRow>()('payable_credit_notes', CreditNoteResponse, {
  noun: 'Credit note',
  object: 'payables_credit_note',
  select: COLUMNS,
  present: presentNote,
})

const text = Type.String()
const sum = Type.Integer({ minimum: 0 })

export const noteList = listing(noteTable, {
  filters: {
    ...createdAt,
    issued_at: day,
    ...range('issued_at', day),
    document_id: text,
    document_id__iexact: text,
    document_id__contains: text,
    document_id__icontains: text,
    has_file: { type: Type.Boolean(), sql: '(t.file_id is not null) = $' },
    ...range('total_amount', sum),
    ...range('subtotal', sum),
    based_on: uuid,
    counterpart_id: uuid,
    created_by_entity_user_id: { type: uuid, sql: 't.created_by_user_id' },
    status: PayableCreditNoteStateEnum,
    status__in: Type.Array(PayableCreditNoteStateEnum),
    status__not_in: Type.Array(PayableCreditNoteStateEnum),
    origin: OriginEnum,
    currency: Currency,
    project_id: uuid,
    project_id__in: Type.Array(uuid),
  },
  sort: ['id', 'created_at'],
})
