import { chmod, mkdir, open, readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'

/** What lies on the disk is for the user of the server alone: files 0600 in folders 0700. Windows knows no such modes. */
export const PRIVATE_FOLDER = 0o700
export const PRIVATE_FILE = 0o600

const WINDOWS = process.platform === 'win32'

export const isRoot = () => process.getuid?.() === 0

const modeOf = async (path: string) => (await stat(path)).mode & 0o777

/** Makes the data folder. A folder that exists is left as it is: it may belong to somebody else. `passable`: other users may pass through to folders of theirs. */
export async function makeDataFolder(path: string, passable: boolean): Promise<void> {
  await mkdir(path, { recursive: true, mode: passable ? 0o711 : PRIVATE_FOLDER })
}

/** A folder of our own, closed to others, also one that was made before. */
export async function closedFolder(path: string): Promise<string> {
  await mkdir(path, { recursive: true, mode: PRIVATE_FOLDER })
  if (!WINDOWS && (await modeOf(path)) !== PRIVATE_FOLDER) await chmod(path, PRIVATE_FOLDER)
  return path
}

/** Keeps a secret for whoever runs the server to fetch; answers where. It is never written over. */
export async function keepSecret(dataDir: string, name: string, text: string): Promise<string> {
  const path = join(await closedFolder(join(dataDir, 'secrets')), name)
  const file = await open(path, 'wx', PRIVATE_FILE)
  await file.writeFile(text).finally(() => file.close())
  return path
}

const ifStillThere = (error: NodeJS.ErrnoException) => {
  if (error.code !== 'ENOENT') throw error
}

/**
 * Closes to others what an earlier version left open below a folder. A folder is closed after all that is in it, so one that is closed already is
 * done, and what was interrupted is taken up again.
 */
export async function closeBelow(folder: string): Promise<void> {
  if (WINDOWS) return
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) {
      if ((await modeOf(path)) === PRIVATE_FOLDER) continue
      await closeBelow(path)
      await chmod(path, PRIVATE_FOLDER)
    } else if (entry.isFile()) await chmod(path, PRIVATE_FILE).catch(ifStillThere)
  }
}
