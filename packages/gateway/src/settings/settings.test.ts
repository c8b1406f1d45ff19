import { availableParallelism } from 'node:os'
import { describe, expect, test } from 'vitest'
import { readServerSettings, serverSettings } from './settings.ts'

type SettingName = keyof typeof serverSettings

interface SettingCase {
  /** What it is when the variable is absent or empty. */
  readonly fallback: unknown
  /** Texts that are taken, and what they become. */
  readonly good: readonly (readonly [string, unknown])[]
  readonly bad: readonly string[]
}

const masterKey = Buffer.alloc(32, 7).toString('base64')

const cases: Readonly<Record<SettingName, SettingCase>> = {
  environment: { fallback: 'development', good: [['development', 'development']], bad: ['prod', 'PRODUCTION', ' '] },
  serverType: { fallback: 'APP_REPORT_SERVER', good: [['APP_REPORT_SERVER', 'APP_REPORT_SERVER']], bad: ['LPO', 'app_report_server'] },
  node: { fallback: 'BeastMain', good: [['node-1.eu_west', 'node-1.eu_west']], bad: ['a b', 'x'.repeat(65), '<b>'] },
  host: {
    fallback: '127.0.0.1',
    good: [
      ['0.0.0.0', '0.0.0.0'],
      ['::1', '::1'],
      ['localhost', 'localhost'],
    ],
    bad: ['example.com', '256.0.0.1', '1.2.3', ' 127.0.0.1'],
  },
  connectors: {
    fallback: [],
    good: [['./mine.ts, @me/connector ,', ['./mine.ts', '@me/connector']]],
    bad: [],
  },
  udpPort: {
    fallback: 2679,
    good: [
      ['0', 0],
      ['65535', 65_535],
    ],
    bad: ['65536', '-1', 'x', '1.5'],
  },
  udpTransport: {
    fallback: 'auto',
    good: [
      ['native', 'native'],
      ['dgram', 'dgram'],
    ],
    bad: ['udp', 'NATIVE'],
  },
  udpTextMode: { fallback: 'loopback', good: [['off', 'off']], bad: ['on', '1'] },
  serveWorkers: {
    fallback: Math.max(0, availableParallelism() - 1),
    good: [
      ['0', 0],
      ['64', 64],
    ],
    bad: ['65', '-1', 'two'],
  },
  adminHost: { fallback: '127.0.0.1', good: [['::1', '::1']], bad: ['example.org', '256.1.1.1'] },
  adminPort: {
    fallback: 9091,
    good: [
      ['0', 0],
      ['9092', 9092],
    ],
    bad: ['65536', 'x'],
  },
  metricsToken: { fallback: undefined, good: [['12345678', '12345678']], bad: ['1234567', 'with space', 'x'.repeat(201)] },
  dataDir: { fallback: '.trinity', good: [['/var/lib/trinity', '/var/lib/trinity']], bad: ['x'.repeat(151)] },
  seedStressKey: { fallback: '0', good: [['1', '1']], bad: ['yes', '2'] },
  lpoPort: {
    fallback: 8080,
    good: [
      ['0', 0],
      ['65535', 65_535],
      ['8081', 8081],
    ],
    bad: ['65536', '-1', '80.5', '0x50', '8080 ', 'http', '1e3'],
  },
  maxConnections: {
    fallback: undefined,
    good: [
      ['16', 16],
      ['1000000', 1_000_000],
    ],
    bad: ['15', '1000001', '1e3', 'all', '-20', '20.5'],
  },
  trustProxy: {
    fallback: [],
    good: [
      ['10.0.0.0/8, ::1', ['10.0.0.0/8', '::1']],
      ['192.168.1.1', ['192.168.1.1']],
      ['2001:db8::/32', ['2001:db8::/32']],
    ],
    bad: ['10.0.0.0/33', 'all', '10.0.0.0/8/8', '::/129', 'true', '10.0.0.0/'],
  },
  logLevel: {
    fallback: 'info',
    good: [
      ['silent', 'silent'],
      ['debug', 'debug'],
    ],
    bad: ['loud', 'INFO', '30'],
  },
  logFormat: { fallback: 'text', good: [['json', 'json']], bad: ['xml', 'JSON'] },
  drainSeconds: {
    fallback: 0,
    good: [
      ['0', 0],
      ['600', 600],
    ],
    bad: ['601', '-1', '1.5', 'ten'],
  },
  allowEmbedded: {
    fallback: '0',
    good: [
      ['1', '1'],
      ['0', '0'],
    ],
    bad: ['yes', 'true', '2'],
  },
  adminKey: { fallback: undefined, good: [['0123456789abcdef', '0123456789abcdef']], bad: ['short', '0123456789 abcdef', 'x'.repeat(201)] },
  masterKey: {
    fallback: undefined,
    good: [[masterKey, masterKey]],
    bad: [masterKey.slice(0, -1), Buffer.alloc(31).toString('base64'), Buffer.alloc(33).toString('base64'), 'x'.repeat(44)],
  },
}

