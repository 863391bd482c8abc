import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Config } from '../src/platform/config.ts'
import { paths } from '../src/platform/paths.ts'

/** The text of .env.example: every setting with its default, in the order of the schema. */
export function envExample(): string {
  const settings = Config.properties as unknown as Record<string, { description: string; default: unknown }>
  const blocks = Object.entries(settings).map(
    ([name, field]) => `# ${field.description}\n# ${name.toUpperCase()}=${field.default}\n`,
  )
  return `# Settings of Quittance, all optional. Remove the # in front of one to change it, then start with \`node --env-file=.env bin/quittance.js\`.\n\n${blocks.join('\n')}`
}

if (process.argv[1]?.endsWith('env-example.ts')) writeFileSync(join(paths.root, '.env.example'), envExample())
