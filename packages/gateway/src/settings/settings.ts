import { isIP } from 'node:net'
import { availableParallelism } from 'node:os'
import { TrinityError } from '@trinity/core'
import { z } from 'zod'
import { keptFiles, usualConnections } from './file-limit.ts'
import { type SettingDescriptor, type SettingValues, oneOf, optionalText, readSettings, textOf, wholeNumber } from './descriptor.ts'

const commaList = z
  .string()
  .default('')
  .transform((text) =>
    text
      .split(',')
      .map((part) => part.trim())
      .filter((part) => part !== ''),
  )

function address(fallback: string): Pick<SettingDescriptor<string>, 'allowed' | 'defaultText' | 'schema'> {
  const schema = z
    .string()
    .refine((text) => text === 'localhost' || isIP(text) !== 0)
    .default(fallback)
  return { allowed: 'an IP address or localhost', defaultText: fallback, schema }
}

/** Every environment variable of the server. */
export const serverSettings = {
  environment: {
    variable: 'TRINITY_ENV',
    description: 'In production nothing well known is seeded, no demo mode starts, and secrets must be given.',
    ...oneOf(['development', 'production'], 'development'),
  },
  serverType: {
    variable: 'SERVER_TYPE',
    description: 'The role of this process.',
    ...oneOf(['APP_REPORT_SERVER'], 'APP_REPORT_SERVER'),
  },
  node: {
    variable: 'CLUSTER_NODE',
    description: 'Name of this node in answers and logs.',
    ...textOf(/^[A-Za-z0-9._-]{1,64}$/, 'up to 64 letters, digits, dots, dashes and underscores', 'BeastMain'),
  },
  host: {
    variable: 'TRINITY_HOST',
    description: 'Address that the public ports listen on.',
    ...address('127.0.0.1'),
  },
  connectors: {
    variable: 'TRINITY_CONNECTORS',
    description: 'Modules with connectors beyond the built-in ones, resolved from the working directory; docs/guides/adding-an-exchange.md.',
    allowed: 'a comma list of package names or paths',
    schema: commaList,
  },
  lpoPort: {
    variable: 'TCP_PORT_LPO',
    description: 'HTTP port of the price oracle; 0 takes any free one.',
    ...wholeNumber(0, 65_535, 8080),
  },
  udpPort: {
    variable: 'UDP_PORT_LPO',
    description: 'UDP port of the price oracle; 0 takes any free one.',
    ...wholeNumber(0, 65_535, 2679),
  },
  udpTransport: {
    variable: 'TRINITY_UDP_TRANSPORT',
    description: 'How datagrams are read: native takes the addon of npm run build:native, auto takes it where there is one.',
    ...oneOf(['auto', 'native', 'dgram'], 'auto'),
  },
  udpTextMode: {
    variable: 'UDP_TEXT_MODE',
    description: 'Whether UDP questions in JSON, with the key in clear, are answered: to this machine alone, or not at all.',
    ...oneOf(['loopback', 'off'], 'loopback'),
  },
  serveWorkers: {
    variable: 'SERVE_WORKERS',
    description: 'Threads that answer callers; with 0 the main thread does, beside the feeds.',
    ...wholeNumber(0, 64, Math.max(0, availableParallelism() - 1)),
    defaultText: 'one for each core but the first',
  },
  adminHost: {
    variable: 'ADMIN_HOST',
    description: 'Address that the operators’ port listens on.',
    ...address('127.0.0.1'),
  },
  adminPort: {
    variable: 'ADMIN_PORT',
    description: 'HTTP port of the operators; 0 takes any free one.',
    ...wholeNumber(0, 65_535, 9091),
  },
  metricsToken: {
    variable: 'TRINITY_METRICS_TOKEN',
    description: 'Bearer token that /metrics on the operators’ port asks for; without one it answers whoever reaches the port.',
    secret: true,
    ...optionalText(/^\S{8,200}$/, '8 to 200 characters without spaces'),
  },
  dataDir: {
    variable: 'TRINITY_DATA_DIR',
    description: 'Folder of what this node keeps: keys, and secrets that nobody has given it.',
    ...textOf(/^\P{Cc}{1,150}$/u, 'a path of up to 150 characters', '.trinity'),
  },
  seedStressKey: {
    variable: 'SEED_STRESS_KEY',
    description: 'Knows the well-known key for load tests; on loopback and outside production only.',
    ...oneOf(['0', '1'], '0'),
  },
  maxConnections: {
    variable: 'HTTP_MAX_CONNECTIONS',
    description: 'HTTP connections of callers at once; three quarters of them are for callers who have not shown a good key within a minute.',
    allowed: 'a whole number from 16 to 1000000',
    defaultText: `the limit of open files less ${keptFiles}, at most ${usualConnections}`,
    schema: z
      .string()
      .regex(/^\d{1,7}$/)
      .transform(Number)
      .pipe(z.int().min(16).max(1_000_000))
      .optional(),
  },
  trustProxy: {
    variable: 'TRUST_PROXY',
    description: 'Balancers whose X-Forwarded-For is believed.',
    allowed: 'a comma list of IP addresses or CIDR ranges',
    schema: commaList.refine((parts) => parts.every(isAddressRange)),
  },
  logLevel: {
    variable: 'LOG_LEVEL',
    description: 'Least severe level that is logged.',
    ...oneOf(['silent', 'error', 'warn', 'info', 'debug'], 'info'),
  },
  logFormat: {
    variable: 'LOG_FORMAT',
    description: 'Lines for people or for machines.',
    ...oneOf(['text', 'json'], 'text'),
  },
  drainSeconds: {
    variable: 'SHUTDOWN_DRAIN_SECONDS',
    description: 'How long /ready answers 503 before the ports close.',
    ...wholeNumber(0, 600, 0),
  },
  allowEmbedded: {
    variable: 'ALLOW_EMBEDDED',
    description: 'Lets a production server run on the stores inside its own process.',
    ...oneOf(['0', '1'], '0'),
  },
  adminKey: {
    variable: 'ADMIN_KEY',
    description: 'Key of the operator; required in production.',
    secret: true,
    ...optionalText(/^\S{8,200}$/, '8 to 200 characters without spaces'),
  },
  masterKey: {
    variable: 'TRINITY_MASTER_KEY',
    description: 'Key that encrypts secrets at rest; required in production.',
    secret: true,
    allowed: '32 bytes in base64',
    schema: z
      .string()
      .refine((text) => /^[A-Za-z0-9+/]{43}=$/.test(text))
      .optional(),
  },
} as const satisfies Record<string, SettingDescriptor<unknown>>

