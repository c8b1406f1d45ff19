import { readFileSync, readdirSync, readlinkSync } from 'node:fs'

/** How the kernel is asked; both are undefined on a platform that does not tell. */
export interface SocketTables {
  /** The text of /proc/net/udp and /proc/net/udp6. */
  tables(): readonly string[] | undefined
  /** Inodes of the sockets that this process has open. */
  ownInodes(): ReadonlySet<string> | undefined
}

/** Datagrams that the kernel threw away because nobody fetched them in time. */
export interface KernelDrops {
  /**
   * Drops of all sockets that this process has or had on the ports. A socket counts up to the last call while it was open, so call
   * before closing one. Undefined on a platform that does not tell.
   */
  total(): number | undefined
}

/** Counts drops on `ports`, which may change between calls. Sockets of other processes on a shared port don't count. */
export function createKernelDrops(ports: Iterable<number>, { tables, ownInodes }: SocketTables = procTables): KernelDrops {
  const latest = new Map<string, number>()
  let finished = 0
  return {
    total() {
      const texts = tables()
      const own = ownInodes()
      if (texts === undefined || own === undefined) return undefined
      const wanted = new Set(ports)
      for (const { inode, port, drops } of texts.flatMap(parseTable)) {
        if (!wanted.has(port) || !own.has(inode)) continue
        const before = latest.get(inode) ?? 0
        // A number that falls is another socket's that got the same inode.
        if (drops < before) finished += before
        latest.set(inode, drops)
      }
      for (const [inode, drops] of latest) {
        if (own.has(inode)) continue
        finished += drops
        latest.delete(inode)
      }
      return latest.values().reduce((sum, drops) => sum + drops, finished)
    },
  }
}

interface SocketLine {
  readonly inode: string
  readonly port: number
  readonly drops: number
}

/** One line per socket; the local address is `hex:hex`, the inode the tenth field, the drops the last. */
function parseTable(text: string): readonly SocketLine[] {
  return text
    .split('\n')
    .slice(1)
    .map((line) => line.trim().split(/\s+/))
    .filter((fields) => fields.length >= 13)
    .map((fields) => ({ inode: fields[9] ?? '', port: Number.parseInt(fields[1]?.split(':')[1] ?? '', 16), drops: Number(fields[12]) }))
}

/** Linux. */
const procTables: SocketTables = {
  tables() {
    const texts = ['/proc/net/udp', '/proc/net/udp6'].map(readIfPresent).filter((text) => text !== undefined)
    return texts.length === 0 ? undefined : texts
  },
  ownInodes() {
    const folder = '/proc/self/fd'
    try {
      const inodes = readdirSync(folder).map((name) => /^socket:\[(\d+)\]$/.exec(readLink(`${folder}/${name}`))?.[1])
      return new Set(inodes.filter((inode) => inode !== undefined))
    } catch {
      return undefined
    }
  },
}

function readIfPresent(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return undefined
  }
}

/** Empty for a descriptor that was closed since the folder was read. */
function readLink(path: string): string {
  try {
    return readlinkSync(path)
  } catch {
    return ''
  }
}
