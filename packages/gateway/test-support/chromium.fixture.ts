import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { onTestFinished } from 'vitest'
import { WebSocket } from 'ws'
import { tempFolder } from './temp-folder.fixture.ts'

const program = '/usr/bin/chromium'

/** Says why browser tests are skipped; undefined when there is a browser. */
export const noChromium = existsSync(program) ? undefined : `no ${program}`

/** A page in a headless browser. */
export interface BrowserPage {
  /** What the browser complained about: blocked parts, errors of scripts. */
  readonly complaints: readonly string[]
  /** The value of a JavaScript expression in the page. */
  evaluate<T>(expression: string): Promise<T>
  /** Waits until an expression is true. @throws Error after ten seconds */
  until(expression: string): Promise<void>
}

interface Reply {
  readonly id?: number
  readonly method?: string
  readonly params?: unknown
  readonly result?: Record<string, unknown>
}

/** Opens an address in a window of the given width; the browser goes away with the test. */
export async function openPage(url: string, width: number, height: number): Promise<BrowserPage> {
  const flags = ['--headless', '--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking', '--disable-component-update']
  const args = [...flags, `--user-data-dir=${tempFolder()}`, '--remote-debugging-port=0', 'about:blank']
  // A group of its own: the browser's helpers end with it.
  const child = spawn(program, args, { stdio: ['ignore', 'ignore', 'pipe'], detached: true })
  onTestFinished(async () => {
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL')
    await once(child, 'close')
  })
  const address = await new Promise<string>((resolve) => {
    let printed = ''
    child.stderr.on('data', (part: Buffer) => {
      printed += part.toString()
      const found = /ws:\/\/\S+/.exec(printed)?.[0]
      if (found !== undefined) resolve(found)
    })
  })
  const socket = new WebSocket(address)
  await once(socket, 'open')
  const complaints: string[] = []
  const waiting = new Map<number, (reply: Reply) => void>()
  socket.on('message', (data: Buffer) => {
    const reply = JSON.parse(data.toString()) as Reply
    if (reply.id !== undefined) waiting.get(reply.id)?.(reply)
    else if (reply.method === 'Log.entryAdded' || reply.method === 'Runtime.exceptionThrown') complaints.push(JSON.stringify(reply.params))
  })
  let lastId = 0
  const call = async (method: string, params: object, sessionId?: string): Promise<Record<string, unknown>> => {
    const id = ++lastId
    const reply = new Promise<Reply>((resolve) => waiting.set(id, resolve))
    socket.send(JSON.stringify({ id, method, params, sessionId }))
    return (await reply).result ?? {}
  }
  const { targetId } = await call('Target.createTarget', { url: 'about:blank' })
  const { sessionId } = (await call('Target.attachToTarget', { targetId, flatten: true })) as { sessionId: string }
  for (const domain of ['Page', 'Log', 'Runtime']) await call(`${domain}.enable`, {}, sessionId)
  await call('Emulation.setDeviceMetricsOverride', { width, height, deviceScaleFactor: 1, mobile: width < 500 }, sessionId)
  await call('Page.navigate', { url }, sessionId)
  const evaluate = async <T>(expression: string): Promise<T> => {
    const { result } = (await call('Runtime.evaluate', { expression, returnByValue: true }, sessionId)) as { result?: { value?: T } }
    return result?.value as T
  }
  return {
    complaints,
    evaluate,
    async until(expression) {
      for (let i = 0; i < 200; i++) {
        if (await evaluate<boolean>(expression)) return
        await new Promise((resolve) => setTimeout(resolve, 50))
      }
      throw new Error(`It did not come to hold within 10 s: ${expression}\n${await evaluate<string>('document.body.innerText')}`)
    },
  }
}
