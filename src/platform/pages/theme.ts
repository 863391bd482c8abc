/** A partner's colours as CSS: only what is safe to put into a style sheet, and only so that everything stays readable. */

/** The part of the partner setting `payments.payment_page_theme` that pages use; texts as the partner wrote them. */
export interface Theme {
  readonly background_color?: string | null
  readonly border_radius?: string | null
  readonly button?: { readonly primary_color?: string | null } | null
  readonly card?: { readonly background_color?: string | null } | null
  readonly font_color?: string | null
  readonly font_family?: string | null
}

const ACCENT = '#1b4f5c'
const INK = '#16212b'
const WHITE = '#ffffff'
/** WCAG 2.2, 1.4.3: text against what is behind it. */
const READABLE = 4.5

/** The variables that `style.ts` builds on. Colours of paper and ink hold by day only; by night the page has its own. */
export function themeCss(theme: Theme | null | undefined): string {
  const accent = colour(theme?.button?.primary_color) ?? ACCENT
  const card = colour(theme?.card?.background_color)
  const page = colour(theme?.background_color)
  const wanted = colour(theme?.font_color)
  const ink = wanted && contrast(wanted, card ?? WHITE) >= READABLE ? wanted : card && readableOn(card)
  const radius = /^\d{1,2}(\.\d+)?(px|rem|em)$/.test(theme?.border_radius ?? '') ? theme!.border_radius : null
  const font = fontFamily(theme?.font_family)
  const always = [
    `--accent:${accent}`,
    `--on-accent:${readableOn(accent)}`,
    radius && `--radius:${radius}`,
    font && `--font:${font}`,
  ]
  const byDay = [
    card && `--card:${card}`,
    page && `--page:${page};--on-page:${readableOn(page)};--soft-on-page:${readableOn(page)}`,
    ink && `--ink:${ink};--soft:${mixed(72)};--line:${mixed(16)};--wash:${mixed(5)}`,
  ].filter(Boolean)
  const light = byDay.length > 0 ? `@media screen and (prefers-color-scheme:light){:root{${byDay.join(';')}}}` : ''
  return `:root{${always.filter(Boolean).join(';')}}${light}`
}

const mixed = (percent: number) => `color-mix(in srgb,var(--ink) ${percent}%,var(--card))`

/** `#rgb` or `#rrggbb` as six digits. Anything else that CSS knows is not taken: what it looks like can't be worked out here. */
function colour(text: string | null | undefined): string | null {
  const digits = /^#([0-9a-f]{3}|[0-9a-f]{6})$/i.exec(text?.trim() ?? '')?.[1]?.toLowerCase()
  return digits ? `#${digits.length === 3 ? [...digits].map((digit) => digit + digit).join('') : digits}` : null
}

function fontFamily(text: string | null | undefined): string | null {
  const names = (text ?? '').split(',').map((name) => name.replace(/["']/g, '').trim())
  const known = names.filter((name) => /^[\p{L}\d][\p{L}\d -]{0,60}$/u.test(name))
  return known.length > 0 ? known.map((name) => (/^[a-z-]+$/.test(name) ? name : `"${name}"`)).join(',') : null
}

/** White, else ink, else black: one of white and black can be read on any colour. */
const readableOn = (behind: string) => [WHITE, INK].find((text) => contrast(text, behind) >= READABLE) ?? '#000000'

/** WCAG 2.2: the contrast of two colours, from 1 to 21. */
export function contrast(a: string, b: string): number {
  const [light, dark] = [luminance(a), luminance(b)].sort((x, y) => y - x) as [number, number]
  return (light + 0.05) / (dark + 0.05)
}

function luminance(hex: string): number {
  const [r, g, b] = [1, 3, 5]
    .map((at) => Number.parseInt(hex.slice(at, at + 2), 16) / 255)
    .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4)) as [number, number, number]
  return 0.2126 * r + 0.7152 * g + 0.0722 * b
}
