import { Writable } from 'node:stream'
import { type Logger, pino } from 'pino'

/** What the server needs of a logger. */
export type Log = Pick<Logger, 'level' | 'debug' | 'info' | 'warn' | 'error'>

/** A logger that writes to standard error: JSON lines, or `time LEVEL message key=value` for people. */
export function createLog(level: string, format: 'text' | 'json'): Log {
  const options = { level, base: null }
  return format === 'json' ? pino(options, pino.destination({ dest: 2, sync: true })) : pino(options, textStream())
}

const levelNames: Readonly<Record<number, string>> = { 20: 'DEBUG', 30: 'INFO', 40: 'WARN', 50: 'ERROR' }

function textStream(): Writable {
  return new Writable({
    write(chunk: Buffer, _encoding, done) {
      const { level, time, msg, ...fields } = JSON.parse(chunk.toString()) as { level: number; time: number; msg?: string }
      const rest = Object.entries(fields).map(([key, value]) => `${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`)
      process.stderr.write(`${[new Date(time).toISOString().slice(11, 19), (levelNames[level] ?? '').padEnd(5), msg ?? '', ...rest].join(' ')}\n`)
      done()
    },
  })
}