export type ServerSettings = SettingValues<typeof serverSettings>

/** What a start asks for beside the environment. */
export interface StartRequest {
  /** `--replay` or another flag that feeds the server with prices that are not live. */
  readonly demoFlag?: string | undefined
}

/**
 * Reads the server's settings and holds them to the rules of production.
 * @throws TrinityError `TRN_SETTING_INVALID`
 */
export function readServerSettings(environment: Readonly<Record<string, string | undefined>>, request: StartRequest = {}): ServerSettings {
  const settings = readSettings(serverSettings, environment)
  if (settings.seedStressKey === '1' && !isLoopback(settings.host))
    throw new TrinityError(
      'TRN_SETTING_INVALID',
      `SEED_STRESS_KEY is 1, but TRINITY_HOST is ${settings.host}; the well-known key is for loopback only.`,
    )
  if (settings.environment !== 'production') return settings
  const refuse = (message: string): never => {
    throw new TrinityError('TRN_SETTING_INVALID', message)
  }
  if (request.demoFlag !== undefined) refuse(`${request.demoFlag} is not allowed with TRINITY_ENV=production: its prices are not live.`)
  if (settings.adminKey === undefined) refuse(`ADMIN_KEY is not set; in production it must be ${serverSettings.adminKey.allowed}.`)
  if (settings.masterKey === undefined) refuse(`TRINITY_MASTER_KEY is not set; in production it must be ${serverSettings.masterKey.allowed}.`)
  if (settings.seedStressKey === '1') refuse('SEED_STRESS_KEY is 1; in production no well-known key is seeded.')
  if (settings.allowEmbedded !== '1') refuse('ALLOW_EMBEDDED is not 1; in production the stores inside the process need that consent.')
  return settings
}

/** What TRINITY_CONNECTORS names, for commands that need no other setting. */
export function readConnectorNames(environment: Readonly<Record<string, string | undefined>>): readonly string[] {
  return readSettings({ connectors: serverSettings.connectors }, environment).connectors
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || host.startsWith('127.')
}

function isAddressRange(text: string): boolean {
  const [address = '', bits, ...rest] = text.split('/')
  const family = isIP(address)
  if (family === 0 || rest.length > 0) return false
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128))
}
