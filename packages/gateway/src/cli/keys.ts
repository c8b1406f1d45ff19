import { type Tier, TrinityError, systemClock, tiers } from '@trinity/core'
import { type Command, InvalidArgumentError, Option } from 'commander'
import { type FiledKey, createFiledKey, keyFileIn, readKeyFile, revokeFiledKey } from '../access/key-file/key-file.ts'
import { type MasterKey, readMasterKey } from '../access/key-file/master-key.ts'
import { planTable } from '../access/plan-table.ts'
import { readSettings } from '../settings/descriptor.ts'
import { serverSettings } from '../settings/settings.ts'
import { describeDataFolder } from './data-folder.ts'
import { formatTable, paint } from './terminal.ts'

interface CreateOptions {
  readonly tier: Tier
  readonly name: string
  readonly json?: boolean
}

/** Adds `trinity keys`. */
export function addKeys(program: Command): void {
  const keys = program
    .command('keys')
    .description('Make, list and revoke the API keys kept in the data directory; a running server notices within a second.')
    .addHelpText('after', '\nTRINITY_DATA_DIR is the data directory; TRINITY_MASTER_KEY, or master.key in it, encrypts what UDP needs of a key.')
  keys
    .command('create')
    .description('Make a key and show it, this once.')
    .addOption(new Option('--tier <tier>', 'plan of the key').choices(tiers).makeOptionMandatory())
    .option('--name <name>', 'whose key it is, for lists and logs', readName, '')
    .option('--json', 'print the key as one JSON line')
    .addHelpText('after', `\n${formatTable(planTable())}`)
    .action(create)
  keys
    .command('list')
    .description('Show what is known of each key; never the key itself.')
    .option('--json', 'print the list as one JSON line')
    .action(list)
  keys
    .command('revoke')
    .description('Have a key refused from now on.')
    .argument('<id>', 'as keys list shows it, or the key itself')
    .option('--json', 'print what is known of the key as one JSON line')
    .action(revoke)
}

async function create({ tier, name, json }: CreateOptions): Promise<void> {
  const dataDir = readDataDir()
  const place = describeDataFolder(dataDir, process.cwd())
  const master = await readMaster(dataDir)
  const { key, filed } = await createFiledKey(dataDir, master, { name, tier, nowMs: systemClock.now() })
  if (json === true) {
    process.stderr.write(`${place.join('\n')}\n`)
    return print({ id: filed.id, key, ...describe(filed) })
  }
  process.stdout.write(
    [
      `${paint('bold', filed.id)} is a ${tier} key${name === '' ? '' : ` for ${name}`}:`,
      `  ${paint('green', key)}`,
      'It is shown only now and kept nowhere: store it safely.',
      `To have it refused again: trinity keys revoke ${filed.id}`,
      ...place,
      '',
    ].join('\n'),
  )
}

async function list({ json }: { readonly json?: boolean }): Promise<void> {
  const file = keyFileIn(readDataDir())
  const { keys } = await readKeyFile(file)
  if (json === true) return print({ keys: keys.map((filed) => ({ id: filed.id, ...describe(filed) })) })
  if (keys.length === 0) return void process.stdout.write(`${file} holds no keys; trinity keys create --tier pro makes one.\n`)
  const rows = keys.map((filed) => [
    filed.id,
    filed.tier,
    filed.revoked_at === null ? paint('green', 'active') : paint('red', 'revoked'),
    shortTime(filed.created_at),
    filed.revoked_at === null ? '' : shortTime(filed.revoked_at),
    filed.name,
  ])
  const head = ['ID', 'TIER', 'STATE', 'CREATED', 'REVOKED', 'NAME'].map((title) => paint('bold', title))
  process.stdout.write(`${formatTable([head, ...rows])}\n`)
}

async function revoke(idOrKey: string, { json }: { readonly json?: boolean }): Promise<void> {
  const { filed, wasRevoked } = await revokeFiledKey(readDataDir(), idOrKey, systemClock.now())
  if (json === true) return print({ id: filed.id, ...describe(filed) })
  const since = shortTime(filed.revoked_at ?? '')
  process.stdout.write(
    wasRevoked
      ? `${filed.id} is revoked already, since ${since}.\n`
      : `${filed.id} is revoked; every server on this data directory refuses it within a second.\n`,
  )
}

function readDataDir(): string {
  return readSettings({ dataDir: serverSettings.dataDir }, process.env).dataDir
}

/** A production server asks for TRINITY_MASTER_KEY; a key made under another one would be of no use to it over UDP. */
async function readMaster(dataDir: string): Promise<MasterKey> {
  const { environment, masterKey } = readSettings({ environment: serverSettings.environment, masterKey: serverSettings.masterKey }, process.env)
  if (environment === 'production' && masterKey === undefined)
    throw new TrinityError('TRN_SETTING_INVALID', `TRINITY_MASTER_KEY is not set; in production it must be ${serverSettings.masterKey.allowed}.`)
  return readMasterKey(dataDir, masterKey)
}

function describe({ name, tier, created_at, revoked_at }: FiledKey): Pick<FiledKey, 'name' | 'tier' | 'created_at' | 'revoked_at'> {
  return { tier, name, created_at, revoked_at }
}

function print(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value)}\n`)
}

function shortTime(text: string): string {
  return `${text.slice(0, 16).replace('T', ' ')}Z`
}

function readName(text: string): string {
  if (text.length > 100 || /\p{Cc}/u.test(text)) throw new InvalidArgumentError('it must be up to 100 characters, without control characters.')
  return text
}
