import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { BackfillMarker } from '@trinity/core'
import { readRecording } from '@trinity/core/testing'
import { describe, expect, test } from 'vitest'
import { runTrinity, trinityCommand } from '../../test-support/run-trinity.fixture.ts'
import { type ExpectedTrade, knownRecordings, noRecordings } from '../../test-support/shared-recordings.fixture.ts'
import { tempFolder, writeRecording } from '../../test-support/temp-folder.fixture.ts'
import { defaultConnectors } from '../connectors.ts'

const time = '2026-07-10T00:00:00.123456Z'
const at = Date.parse('2026-07-10T00:00:00.123Z')

/** A Kraken frame with one trade; `more` stands in the trade as it is. */
const kraken = (price: string, id: number, type = 'update', symbol = 'ALGO/USD'): string =>
  `{"channel":"trade","type":"${type}","data":[{"symbol":"${symbol}","side":"buy","price":${price},"qty":1.50,"trade_id":${id},"timestamp":"${time}"}]}`

const recorded = (frame: string, dir = 'in'): string => JSON.stringify({ at: null, dir, frame })

const output = (stdout: string): readonly Record<string, unknown>[] =>
  stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Record<string, unknown>)

/** Runs a script in which `"$0" "$1"` is the command and `"$2"` a file. */
const runInBash = (script: string, file: string): { readonly stdout: string; readonly stderr: string } =>
  spawnSync('bash', ['-c', script, process.execPath, trinityCommand, file], { encoding: 'utf8' })

