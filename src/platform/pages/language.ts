import type { FastifyRequest } from 'fastify'
import { type DocumentLanguage, supportedLanguages } from '../pdf/labels.ts'
import { queryOf } from './request.ts'

/** The language that the address of a page asks for (`?lang=`). */
export function askedLanguage(request: FastifyRequest): string | null {
  return queryOf(request, 'lang') ?? null
}

/** The language of whoever looks: the one that is asked for, else the first of the browser's that pages are written in; null without any. */
export function readerLanguage(request: FastifyRequest): DocumentLanguage | null {
  const wanted = [askedLanguage(request), ...(request.headers['accept-language'] ?? '').split(',')]
  const codes = wanted.flatMap((text) => text?.trim().toLowerCase().split(/[-_;]/)[0] ?? [])
  return codes.find(isWritten) ?? null
}

const isWritten = (code: string): code is DocumentLanguage => supportedLanguages.some((one) => one === code)

/** The words of a page by language; all have those of the English one. */
export const inEachLanguage =
  <Words>(words: Readonly<Record<DocumentLanguage, Words>>) =>
  (language: DocumentLanguage): Words =>
    words[language]
