import { parseArgs } from 'node:util'
import { nearest } from './core/nearest.ts'
import { readConfig } from './platform/config.ts'
import { beginToOpen, letGoOfBegun } from './platform/database/opening.ts'
import { explained } from './tools/start-faults.ts'

const options = {
  demo: { type: 'boolean' },
  name: { type: 'string' },
  since: { type: 'string' },
  until: { type: 'string' },
  type: { type: 'string' },
  event: { type: 'string' },
  subscription: { type: 'string' },
  failed: { type: 'boolean' },
  'forward-to': { type: 'string', multiple: true },
  partner: { type: 'string' },
  cell: { type: 'string' },
  object: { type: 'string' },
  entity: { type: 'string' },
  yes: { type: 'boolean' },
  days: { type: 'string' },
  to: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean', short: 'v' },
} as const

/** Ends with a sentence for whoever typed something else. */
function refuse(text: string): never {
  console.error(text)
  process.exit(2)
}

function parsed() {
  try {
    return parseArgs({ args: process.argv.slice(2), allowPositionals: true, strict: true, options })
  } catch (error) {
    const wrong = /Unknown option '-*([\w-]+)'/.exec((error as Error).message)?.[1]
    if (wrong === undefined) return refuse((error as Error).message)
    const meant = nearest(wrong, Object.keys(options))
    return refuse(`There is no option --${wrong}.${meant ? ` Did you mean --${meant}?` : ' Try: quittance help'}`)
  }
}
const { positionals, values } = parsed()

// The database of a server gets ready while the rest of the program is loaded. What is wrong with the settings is said by the command.
const [word = 'serve', ...more] = positionals
const starts = ['serve', 'demo', 'work'].includes(word) && more.length === 0 && values.cell === undefined
const begin = async () => beginToOpen(readConfig())

type Commands = typeof import('./commands.ts').commands

/** `backup ./folder` is the command `backup` with an argument; the longest name that fits is meant. */
function find(commands: Commands, words: readonly string[]): { name: string; args: readonly string[] } | undefined {
  for (let length = words.length; length > 0; length--) {
    const name = words.slice(0, length).join(' ')
    const args = words.slice(length)
    const takes = commands[name]?.args ?? []
    const needed = takes.filter((arg) => !arg.startsWith('[')).length
    if (commands[name] && args.length >= needed && args.length <= takes.length) return { name, args }
  }
}

/** `help restore` and `restore --help` explain one command; without a name help lists them all. */
function meant(commands: Commands): { name: string; args: readonly string[] } | undefined {
  if (values.version) return { name: 'version', args: [] }
  if (values.help) return { name: 'help', args: positionals }
  if (positionals[0] === 'help') return { name: 'help', args: positionals.slice(1) }
  return find(commands, positionals.length > 0 ? positionals : ['serve'])
}

/** What to say of a command that isn't there, or that is given another number of words. */
function unknown(commands: Commands, words: readonly string[]): string {
  const asked = words.join(' ')
  const named = Object.keys(commands).find((name) => asked === name || asked.startsWith(`${name} `))
  if (named)
    return `quittance ${[named, ...(commands[named]?.args ?? [])].join(' ')}: that is how it is called. Try: quittance help ${named}`
  const below = Object.keys(commands).filter((name) => name.startsWith(`${words[0]} `))
  const close = nearest(asked, Object.keys(commands)) ?? nearest(words[0] ?? '', Object.keys(commands))
  if (!close && below.length > 0)
    return `"${asked}" is no command; there are ${below.join(', ')}. Try: quittance help ${below[0]}`
  return `Unknown command "${asked}".${close ? ` Did you mean "${close}"?` : ''} Try: quittance help`
}

async function main() {
  if (starts && !values.help && !values.version) await begin().catch(() => {})
  const { chooseCell, commands } = await import('./commands.ts')
  const found = meant(commands) ?? refuse(unknown(commands, positionals))
  try {
    if (values.cell !== undefined) chooseCell(found.name, values.cell)
    await commands[found.name]!.run(values, found.args)
  } catch (error) {
    console.error(process.env.LOG_LEVEL === 'debug' ? error : `quittance ${found.name}: ${explained(error as Error)}`)
    await letGoOfBegun()
    process.exit(1)
  }
}
void main()
