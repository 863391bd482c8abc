import { resolve } from 'node:path'

/** What keeps a command from starting, in words that say what to do. */

interface SystemError extends Error {
  readonly code?: string
  readonly syscall?: string
  readonly address?: string
  readonly port?: number
  readonly path?: string
  readonly severity?: string
}

const NOT_REACHED = /^(ECONNREFUSED|ECONNRESET|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH)$/
/** The database does not know the user, the password or the database. */
const NOT_LET_IN = /^(28000|28P01|3D000)$/
const NOT_WRITTEN = /^(EACCES|EPERM|EROFS|EEXIST|ENOTDIR|ENOENT|ENOSPC)$/

/** The message of an error; of those that a wrong setting leads to, with the setting and what it should be. */
export function explained(error: SystemError, env: NodeJS.ProcessEnv = process.env): string {
  const { code = '', message, syscall, address, port, path } = error
  if (syscall === 'listen') {
    const why = code === 'EADDRINUSE' ? 'is taken, maybe by a server of yours that runs' : `can't be listened on (${code})`
    return `${address}:${port} ${why}: set PORT to another one, or stop it`
  }
  const databases = ['DATABASE_URL', 'DATABASE_DIRECT_URL', 'DATABASE_REPLICA_URL'].filter((name) => env[name])
  const ofDatabase = NOT_LET_IN.test(code) || (NOT_REACHED.test(code) && syscall !== 'fetch')
  if (databases.length > 0 && ofDatabase)
    return `${databases.join(' or ')} leads nowhere (${message || code}): check host, port, user, password and database`
  const folder = resolve(env.DATA_DIR || './data')
  if (NOT_WRITTEN.test(code) && path && (path === folder || path.startsWith(`${folder}/`) || folder.startsWith(path)))
    return `The data folder ${folder} can't be written (${message}): set DATA_DIR to a folder of your own`
  return message
}
