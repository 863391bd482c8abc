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

const name = positionals.join(' ') || (values.help ? 'help' : 'serve')
const command = values.help ? commands.help! : commands[name]
if (!command) {
  console.error(`Unknown command "${name}". Try: quittance help`)
  process.exit(2)
}
try {
  await command.run(values)
} catch (error) {
  console.error(process.env.LOG_LEVEL === 'debug' ? error : `quittance ${name}: ${(error as Error).message}`)
  process.exit(1)
}
