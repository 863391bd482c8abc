import { parseArgs } from 'node:util'
import { commands } from './commands.ts'

const { positionals, values } = parseArgs({
  args: process.argv.slice(2),
  allowPositionals: true,
  strict: true,
  options: {
    demo: { type: 'boolean' },
    name: { type: 'string' },
    since: { type: 'string' },
    until: { type: 'string' },
    type: { type: 'string' },
    event: { type: 'string' },
    subscription: { type: 'string' },
    failed: { type: 'boolean' },
    help: { type: 'boolean', short: 'h' },
  },
})

/** `backup ./folder` is the command `backup` with an argument; the longest name that fits is meant. */
function find(words: readonly string[]): { name: string; args: readonly string[] } | undefined {
  for (let length = words.length; length > 0; length--) {
    const name = words.slice(0, length).join(' ')
    const args = words.slice(length)
    if (commands[name] && args.length === (commands[name].args?.length ?? 0)) return { name, args }
  }
}

const asked = positionals.length > 0 ? positionals : [values.help ? 'help' : 'serve']
const found = values.help ? { name: 'help', args: [] } : find(asked)
if (!found) {
  console.error(`Unknown command "${asked.join(' ')}". Try: quittance help`)
  process.exit(2)
}
try {
  await commands[found.name]!.run(values, found.args)
} catch (error) {
  console.error(process.env.LOG_LEVEL === 'debug' ? error : `quittance ${found.name}: ${(error as Error).message}`)
  process.exit(1)
}
