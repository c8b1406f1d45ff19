import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { type BrokenLine, findRecordings, listRecordings, parseRecordingLine, readRecording } from './recordings.ts'

const folder = mkdtempSync(join(tmpdir(), 'trinity-recordings-'))
afterAll(() => rmSync(folder, { recursive: true }))

const line = (frame: string, at: number | null = 1): string => JSON.stringify({ at, dir: 'in', frame })

function read(content: string | Uint8Array): { frames: string[]; broken: BrokenLine[] } {
  const file = join(folder, 'one.jsonl')
  writeFileSync(file, content)
  const broken: BrokenLine[] = []
  return { frames: [...readRecording(file, (where) => broken.push(where))].map(({ frame, line: number }) => `${number} ${frame}`), broken }
}

describe('a line', () => {
  test('is a frame with its time and direction', () => {
    expect(parseRecordingLine('{"at":null,"dir":"out","frame":"{\\"a\\":1.50}"}')).toEqual({ at: null, dir: 'out', frame: '{"a":1.50}', line: 0 })
    expect(parseRecordingLine('{"at":1.5,"dir":"in","frame":"","events":[{"kind":"alive"}],"more":1}', 7)).toEqual({
      at: 1.5,
      dir: 'in',
      frame: '',
      line: 7,
      events: [{ kind: 'alive' }],
    })
  })

  test.each([
    ['', 'not JSON'],
    ['{"at":1,"dir":"in","frame":"x"', 'not JSON'],
    ['[]', 'not a JSON object'],
    ['7', 'not a JSON object'],
    ['{"at":1,"dir":"in"}', 'frame is not a string'],
    ['{"at":1,"dir":"in","frame":{}}', 'frame is not a string'],
    ['{"at":1,"dir":"both","frame":"x"}', "dir is neither 'in' nor 'out'"],
    ['{"dir":"in","frame":"x"}', 'at is neither a number nor null'],
    ['{"at":"1","dir":"in","frame":"x"}', 'at is neither a number nor null'],
    ['{"at":1e999,"dir":"in","frame":"x"}', 'at is neither a number nor null'],
    ['{"at":1,"dir":"in","frame":"x","events":{}}', 'events is not an array'],
  ])('%s is broken: %s', (text, reason) => {
    expect(parseRecordingLine(text)).toContain(reason)
  })
})

describe('a file', () => {
  test('with broken lines says each with file, line and reason, and goes on', () => {
    const { frames, broken } = read([line('a'), '{"at":1,"dir"', line('b'), '{}', '', line('c')].join('\n'))
    expect(frames).toEqual(['1 a', '3 b', '6 c'])
    expect(broken.map(({ file, line: number, reason }) => [file, number, reason])).toEqual([
      [join(folder, 'one.jsonl'), 2, expect.stringContaining('not JSON')],
      [join(folder, 'one.jsonl'), 4, 'frame is not a string'],
    ])
  })

  test('may end with a line end, without one, or in the middle of a line', () => {
    expect(read(`${line('a')}\n`)).toEqual({ frames: ['1 a'], broken: [] })
    expect(read(`${line('a')}\r\n${line('b')}\r\n`)).toEqual({ frames: ['1 a', '2 b'], broken: [] })
    expect(read(`${line('a')}\n${line('b').slice(0, 20)}`)).toMatchObject({ frames: ['1 a'], broken: [{ line: 2 }] })
    expect(read('')).toEqual({ frames: [], broken: [] })
  })

  test('gives frames of any length, whole, also where characters of several bytes fall on a border', () => {
    const long = 'ü€𝄞'.repeat(50_000)
    expect(read([line(long), line('x'.repeat(65_536)), line('y')].join('\n')).frames).toEqual([`1 ${long}`, `2 ${'x'.repeat(65_536)}`, '3 y'])
  })

  test('a line that is no UTF-8 or too long is broken, the next is not', () => {
    const bad = Buffer.concat([Buffer.from('{"at":1,"dir":"in","frame":"'), Buffer.from([0xff]), Buffer.from('"}\n'), Buffer.from(line('b'))])
    expect(read(bad)).toMatchObject({ frames: ['2 b'], broken: [{ line: 1, reason: 'not UTF-8' }] })
    const huge = Buffer.concat([Buffer.alloc((32 << 20) + 1, 'x'), Buffer.from(`\n${line('b')}`)])
    expect(read(huge)).toMatchObject({ frames: ['2 b'], broken: [{ line: 1, reason: expect.stringContaining('longer') }] })
  })

  test('that can not be read is a coded error with its name', () => {
    const missing = join(folder, 'missing.jsonl')
    expect(() => [...readRecording(missing)]).toThrow(
      expect.objectContaining({ code: 'TRN_RECORDING_INVALID', message: expect.stringContaining(missing) }),
    )
    expect(() => [...readRecording(folder)]).toThrow(expect.objectContaining({ code: 'TRN_RECORDING_INVALID' }))
  })

  test('may be left before its end', () => {
    read([line('a'), line('b')].join('\n'))
    for (const { frame } of readRecording(join(folder, 'one.jsonl'))) {
      expect(frame).toBe('a')
      break
    }
  })
})

describe('the folder of recordings', () => {
  test('is the one named, or the one beside the root, or none', () => {
    const root = join(folder, 'clone')
    expect(findRecordings(root, {})).toBeUndefined()
    expect(findRecordings(root, { TRINITY_RECORDINGS: folder })).toBe(folder)
    mkdirSync(join(folder, 'shared', 'exchanges', 'recordings'), { recursive: true })
    expect(findRecordings(root, { TRINITY_RECORDINGS: '' })).toBe(join(folder, 'shared', 'exchanges', 'recordings'))
  })

  test('a named one that is not there is a wrong setting', () => {
    expect(() => findRecordings(folder, { TRINITY_RECORDINGS: '/does/not/exist' })).toThrow(
      expect.objectContaining({ code: 'TRN_SETTING_INVALID', message: expect.stringContaining('TRINITY_RECORDINGS=/does/not/exist') }),
    )
  })

  test('holds the files of a venue by name', () => {
    mkdirSync(join(folder, 'plain'), { recursive: true })
    for (const name of ['b.jsonl', 'a.jsonl', 'a.trades.json', 'rest.json']) writeFileSync(join(folder, 'plain', name), '')
    expect(listRecordings(folder, 'plain')).toEqual([join(folder, 'plain', 'a.jsonl'), join(folder, 'plain', 'b.jsonl')])
    expect(listRecordings(folder, 'nowhere')).toEqual([])
  })
})
