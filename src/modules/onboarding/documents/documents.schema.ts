import Type, { type Static } from 'typebox'
import { closed, named, uuid } from '../../../platform/http/types.ts'

const one = Type.Optional(uuid)
const some = Type.Optional(Type.Array(uuid, { minItems: 1 }))
const sides = {
  additional_verification_document_back: one,
  additional_verification_document_front: one,
  verification_document_back: one,
  verification_document_front: one,
}
export const sideNames = [
  'additional_verification_document_back',
  'additional_verification_document_front',
  'verification_document_back',
  'verification_document_front',
] as const

export const EntityOnboardingDocumentsPayload = closed('EntityOnboardingDocumentsPayload', {
  ...sides,
  bank_account_ownership_verification: some,
  company_license: some,
  company_memorandum_of_association: some,
  company_ministerial_decree: some,
  company_registration_verification: some,
  company_tax_id_verification: some,
  proof_of_registration: some,
})
export const PersonOnboardingDocumentsPayload = closed('PersonOnboardingDocumentsPayload', sides)
export type SentDocuments = Static<typeof EntityOnboardingDocumentsPayload>

const file = Type.Optional(Type.String({ format: 'binary' }))
/** The older forms: the files themselves. */
export const LegacyDocuments = named('OnboardingDocumentsForm', {
  additional_verification_document_back: file,
  additional_verification_document_front: file,
  verification_document_back: file,
  verification_document_front: file,
})
