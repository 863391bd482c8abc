import { conflict } from '../../core/refusal.ts'
import type { BankVerifier } from '../../ports/bank-verification.ts'

/** Nobody is connected who looks into accounts. The operator proves them: by a document, or by two small amounts. */
const nobody = async (): Promise<never> => {
  throw conflict(
    'Nobody is connected who looks into bank accounts. Send a document of the bank (POST /onboarding_documents, bank_account_ownership_verification), or ask for two small amounts',
  )
}

export const operatorVerifier: BankVerifier = { name: 'operator', start: nobody, complete: nobody, refresh: nobody }
