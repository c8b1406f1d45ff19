import { type Connector, type Transport, errorText, isTrinityError, nodeTransport } from '@trinity/core'
import { type Command } from 'commander'
import { defaultSet } from '../connector-set.ts'
import { loadConnectors } from '../load-connectors.ts'
import { connectorsInRegions } from '../settings/regions.ts'
import { readConnectorNames } from '../settings/settings.ts'
import { type Finding, examineServer } from './examine-server.ts'
import { formatTable, paint } from './terminal.ts'

/** Adds `trinity doctor`. */
export function addDoctor(program: Command): void {
  program
    .command('doctor')
    .description('Tell what is reachable, what is embedded, what falls back, and why.')
    .option('--json', 'print the findings as JSON')
    .action(async ({ json }: { json?: boolean }) => {
      const findings = await examine(nodeTransport({ connectTimeoutMs: 5000, requestTimeoutMs: 5000 }))
      process.stdout.write(json === true ? `${JSON.stringify({ findings })}\n` : `${showFindings(findings)}\n`)
      if (findings.some(({ state }) => state === 'failed')) process.exitCode = 1
    })
}

const colours = { ok: 'green', embedded: 'cyan', warning: 'yellow', failed: 'red' } as const

function showFindings(findings: readonly Finding[]): string {
  return formatTable(findings.map(({ what, state, detail }) => [what, paint(colours[state], state), detail]))
}

async function examine(transport: Transport): Promise<Finding[]> {
  const loaded = await examineConnectors()
  const { connectors, findings } = examineRegions(loaded.connectors)
  const venues = await Promise.all(
    connectors.map(async (connector) => [await examineSocket(connector, transport), await examineRest(connector, transport)]),
  )
  return [
    { what: 'node', state: 'ok', detail: process.version },
    ...(await examineServer()),
    ...loaded.findings,
    ...findings,
    { what: 'database', state: 'embedded', detail: 'API keys are kept in the data directory; the demo key works outside production' },
    { what: 'shared cache', state: 'embedded', detail: 'prices are kept in the process; REST fills in where a feed is silent' },
    ...venues.flat(),
  ]
}

/** The built-in connectors alone when those of the setting can't be loaded. */
async function examineConnectors(): Promise<{ readonly connectors: readonly Connector[]; readonly findings: readonly Finding[] }> {
  const names = readConnectorNames(process.env)
  if (names.length === 0) return { connectors: defaultSet.connectors, findings: [] }
  try {
    const { connectors } = await loadConnectors(names)
    const added = connectors.slice(defaultSet.connectors.length).map(({ name }) => name)
    return { connectors, findings: [{ what: 'connectors', state: 'ok', detail: `TRINITY_CONNECTORS adds ${added.join(', ')}` }] }
  } catch (error) {
    if (!isTrinityError(error)) throw error
    return { connectors: defaultSet.connectors, findings: [{ what: 'connectors', state: 'failed', detail: error.message }] }
  }
}

/** The usual hosts when a region is none. */
function examineRegions(connectors: readonly Connector[]): Awaited<ReturnType<typeof examineConnectors>> {
  try {
    const placed = connectorsInRegions(connectors, process.env)
    const moved = placed.filter((connector, i) => connector !== connectors[i]).map(({ name, urls }) => `${name} at ${urls[0]}`)
    return { connectors: placed, findings: moved.length === 0 ? [] : [{ what: 'regions', state: 'ok', detail: moved.join(', ') }] }
  } catch (error) {
    if (!isTrinityError(error)) throw error
    return { connectors, findings: [{ what: 'regions', state: 'failed', detail: error.message }] }
  }
}

async function examineSocket(connector: Connector, transport: Transport): Promise<Finding> {
  const what = `${connector.name} feed`
  const startedAt = performance.now()
  const url = connector.urls[0] ?? ''
  return new Promise((resolve) => {
    const socket = transport.connect(url, {
      onOpen() {
        resolve({ what, state: 'ok', detail: `${url} opened in ${Math.round(performance.now() - startedAt)} ms` })
        socket.close()
      },
      onFrame: () => undefined,
      onClose: ({ reason, status }) =>
        resolve({ what, state: 'failed', detail: `${url}: ${status === undefined ? reason : `HTTP ${status} ${reason}`}; prices fall back to REST` }),
    })
  })
}

async function examineRest(connector: Connector, transport: Transport): Promise<Finding> {
  const what = `${connector.name} REST`
  const request = connector.rest?.list?.request()
  if (request === undefined) return { what, state: 'warning', detail: 'the connector has none' }
  const startedAt = performance.now()
  try {
    const { status, body } = await transport.request(request)
    if (status !== 200) return { what, state: 'failed', detail: `${request.url} answered ${status}; quiet assets turn stale` }
    const listed = connector.rest?.list?.decode(body) ?? []
    if ('rejected' in listed) return { what, state: 'failed', detail: `${request.url} rejected the request: ${listed.rejected}` }
    const counts = (['trading', 'halted'] as const).map((state) => ({ state, count: listed.filter((symbol) => symbol.state === state).length }))
    const ms = Math.round(performance.now() - startedAt)
    return {
      what,
      state: counts[0]?.count === 0 ? 'failed' : 'ok',
      detail: `${counts.map(({ state, count }) => `${count} symbols ${state}`).join(', ')}, read in ${ms} ms`,
    }
  } catch (error) {
    return { what, state: 'failed', detail: `${request.url}: ${errorText(error)}; quiet assets turn stale` }
  }
}
