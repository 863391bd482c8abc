import { pathToFileURL } from 'node:url'
import { paths } from '../../src/platform/paths.ts'
import { startFromBundle } from '../../src/platform/programs.ts'

// The bundle was made before any test began, and is made anew when a source changed: global-setup.ts.
startFromBundle(pathToFileURL(`${paths.root}/dist/`))
