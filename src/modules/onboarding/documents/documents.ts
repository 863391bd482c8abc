import type { FastifyRequest } from 'fastify'
import { badRequest } from '../../../core/refusal.ts'
import { readFiles } from '../../../platform/http/form.ts'
import { operation, type Routes } from '../../../platform/http/operation.ts'
import { nothing } from '../../../platform/http/types.ts'
import {
  EntityOnboardingDocumentsPayload,
  LegacyDocuments,
  PersonOnboardingDocumentsPayload,
  sideNames,
} from './documents.schema.ts'
import { handIn } from './documents.service.ts'
import { fingerprintOf, keepFiles } from './forms.service.ts'

const SIDE_BYTES = 10 * 1024 * 1024
const TOO_LARGE = 'A document of identity is a JPG, PNG or PDF file of 10 KB to 10 MB; one of these is larger'
const sides = Object.fromEntries(sideNames.map((name) => [`body.${name}`, null]))
const lists = [
  'bank_account_ownership_verification',
  'company_license',
  'company_memorandum_of_association',
  'company_ministerial_decree',
  'company_registration_verification',
  'company_tax_id_verification',
  'proof_of_registration',
]
/** Files follow a rule of their own: the service asks whether the role reaches them. */
const files = Object.assign(Object.fromEntries(lists.map((name) => [`body.${name}[]`, null])), sides)

export const onboardingDocuments: Routes = async (app) => {
  const { machinery } = app

  app.post(
    '/onboarding_documents',
    operation({
      summary: 'Provide files for entity onboarding verification',
      may: ['onboarding:create', 'onboarding:update'],
      body: EntityOnboardingDocumentsPayload,
      ok: { 204: nothing },
      names: files,
    }),
    ({ ctx, body }) => handIn(ctx, machinery, null, body),
  )

  app.post(
    '/persons/:person_id/onboarding_documents',
    operation({
      summary: 'Provide files for person onboarding verification',
      may: ['onboarding:create', 'onboarding:update'],
      body: PersonOnboardingDocumentsPayload,
      ok: { 204: nothing },
      names: sides,
    }),
    ({ ctx, params, body }) => handIn(ctx, machinery, params.person_id, body),
  )

  app.post(
    '/entities/:entity_id/documents',
    operation({
      summary: 'Update entity onboarding documents',
      may: ['onboarding:create', 'onboarding:update'],
      entity: 'path',
      form: LegacyDocuments,
      ok: { 204: nothing },
      transaction: 'manual',
    }),
    (request) => takeForm(request, null),
  )

  app.post(
    '/persons/:person_id/documents',
    operation({
      summary: 'Update person onboarding documents',
      may: ['onboarding:create', 'onboarding:update'],
      form: LegacyDocuments,
      ok: { 204: nothing },
      transaction: 'manual',
    }),
    (request) => takeForm(request, request.params.person_id),
  )

  /** The older way: the files themselves in one form. A form with one file may call it just that: it is the front. */
  async function takeForm(request: FastifyRequest, person: string | null): Promise<null> {
    const sent = await readFiles(request, [...sideNames, 'file'], SIDE_BYTES, badRequest(TOO_LARGE))
    const named = new Map([...sent].map(([name, file]) => [name === 'file' ? 'verification_document_front' : name, file]))
    const about = fingerprintOf(named)
    return keepFiles(machinery, request.access?.partnerId ?? '', named, person, (work) => request.open(work, about))
  }
}
