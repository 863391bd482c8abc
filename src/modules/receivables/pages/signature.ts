import { join } from 'node:path'
import { ifRefused, tooManyRequests } from '../../../core/refusal.ts'
import { isEmail } from '../../../platform/http/validation.ts'
import { escaped } from '../../../platform/mail/html.ts'
import { paths } from '../../../platform/paths.ts'
import { writtenPicture } from '../../../platform/pictures/small.ts'
import { drawn, readSignature, type Signed } from '../quotes.service.ts'
import type { Words } from './words.ts'

/** Scripts that Inter lacks have a font of their own in `templates/fonts`, so that nothing depends on what the machine has. */
const FONTS: readonly (readonly [script: RegExp, font: string, file: string])[] = [
  [/\p{Script=Arabic}/u, 'Noto Sans Arabic', 'NotoSansArabic_400Regular.ttf'],
  [/\p{Script=Hebrew}/u, 'Noto Sans Hebrew', 'NotoSansHebrew_400Regular.ttf'],
  [/\p{Script=Hangul}/u, 'Noto Sans KR', 'NotoSansKR_400Regular.ttf'],
  [/\p{Script=Han}|\p{Script=Hiragana}|\p{Script=Katakana}/u, 'Noto Sans SC', 'NotoSansSC_400Regular.ttf'],
]
const USUAL = ['Inter Medium', 'Inter_500Medium.ttf'] as const
const INK = '#14213d'

/** A name as somebody signed it by typing: slanted, dark blue on nothing, at most 800 × 160 pixels. A PNG. `owner` is the partner it is done for. */
export async function writtenSignature(name: string, owner: string): Promise<Buffer> {
  const [, ...special] = FONTS.find(([script]) => script.test(name)) ?? []
  const [font, file] = special.length === 2 ? special : USUAL
  const picture = await writtenPicture(
    {
      markup: `<span foreground="${INK}"><i>${escaped(name)}</i></span>`,
      font,
      fontfile: join(paths.templates, 'fonts', file),
      width: 800,
      height: 160,
    },
    owner,
  )
  if (!picture) throw tooManyRequests('The name could not be written')
  return picture.bytes
}

export type Form = Readonly<Record<string, string>>
export type Faults = Record<string, string>

/** What a customer of the partner `owner` signed with, or what is wrong with it, by field and in the page's words. */
export async function readSigned(form: Form, words: Words, owner: string): Promise<Signed | Faults> {
  const full_name = (form.full_name ?? '').trim()
  const email = (form.email ?? '').trim()
  const faults: Faults = {}
  if (full_name === '') faults.full_name = words.need_name
  else if (full_name.length > 255) faults.full_name = words.too_long
  if (!isEmail(email)) faults.email = words.need_email
  const drawing = form.kind === 'drawn' ? drawnSignature(form, { full_name, email }) : null
  if (form.kind === 'drawn' && !drawing) faults.signature_image = words.need_drawing
  if (Object.keys(faults).length > 0) return faults
  if (!drawing) return { full_name, email, image: await writtenSignature(full_name, owner) }
  return (await drawn(drawing, owner).catch(ifRefused(() => null, 'invalid'))) ?? { signature_image: words.need_drawing }
}

export const isSigned = (read: Signed | Faults): read is Signed => 'image' in read && Buffer.isBuffer(read.image)

function drawnSignature({ signature_image = '' }: Form, who: { full_name: string; email: string }): Signed | null {
  try {
    return readSignature({ ...who, signature_image })
  } catch (error) {
    return ifRefused(() => null, 'invalid')(error)
  }
}
