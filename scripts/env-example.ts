import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Config } from '../src/platform/config.ts'
import { paths } from '../src/platform/paths.ts'

/** The text of .env.example: every setting with its default, in the order of the schema. */
export function envExample(): string {
  const blocks = Object.entries(Config.properties).map(
    ([name, field]) => `# ${(field as { description: string }).description}\n# ${name.toUpperCase()}=${String((field as { default: unknown }).default)}\n`,
  )
  return `# Settings of Quittance, all optional. Remove the # in front of one to change it, then start with \`node --env-file=.env bin/quittance.js\`.\n\n${blocks.join('\n')}`
}

if (process.argv[1]?.endsWith('env-example.ts')) writeFileSync(join(paths.root, '.env.example'), envExample())
