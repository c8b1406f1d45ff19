/** `npm start -- btc eth`: asks a gateway for prices over UDP and prints them. */
import { parseArgs } from 'node:util'
import { isUdpError, PriceClient } from '@trinity/udp'
import { quoteTable } from './quote-table.ts'

const { values, positionals: assets } = parseArgs({
  allowPositionals: true,
  options: {
    gateway: { type: 'string', default: process.env['TRINITY_GATEWAY'] ?? '127.0.0.1:2679' },
    key: { type: 'string', default: process.env['TRINITY_KEY'] ?? 'demo-public-2026-03-01-abc123' },
    json: { type: 'boolean', default: false },
  },
})

try {
  const { hostname, port } = new URL(`udp://${values.gateway}`)
  const client = await PriceClient.connect({ host: hostname.replace(/^\[(.*)\]$/, '$1'), port: Number(port || 2679), apiKey: values.key })
  try {
    const quotes = await client.query(assets.length === 0 ? ['btc', 'eth'] : assets)
    process.stdout.write(values.json ? `${JSON.stringify(quotes)}\n` : quoteTable(quotes))
  } finally {
    await client.close()
  }
} catch (error) {
  if (!isUdpError(error)) throw error
  process.stderr.write(`${error.code}: ${error.message}\n`)
  process.exitCode = 1
}
