import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { nodeTransport, systemClock } from '@trinity/core'
import { readRecording } from '@trinity/core/testing'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { LoopbackVenue } from '../../test-support/loopback-venue.fixture.ts'
import { tempFolder } from '../../test-support/temp-folder.fixture.ts'
import { frames, testConnector } from '../../test-support/test-connector.fixture.ts'
import { Recorder } from './recorder.ts'

interface Rig {
  readonly venue: LoopbackVenue
  readonly recorder: Recorder
  readonly file: string
  readonly notices: string[]
}

async function openRig(): Promise<Rig> {
  const venue = await new LoopbackVenue().open()
  onTestFinished(() => venue.close())
  const file = join(tempFolder(), 'recordings', 'alpha', 'live.jsonl')
  const notices: string[] = []
  const connector = testConnector({ name: 'alpha', url: `ws://${venue.host}/ws` })
  const onNotice = (notice: string): void => void notices.push(notice)
  const onFailure = (error: Error): void => void notices.push(error.message)
  const transport = nodeTransport()
  const recorder = new Recorder({ connector, file, transport, clock: systemClock, onNotice, onFailure })
  onTestFinished(() => recorder.stop())
  return { venue, recorder, file, notices }
}

describe('a recording', () => {
  test('holds every frame, both ways, as it was on the wire, in the format that a replay reads', async () => {
    const { venue, recorder, file, notices } = await openRig()
    const startedAt = Date.now()
    await recorder.open()
    recorder.start(['BTC-USD', 'ETH-USD'])
    await vi.waitFor(() => expect(recorder.counts.frames).toBe(3))
    const strange = '{ "t":"beat", "note":"grüße \u2028 \\n", "x": 1.50 }'
    venue.send(strange)
    venue.send('not JSON')
    venue.trade('BTC-USD', '83421.5700')
    await vi.waitFor(() => expect(recorder.counts).toEqual({ frames: 6, trades: 1, reconnects: 0 }))
    await recorder.stop()
    const lines = [...readRecording(file, (broken) => expect.fail(JSON.stringify(broken)))]
    expect(lines.map(({ dir }) => dir)).toEqual(['out', 'in', 'in', 'in', 'in', 'in'])
    expect(lines[0]?.frame).toBe('{"op":"subscribe","id":1,"symbols":["BTC-USD","ETH-USD"]}')
    expect(lines.slice(1, 3).map(({ frame }) => frame)).toEqual([frames.ack('BTC-USD'), frames.ack('ETH-USD')])
    expect(lines.slice(3, 5).map(({ frame }) => frame)).toEqual([strange, 'not JSON'])
    expect(lines[5]?.frame).toContain('"p":"83421.5700"')
    for (const { at } of lines) expect(at).toSatisfy((ms: number) => Number.isInteger(ms) && ms >= startedAt && ms <= Date.now())
    expect(readFileSync(file, 'utf8').endsWith('}\n')).toBe(true)
    expect(notices).toEqual([])
  })

  test('goes on after a cut and a refusal, and tells of both', async () => {
    const { venue, recorder, notices } = await openRig()
    await recorder.open()
    recorder.start(['BTC-USD', 'ETH-USD'])
    await vi.waitFor(() => expect(venue.clients).toBe(1))
    venue.send(frames.reject('ETH-USD', 'no such product'))
    await vi.waitFor(() => expect(notices).toEqual(['ETH-USD refused: no such product']))
    venue.cut()
    venue.restore()
    await vi.waitFor(() => expect(recorder.counts.reconnects).toBe(1))
    await vi.waitFor(() => expect(venue.clients).toBe(1), 3000)
    expect(notices[1]).toMatch(/connection lost \(closed with 1006.*\); next attempt in \d+\.\d s/)
    venue.trade('BTC-USD', '5')
    await vi.waitFor(() => expect(recorder.counts.trades).toBe(1), 3000)
  })

  test('never overwrites a file', async () => {
    const { recorder, file } = await openRig()
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, '')
    await expect(recorder.open()).rejects.toMatchObject({ code: 'EEXIST' })
    await recorder.stop()
    expect(readFileSync(file, 'utf8')).toBe('')
  })

  test('of nothing leaves no file', async () => {
    const { recorder, file } = await openRig()
    await recorder.open()
    expect(existsSync(file)).toBe(true)
    await recorder.stop()
    expect(existsSync(file)).toBe(false)
    await recorder.stop()
  })
})
