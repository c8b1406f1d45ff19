import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import * as udp from './index.ts'

const page = readFileSync(new URL('../../../docs/reference/udp.md', import.meta.url), 'utf8')

/** The rows of the table with this first cell, below this heading where one is given. */
function table(firstCell: string, heading?: string): readonly (readonly string[])[] {
  const part = heading === undefined ? page : page.slice(page.indexOf(`### ${heading}\n`))
  const lines = part.slice(part.indexOf(`\n| ${firstCell} |`) + 1).split('\n')
  const rows = lines.slice(
    2,
    lines.findIndex((line) => !line.startsWith('|')),
  )
  if (rows.length === 0) throw new Error(`no table that begins with ${firstCell}`)
  return rows.map((row) =>
    row
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim().replaceAll('`', '')),
  )
}

const camel = (name: string): string => name.toLowerCase().replace(/ (.)/g, (_, letter: string) => letter.toUpperCase())
const number = (text: string): number => Number(text.replaceAll(',', ''))

describe('docs/reference/udp.md', () => {
  test('lists the types', () => {
    expect(Object.fromEntries(table('Type').map(([type = '', name = '']) => [camel(name), number(type)]))).toEqual(udp.messageType)
  })

  test('tells the size of each type', () => {
    const { wireSize, assetsMost, quoteMost } = udp
    const sizes = Object.fromEntries(table('Type').map(([, name = '', , bytes = '']) => [camel(name), (bytes.match(/[\d,]*\d/g) ?? []).map(number)]))
    expect(sizes).toEqual({
      hello: [wireSize.hello],
      welcome: [wireSize.welcome],
      query: [wireSize.queryLeast, 18 + assetsMost * (1 + wireSize.symbolMost) + wireSize.tag],
      quote: [wireSize.quoteHead + wireSize.quoteEntryHead + wireSize.tag, quoteMost],
      report: [wireSize.reportLeast, wireSize.datagramMost],
      reportData: [wireSize.reportDataHead + wireSize.tag, wireSize.datagramMost],
      ping: [wireSize.ping],
      pong: [wireSize.ping],
      error: [wireSize.error, wireSize.taggedError, wireSize.clockError],
    })
  })

  test.each([
    ['Header', udp.wireSize.header],
    ['HELLO', udp.wireSize.hello],
    ['WELCOME', udp.wireSize.welcome],
    ['QUERY', udp.wireSize.queryLeast - 1],
    ['QUOTE', udp.wireSize.quoteHead + udp.wireSize.quoteEntryHead + udp.wireSize.tag],
    ['REPORT', udp.wireSize.reportLeast],
    ['REPORT DATA', udp.wireSize.reportDataHead + udp.wireSize.tag],
    ['PING and PONG', udp.wireSize.ping],
    ['ERROR', udp.wireSize.error],
  ])('lays out %s without gap, in as many bytes as the code counts', (heading, bytes) => {
    let end = 0
    for (const [offset = '', size = ''] of table('Offset', heading)) {
      if (offset !== 'end') expect(number(offset)).toBe(end)
      end += size === 'n' ? 0 : number(size)
    }
    expect(end).toBe(bytes)
  })

  test('lists the codes', () => {
    const numbers = (firstCell: string): number[] => table(firstCell).map(([code = '']) => number(code))
    expect(numbers('ERROR')).toEqual(Object.values(udp.refusalCode))
    expect(numbers('Status')).toEqual(Object.values(udp.assetStatus))
    expect(table('Status').map(([, meaning = '']) => /^\w+/.exec(meaning)?.[0])).toEqual(Object.keys(udp.assetStatus))
    expect(table('Currency')).toEqual([...udp.currencies.map((name, code) => [String(code), name]), [String(udp.otherCurrency), 'other']])
    expect(table('Tier')).toEqual(udp.cacheTiers.map((name, code) => [String(code + 1), name]))
  })

  test('tells the size of each ERROR as it is read', () => {
    const bytes = new Uint8Array(64)
    for (const [code = '', , size = ''] of table('ERROR')) {
      udp.writeRefusal(bytes, 0, 1, number(code), 0)
      const read = Array.from(bytes, (_, length) => length).filter((length) => udp.readRefusal(bytes, 0, length) !== undefined)
      expect(read).toEqual([number(size)])
    }
  })

  test('lists the limits, the magic, the version and the ports', () => {
    const limits = Object.entries(udp).flatMap(([name, value]) => (typeof value === 'number' && !others.has(name) ? [[name, String(value)]] : []))
    expect(new Map(table('Limit').map(([name, value]) => [name, value]))).toEqual(new Map(limits.map(([name, value]) => [name, value])))
    expect(page).toContain(`0x${udp.magic.toString(16)}`)
    expect(page).toContain(`version, ${udp.protocolVersion}`)
    expect(page).toContain(`port ${udp.defaultPort.prices}, reports from port ${udp.defaultPort.reports}`)
  })

  test('lists the errors of the client', () => {
    const errors = Object.entries(udp.udpErrorTable).map(([code, { retryable, meaning }]) => [code, retryable ? 'yes' : 'no', meaning])
    expect(table('Error')).toEqual(errors)
  })
})

/** Numbers that stand elsewhere on the page. */
const others = new Set(['magic', 'protocolVersion', 'noSource', 'otherCurrency', 'quoteMost'])
