import Type from 'typebox'
import { closed, listOf, orNull, uuid } from '../../../platform/http/types.ts'

export const SuggestionsQuery = Type.Object({
  address: Type.Optional(Type.String({ maxLength: 512 })),
  bank_account: Type.Optional(Type.String({ maxLength: 34 })),
  name: Type.String({ maxLength: 255 }),
  vat: Type.Optional(Type.String({ maxLength: 32 })),
})
const CounterpartAiSuggestion = closed('CounterpartAiSuggestion', {
  id: uuid,
  address_id: orNull(uuid),
  bank_account_id: orNull(uuid),
  vat_id_id: orNull(uuid),
})
export const CounterpartAiSuggestionsResponse = listOf(CounterpartAiSuggestion, 'CounterpartAiSuggestionsResponse')
