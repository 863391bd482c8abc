import { mkdtempSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { inject } from 'vitest'

/** A folder for the files of one server, in the folder of this run, which goes with its end. */
export const filesFolder = () => mkdtempSync(join(dirname(inject('testRun').dataDir), 'files-'))
