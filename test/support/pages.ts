import sharp from 'sharp'
import { extractText, getDocumentProxy } from 'unpdf'
import { draft, good, type Ready, ready } from './invoicing.ts'
import { type Body, type Client, type World, world } from './world.ts'

export async function start() {
  const w = await world()
  return { w, berlin: w.berlin, made: await ready(w.berlin) }
}

export const keyOf = async (w: World, id: string): Promise<string> =>
  (await w.sql<{ page_key: string }>('select page_key from receivables where id = $1', [id]))[0]!.page_key

export interface Seen {
  readonly status: number
  readonly headers: Record<string, string>
  readonly html: string
  /** What somebody reads on it, as one line. */
  readonly text: string
}

/** Opens an address as a browser does: without a token, and without scripts. */
export async function browse(
  w: Pick<World, 'app'>,
  url: string,
  form?: Record<string, string>,
  headers: Record<string, string> = {},
): Promise<Seen> {
  const sent = form && { payload: new URLSearchParams(form).toString() }
  const type = form && { 'content-type': 'application/x-www-form-urlencoded' }
  const response = await w.app.inject({ method: form ? 'POST' : 'GET', url, headers: { ...type, ...headers }, ...sent })
  return {
    status: response.statusCode,
    headers: response.headers as Record<string, string>,
    html: response.body,
    text: asText(response.body),
  }
}

const entities: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" }

const asText = (html: string) =>
  html
    .replace(/<(style|script|svg)[\s>].*?<\/\1>/gs, '')
    .replace(/<[^>]*>/g, ' ')
    .replace(/&(#?\w+);/g, (all, name: string) => entities[name] ?? all)
    .replace(/\s+/g, ' ')

export const squeezed = (text: string) => text.replace(/[\s\u200b]+/g, '')

export async function pdfText(who: Client, url: string): Promise<string> {
  const { body } = await who.get(new URL(url).pathname)
  const { text } = await extractText(await getDocumentProxy(new Uint8Array(body)), { mergePages: true })
  return text
}

const quoteBody = { type: 'quote', payment_terms_id: undefined }

export async function offered(who: Client, made: Ready, changes: object = {}): Promise<Body> {
  const { id } = await draft(who, made, { ...quoteBody, ...changes })
  return good(await who.post(`/receivables/${id}/issue`))
}

export const page = async (w: World, id: string, query = '') => browse(w, `/view/${await keyOf(w, id)}${query}`)

export const answer = async (w: World, id: string, action: string, form: Record<string, string> = {}, headers = {}) =>
  browse(w, `/view/${await keyOf(w, id)}/${action}`, form, headers)

export const grace = { full_name: 'Grace Hopper', email: 'grace@example.com' }

export const drawing = async () =>
  (
    await sharp({ create: { width: 60, height: 20, channels: 3, background: '#fff' } })
      .png()
      .toBuffer()
  ).toString('base64')
