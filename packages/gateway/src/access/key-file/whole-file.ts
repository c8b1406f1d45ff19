import { randomBytes } from 'node:crypto'
import { link, open, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'

/**
 * Replaces a file by one with another content, so that a reader or a power cut meets the old or the new one, never a part. For its owner only.
 * @param before runs last of all before that; when it throws, nothing is changed
 */
export async function replaceFile(file: string, text: string, before: () => Promise<void> = async () => undefined): Promise<void> {
  await writeBeside(file, text, async (draft) => {
    await before()
    await rename(draft, file)
  })
}

/** Makes a file with its whole content at once; false, and nothing is changed, when it exists already. For its owner only. */
export async function createFile(file: string, text: string): Promise<boolean> {
  try {
    await writeBeside(file, text, (draft) => link(draft, file))
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}

async function writeBeside(file: string, text: string, publish: (draft: string) => Promise<void>): Promise<void> {
  const draft = `${file}.${process.pid}-${randomBytes(6).toString('hex')}.tmp`
  try {
    const handle = await open(draft, 'wx', 0o600)
    try {
      await handle.writeFile(text)
      await handle.sync()
    } finally {
      await handle.close()
    }
    await publish(draft)
  } finally {
    await rm(draft, { force: true })
  }
  // The new name is only then on the disk when its directory is.
  const directory = await open(dirname(file), 'r')
  try {
    await directory.sync()
  } finally {
    await directory.close()
  }
}