describe('trinity decode', () => {
  test('prints one line a trade with exactly the fields of the contract, in order, digit for digit', async () => {
    const file = writeRecording(tempFolder(), 'live.jsonl', [
      recorded(kraken('0.20010', 5001, 'snapshot')),
      recorded(kraken('1.2e-05', 5002)),
      recorded(kraken('7', 1, 'update', 'NOSUCH/USD')),
    ])
    const { code, stdout, stderr } = await runTrinity(['decode', 'kraken', file])
    expect(stdout).toBe(
      [
        `{"symbol":"ALGO/USD","asset":"ALGO","price":"0.20010","size":"1.50","at":${at},"id":"5001","backfill":true}`,
        `{"symbol":"ALGO/USD","asset":"ALGO","price":"1.2e-05","size":"1.50","at":${at},"id":"5002","backfill":false}`,
        `{"symbol":"NOSUCH/USD","asset":null,"price":"7","size":"1.50","at":${at},"id":"1","backfill":false}\n`,
      ].join('\n'),
    )
    expect([code, stderr]).toEqual([0, ''])
  })

  test('reads standard input, recording lines and raw frames mixed, with any line end', async () => {
    const input = [
      recorded(kraken('1', 1)),
      kraken('2', 2),
      '',
      recorded(kraken('9', 9), 'out'),
      `${kraken('3', 3)}\r`,
      '{"channel":"heartbeat"}',
      '  ',
      kraken('3', 3),
    ].join('\n')
    const { code, stdout, stderr } = await runTrinity(['decode', 'KRAKEN'], { input })
    expect(output(stdout).map(({ price }) => price)).toEqual(['1', '2', '3', '3'])
    expect([code, stderr]).toEqual([0, ''])
  })

  test('reads a pipe that is given as a file', () => {
    const file = writeRecording(tempFolder(), 'live.jsonl', [kraken('4.0', 4)])
    const { stdout, stderr } = runInBash('"$0" "$1" decode kraken <(cat "$2")', file)
    expect([output(stdout).map(({ price }) => price), stderr]).toEqual([['4.0'], ''])
  })

  test('counts broken lines on standard error, names them, and goes on', async () => {
    const input = [
      kraken('1', 1).slice(0, -3),
      recorded(kraken('1', 1)).slice(0, 40),
      '{"at":1,"dir":"sideways","frame":"x"}',
      'noise',
      kraken('2', 2),
    ].join('\n')
    const { code, stdout, stderr } = await runTrinity(['decode', 'kraken'], { input })
    expect(output(stdout).map(({ price }) => price)).toEqual(['2'])
    expect(stderr).toMatch(/^4 broken lines[^\n]* standard input: line 1 \([^\n]*line 2 \([^\n]*line 3 \(dir is neither[^\n]*line 4 \([^\n]*\n$/)
    expect(code).toBe(0)
  })

  test('counts a broken frame in a good line, and names file and line', async () => {
    const file = writeRecording(tempFolder(), 'cut.jsonl', [
      recorded(kraken('1', 1)),
      recorded(kraken('2', 2).slice(0, -3)),
      recorded('[0,[["0.1","2"]],"trade","XBT/USD"]'),
      recorded('[]'),
      recorded(kraken('9', 9).slice(0, -3), 'out'),
      recorded(kraken('3', 3)),
    ])
    const { code, stdout, stderr } = await runTrinity(['decode', 'kraken', file])
    expect(output(stdout).map(({ price }) => price)).toEqual(['1', '3'])
    expect(stderr).toBe(`1 broken line was left out of ${file}: line 2 (its frame is broken)\n`)
    expect(code).toBe(0)
  })

  test('counts bytes that are no UTF-8, also where they would make a good frame', async () => {
    const file = join(tempFolder(), 'bytes.jsonl')
    const good = Buffer.from(kraken('1', 1))
    const bad = Buffer.from(kraken('2', 2).replace('"side"', '"note":"?","side"'))
    bad[bad.indexOf('?')] = 0xff
    const long = Buffer.from(kraken('3', 3).replace('"side"', `"note":"${'ü'.repeat(70_000)}","side"`))
    writeFileSync(file, Buffer.concat([good, Buffer.from('\n'), bad, Buffer.from('\r\n'), long]))
    const { stdout, stderr } = await runTrinity(['decode', 'kraken', file])
    expect(output(stdout).map(({ price }) => price)).toEqual(['1', '3'])
    expect(stderr).toBe(`1 broken line was left out of ${file}: line 2 (not UTF-8)\n`)
  })

  test('names ten broken lines and counts all', async () => {
    const { stderr } = await runTrinity(['decode', 'kraken'], { input: 'noise\n'.repeat(4000) })
    expect(stderr).toMatch(/^4000 broken lines were left out of standard input: line 1 \([^\n]*line 10 \([^\n]*\) and 3990 more\n$/)
    expect(stderr.match(/line \d+ /g)).toHaveLength(10)
  })

  test("says where there is no trade at all, as in another venue's file", async () => {
    const file = writeRecording(tempFolder(), 'kraken.jsonl', [recorded(kraken('1', 1)), recorded(kraken('2', 2))])
    const { code, stdout, stderr } = await runTrinity(['decode', 'gemini', file])
    expect([code, stdout, stderr]).toEqual([0, '', `${file}: no trades of gemini in 2 lines; whose frames are they?\n`])
  })

  test('says that a folder is none of its files', async () => {
    const { code, stderr } = await runTrinity(['decode', 'kraken', tempFolder()])
    expect([code, stderr]).toEqual([1, expect.stringContaining('that is a folder; name a file')])
  })

  test('takes only line feeds for the end of a line, not the separators that JSON text may hold', async () => {
    const withSeparator = kraken('5.0', 5).replace('"side":"buy"', '"side":"b\u2028u\u2029y"')
    const { stdout, stderr } = await runTrinity(['decode', 'kraken'], { input: `${recorded(withSeparator)}\n${withSeparator}\n` })
    expect([stderr, output(stdout).map(({ price }) => price)]).toEqual(['', ['5.0', '5.0']])
  })

  test('marks the first frame of a symbol where the venue sends a snapshot without saying so', async () => {
    const okx = (price: string, id: number): string =>
      `{"arg":{"channel":"trades","instId":"TIA-USDT"},"data":[{"instId":"TIA-USDT","tradeId":"${id}","px":"${price}","sz":"1","side":"buy","ts":"${at}"}]}`
    const { stdout, stderr } = await runTrinity(['decode', 'okx'], { input: `pong\n${okx('5.10', 1)}\n${okx('5.20', 2)}\npong\r\n` })
    expect(stderr).toBe('')
    expect(output(stdout).map(({ price, backfill, asset }) => [price, backfill, asset])).toEqual([
      ['5.10', true, 'TIA'],
      ['5.20', false, 'TIA'],
    ])
  })

  test('ends quietly when its reader has seen enough', () => {
    const file = writeRecording(
      tempFolder(),
      'long.jsonl',
      Array.from({ length: 20_000 }, (_, i) => recorded(kraken('0.5', i))),
    )
    const { stdout, stderr } = runInBash('"$0" "$1" decode kraken "$2" | head -1; echo "codes ${PIPESTATUS[*]}"', file)
    expect(stdout).toMatch(/^\{[^\n]*"id":"0"[^\n]*\}\ncodes 0 0\n$/)
    expect(stderr).toBe('')
  })

  test.each([
    ['an unknown exchange', ['decode', 'nosuch', '/dev/null'], /nosuch.*kraken/],
    ['a missing file', ['decode', 'kraken', '/no/such.jsonl'], /\/no\/such\.jsonl/],
  ])('refuses %s with one line and exit code 1', async (_name, args, words) => {
    const { code, stdout, stderr } = await runTrinity(args)
    expect(stderr).toMatch(/^TRN_[A-Z_]+ [^\n]+\n$/)
    expect(stderr).toMatch(words)
    expect([code, stdout]).toEqual([1, ''])
  })
})

describe('the shared recordings', () => {
  const recordings = knownRecordings(defaultConnectors)
  const plain = ({ symbol, price, size, at: time, id, backfill }: ExpectedTrade): unknown => ({ symbol, price, size, at: time, id, backfill })

  test('are there for all six venues', ({ skip }) => {
    skip(noRecordings !== undefined, noRecordings)
    expect(new Set(recordings.map(({ venue }) => venue)).size).toBe(6)
  })

  test.each(recordings)('$name decodes to its trades', ({ venue, file, trades }) => {
    const connector = defaultConnectors.find(({ name }) => name === venue)
    if (connector === undefined) throw new Error(`There is no connector ${venue}.`)
    const marker = new BackfillMarker(connector)
    const found = [...readRecording(file)].flatMap(({ dir, frame, line }) =>
      marker
        .mark(dir === 'in' ? connector.decode(frame) : [])
        .flatMap((event) => (event.kind === 'tick' && event.at !== undefined ? [{ line, ...event }] : [])),
    )
    expect(
      found.map(({ line, symbol, price, size, at: time, id, backfill }) => ({
        symbol,
        price,
        size: size ?? null,
        at: time,
        id: id ?? null,
        line,
        backfill,
      })),
    ).toEqual(trades)
  })

  /** The recording with the most trades of each venue. */
  const largest = [...Map.groupBy(recordings, ({ venue }) => venue).values()].flatMap(
    (own) => own.toSorted((a, b) => b.trades.length - a.trades.length)[0] ?? [],
  )

  test.each(largest)('$name decodes to its trades by the command', async ({ venue, file, trades }) => {
    const { code, stdout, stderr } = await runTrinity(['decode', venue, file])
    expect(output(stdout).map(({ asset: _asset, ...trade }) => trade)).toEqual(trades.map(plain))
    expect([code, stderr]).toEqual([0, ''])
  })
})
