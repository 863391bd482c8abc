import { readdir, readFile } from 'node:fs/promises'
import { join, posix } from 'node:path'
import { paths } from '../platform/paths.ts'

/** The pages under `docs/`, drawn for browsers. */

export interface Guide {
  /** Where it is, below `/docs/`, e.g. `payables` or `decisions/0001-typescript`. */
  readonly path: string
  readonly title: string
  readonly html: string
  readonly parts: readonly Part[]
}

/** What stands under a heading, for the search. */
interface Part {
  readonly id: string
  readonly title: string
  readonly text: string
}

/** Guides in the order in which somebody new reads them; what is not named here comes after, by its name. */
const ORDER: readonly string[] = [
  'api',
  'errors',
  'webhooks',
  'entities',
  'counterparts',
  'catalog',
  'receivables',
  'pages',
  'mail',
  'payables',
  'approvals',
  'payments',
  'bank-statements',
  'payment-files',
  'onboarding',
  'accounting',
  'e-invoices',
  'exports',
  'files',
  'mcp',
  'production',
]
const place = (path: string) => (ORDER.indexOf(path) + 1 || ORDER.length + 1) + (path.includes('/') ? 100 : 0)

export const docsFolder = join(paths.root, 'docs')

/** All pages; links between them begin with `home`, the address of `/docs`. */
export async function readGuides(home: string): Promise<Guide[]> {
  const { Marked } = await import('marked')
  const names = (await readdir(docsFolder, { recursive: true }))
    .map((name) => name.replaceAll('\\', '/'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => name.slice(0, -'.md'.length))
  const known = new Set(names)
  const guides = await Promise.all(
    names.map(async (path) => {
      const text = await readFile(join(docsFolder, `${path}.md`), 'utf8')
      const marked = new Marked({
        walkTokens(token) {
          if (token.type === 'link') token.href = addressOf(home, path, token.href as string, known)
          if (token.type === 'image') token.href = posix.join(home, posix.dirname(path), token.href as string)
        },
        renderer: {
          heading({ tokens, depth, text }) {
            return `<h${depth} id="${slug(text)}">${this.parser.parseInline(tokens)}</h${depth}>\n`
          },
        },
      })
      return { path, title: /^# (.+)$/m.exec(text)?.[1] ?? path, html: reachable(await marked.parse(text)), parts: partsOf(text) }
    }),
  )
  return guides.sort((a, b) => place(a.path) - place(b.path) || (a.path < b.path ? -1 : 1))
}

/** What is wider than the window can be scrolled with the keyboard, too. */
const reachable = (drawn: string) => drawn.replaceAll(/<(pre|table)>/g, '<$1 tabindex="0">')

/** A link of a page, as this server answers it; to files that are not served it leads to the overview. */
function addressOf(home: string, from: string, href: string, known: ReadonlySet<string>): string {
  if (/^[a-z]+:/.test(href) || href.startsWith('#') || href.startsWith('/')) return href
  const [file = '', anchor] = href.split('#')
  const target = posix.join(posix.dirname(from), file).replace(/\.md$/, '')
  if (!known.has(target)) return home
  return `${home}/${target}${anchor ? `#${anchor}` : ''}`
}

/** As code hosts make anchors of headings. */
const slug = (heading: string) =>
  heading
    .toLowerCase()
    .replace(/<[^>]+>|[^\p{L}\p{N}\s_-]/gu, '')
    .trim()
    .replaceAll(/\s/g, '-')

/** The page by its headings, without code. */
function partsOf(text: string): Part[] {
  const [, ...parts] = `\n${text.replace(/```[\s\S]*?```/g, '')}`.split(/\n#{1,4} /)
  return parts.map((part) => {
    const [title = '', ...rest] = part.split('\n')
    return {
      id: slug(title),
      title: title.replaceAll('`', ''),
      text: rest
        .join(' ')
        .replaceAll(/[`*|<>[\]]/g, ' ')
        .replaceAll(/\s+/g, ' ')
        .slice(0, 600),
    }
  })
}
