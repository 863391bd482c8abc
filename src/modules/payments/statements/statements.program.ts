// A program of its own: reads the file of a bank on its standard input and writes what it found into the folder it is given.
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { StatementRefused } from '../../../core/statements/types.ts'
import { answerOf } from '../../../platform/bounded/answer.ts'
import { readReportFile, readStatementFile } from './statement-file.ts'

const [folder = '', what = 'statement'] = process.argv.slice(2)
const read = what === 'report' ? readReportFile : readStatementFile
const answer = await read(await buffer(process.stdin)).catch((error: Error) => {
  if (error instanceof StatementRefused) return { refused: error.message }
  throw error
})
await writeFile(join(folder, 'found.json'), answerOf(answer))
