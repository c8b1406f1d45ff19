import { connect } from 'node:net'
import type { JsonObject } from '@trinity/core'
import { type Gateway, type GatewayOptions, type OpenPorts, createGateway } from '../src/gateway.ts'
import { demoKey } from '../src/access/memory-key-store.ts'
import type { Log } from '../src/log.ts'
import { testKey, testKeyStore } from './test-keys.fixture.ts'

/** An HTTP answer as a caller sees it. */
export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  /** The parsed body; empty when it is no JSON object. */
  readonly body: JsonObject
}

/** A gateway on a free port and a caller of it. */
export interface GatewayRig {
  readonly gateway: Gateway
  readonly url: string
  readonly open: OpenPorts
  /** What the server logged, a line each. */
  readonly log: readonly string[]
  /** GET with the test key, or with the headers given in its place. */
  get(path: string, headers?: Readonly<Record<string, string>>): Promise<Answer>
  /** POST of a JSON value with the test key. */
  post(path: string, body: unknown): Promise<Answer>
  stop(): Promise<void>
}

/** The key of the quick start, for servers that were started as a command. */
export const demoHeaders: Readonly<Record<string, string>> = { authorization: `Bearer ${demoKey}` }

/** The key of a rig, without limits. */
export const keyHeaders: Readonly<Record<string, string>> = { authorization: `Bearer ${testKey}` }

/** Starts a gateway; no venue, asset or clock is given unless the options do. */
export async function openGateway(options: Partial<GatewayOptions>): Promise<GatewayRig> {
  const log: string[] = []
  const gateway = await createGateway({ connectors: [], assets: {}, keys: testKeyStore(), log: collectLog(log), lpoPort: 0, ...options })
  const open = await startOrStop(gateway)
  const { lpoUrl } = open
  return {
    gateway,
    url: lpoUrl,
    open,
    log,
    get: (path, headers = keyHeaders) => ask(`${lpoUrl}${path}`, { headers }),
    post: (path, body) =>
      ask(`${lpoUrl}${path}`, { method: 'POST', headers: { ...keyHeaders, 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    stop: () => gateway.stop(),
  }
}

async function startOrStop(gateway: Gateway): Promise<OpenPorts> {
  try {
    return await gateway.start()
  } catch (error) {
    await gateway.stop()
    throw error
  }
}

/** One request, with the answer read to its end. */
export async function ask(url: string, init: RequestInit = {}): Promise<Answer> {
  const response = await fetch(url, init)
  const text = await response.text()
  return { status: response.status, headers: response.headers, text, body: parseObject(text) }
}

/** Sends bytes over a bare socket and gives back all that came until the other side closed it. */
export async function sendRaw(url: string, bytes: string): Promise<string> {
  const { hostname, port } = new URL(url)
  return new Promise((resolve, reject) => {
    let received = ''
    const socket = connect(Number(port), hostname, () => socket.write(bytes, 'latin1'))
    socket.setEncoding('utf8')
    socket.setTimeout(8000, () => socket.destroy(new Error(`No end after 8 s; so far: ${received}`)))
    socket.on('data', (part: string) => (received += part))
    socket.on('error', reject)
    socket.on('close', () => resolve(received))
  })
}

function parseObject(text: string): JsonObject {
  try {
    const parsed: unknown = JSON.parse(text)
    return typeof parsed === 'object' && parsed !== null ? (parsed as JsonObject) : {}
  } catch {
    return {}
  }
}

function collectLog(lines: string[]): Log {
  const write = (...parts: readonly unknown[]): void =>
    void lines.push(parts.map((part) => (typeof part === 'string' ? part : JSON.stringify(part))).join(' '))
  return { level: 'info', debug: write, info: write, warn: write, error: write }
}