const names = Object.keys(serverSettings) as SettingName[]

const refusal = (environment: Readonly<Record<string, string>>, demoFlag?: string): unknown => {
  try {
    readServerSettings(environment, { demoFlag })
    return undefined
  } catch (error) {
    return error
  }
}

describe('every variable', () => {
  test.each(names)('%s has a default, also when the variable is empty', (name) => {
    expect(readServerSettings({})[name]).toEqual(cases[name].fallback)
    expect(readServerSettings({ [serverSettings[name].variable]: '' })[name]).toEqual(cases[name].fallback)
  })

  test.each(names.flatMap((name) => cases[name].good.map(([text, value]) => [name, text, value] as const)))('%s takes %j', (name, text, value) => {
    expect(readServerSettings({ [serverSettings[name].variable]: text })[name]).toEqual(value)
  })

  test.each(names.flatMap((name) => cases[name].bad.map((text) => [name, text] as const)))(
    '%s refuses %j with one line that names variable, value and what is allowed',
    (name, text) => {
      const descriptor = serverSettings[name]
      const error = refusal({ [descriptor.variable]: text })
      expect(error).toMatchObject({ code: 'TRN_SETTING_INVALID', message: expect.stringContaining(descriptor.variable) as string })
      const { message } = error as Error
      expect(message).toContain(descriptor.allowed)
      if ('secret' in descriptor) expect(message).not.toContain(text)
      else expect(message).toContain(`'${text}'`)
      expect(message).not.toContain('\n')
    },
  )

  test('is refused in one line also when its value has several', () => {
    expect(refusal({ CLUSTER_NODE: 'a\nb\r\u001b[31mc' })).toMatchObject({
      message: expect.stringMatching(/^CLUSTER_NODE is [^\p{Cc}]+$/u) as string,
    })
  })

  test.each(names)('%s is described, under a name of its own', (name) => {
    const { variable, description, allowed } = serverSettings[name]
    expect(variable).toMatch(/^[A-Z][A-Z_]+$/)
    expect(names.filter((other) => serverSettings[other].variable === variable)).toEqual([name])
    expect(description).toMatch(/^[A-Z].*\.$/)
    expect(allowed).toMatch(/^\S.*[^.]$/)
  })
})

describe('production', () => {
  const complete = { TRINITY_ENV: 'production', ADMIN_KEY: '0123456789abcdef', TRINITY_MASTER_KEY: masterKey, ALLOW_EMBEDDED: '1' }

  test('starts with its secrets and the consent to embedded stores', () => {
    expect(readServerSettings(complete)).toMatchObject({ environment: 'production', allowEmbedded: '1' })
  })

  test.each(['ADMIN_KEY', 'TRINITY_MASTER_KEY', 'ALLOW_EMBEDDED'] as const)('does not start without %s', (variable) => {
    const { [variable]: _left, ...rest } = complete
    expect(refusal(rest)).toMatchObject({ code: 'TRN_SETTING_INVALID', message: expect.stringContaining(variable) as string })
  })

  test.each(['--replay', '--simulate'])('refuses %s, which development allows', (flag) => {
    expect(refusal(complete, flag)).toMatchObject({
      code: 'TRN_SETTING_INVALID',
      message: expect.stringMatching(new RegExp(`${flag}.*TRINITY_ENV`)) as string,
    })
    expect(refusal({}, flag)).toBeUndefined()
  })
})
