import { existsSync, globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Connector, TrinityError } from '@trinity/core'

/** What a new connector package is made from. */
export interface ScaffoldRequest {
  readonly name: string
  readonly wireId: number
  /** Of the package, new; by default one named after the connector. */
  readonly folder?: string
}

/** A connector package that was written. */
export interface Scaffold {
  readonly name: string
  readonly wireId: number
  /** Relative to the working directory, as are the paths that follow. */
  readonly folder: string
  /** What TRINITY_CONNECTORS takes. */
  readonly modulePath: string
  /** Relative to the folder. */
  readonly files: readonly string[]
}

/** Where it lies, there is a clone of this repository. */
const coreSource = join('packages', 'core', 'src', 'connector.ts')

/** Names that can't be those of a variable. */
const reserved =
  /^(?:arguments|await|break|case|catch|class|const|continue|debugger|default|delete|do|else|enum|eval|export|extends|false|finally|for|function|if|implements|import|in|instanceof|interface|let|new|null|package|private|protected|public|return|static|super|switch|this|throw|true|try|typeof|var|void|while|with|yield|assets|asset-names)$/

/**
 * The name of a new connector.
 * @throws TrinityError `TRN_SETTING_INVALID`
 */
export function readConnectorName(name: string, connectors: readonly Connector[]): string {
  if (!/^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/.test(name) || name.length > 40 || reserved.test(name))
    throw new TrinityError(
      'TRN_SETTING_INVALID',
      `'${name}' is no name for a connector; it must be lower-case letters, digits and dashes, and no word of JavaScript.`,
    )
  if (connectors.some((connector) => connector.name === name))
    throw new TrinityError('TRN_SETTING_INVALID', `There is a connector '${name}' already.`)
  return name
}

/** The lowest private wire number that none of the connectors has. */
export function freeWireId(connectors: readonly Connector[]): number {
  const taken = new Set(connectors.map(({ wireId }) => wireId))
  for (let wireId = 128; wireId <= 254; wireId++) if (!taken.has(wireId)) return wireId
  throw new TrinityError('TRN_SETTING_INVALID', 'All private wire numbers, 128 to 254, are taken by connectors of TRINITY_CONNECTORS.')
}

/**
 * Writes the package of a new connector.
 * @throws TrinityError `TRN_SETTING_INVALID` for a folder that exists or can't be made
 */
export function createScaffold({ name, wireId, folder = defaultFolder(name) }: ScaffoldRequest): Scaffold {
  const target = resolve(folder)
  if (existsSync(target)) throw new TrinityError('TRN_SETTING_INVALID', `${folder} exists already; choose another folder with --dir.`)
  const gateway = new URL('./', import.meta.resolve('@trinity/gateway/package.json'))
  const { dependencies } = JSON.parse(readFileSync(new URL('package.json', gateway), 'utf8')) as { dependencies: Record<string, string> }
  const modulePath = pathFrom('.', join(target, 'src/index.ts'))
  const clone = folderAbove(dirname(target), coreSource)
  const inClone = clone !== undefined
  const shownFolder = pathFrom(clone ?? '.', target)
  const values: Readonly<Record<string, string>> = {
    __NAME__: name,
    __ID__: name.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase()),
    __TITLE__: name.replace(/(?:^|-)(.)/g, (_, letter: string) => ` ${letter.toUpperCase()}`).trim(),
    __PACKAGE__: inClone ? `@trinity/connector-${name}` : `trinity-connector-${name}`,
    __WIRE__: String(wireId),
    __CORE__: dependencies['@trinity/core'] ?? '*',
    __PATH__: `${shownFolder}/src/index.ts`,
    __TOP__: inClone ? 'the top of the repository' : 'the folder in which this one was made',
    // The clone brings its test runner and the settings that tests need.
    __TEST__: inClone ? `npx vitest run ${shownFolder.slice(2)}` : `npm install --prefix ${shownFolder}\nnpm test --prefix ${shownFolder}`,
  }
  const templates = fileURLToPath(new URL('templates/connector/', gateway))
  const files = globSync('**/*.template', { cwd: templates })
    .map((file) => file.replaceAll('\\', '/').replace(/\.template$/, ''))
    // Inside a project with types of its own, its settings hold.
    .filter((file) => file !== 'tsconfig.json' || folderAbove(dirname(target), 'tsconfig.json') === undefined)
    .toSorted()
  try {
    for (const file of files) {
      const template = readFileSync(join(templates, `${file}.template`), 'utf8')
      // A clone brings its tools and their scripts itself.
      const text = inClone && file === 'package.json' ? template.replaceAll(/^ {2}"(?:scripts|devDependencies)": .*\n/gm, '') : template
      mkdirSync(dirname(join(target, file)), { recursive: true })
      writeFileSync(
        join(target, file),
        text.replaceAll(/__[A-Z]+__/g, (key) => values[key] ?? key),
        { flag: 'wx' },
      )
    }
  } catch (error) {
    throw new TrinityError('TRN_SETTING_INVALID', `${folder} can't be written (${String(error)}).`, { cause: error })
  }
  return { name, wireId, folder: relative('.', target) || '.', modulePath, files }
}

function defaultFolder(name: string): string {
  return existsSync(coreSource) ? join('packages', 'connectors', name) : name
}

function pathFrom(folder: string, path: string): string {
  return `./${relative(folder, path).replaceAll('\\', '/')}`
}

/** The nearest folder, this one or above it, that has the file; undefined where none has. */
function folderAbove(folder: string, file: string): string | undefined {
  const here = resolve(folder)
  if (existsSync(join(here, file))) return here
  return dirname(here) === here ? undefined : folderAbove(dirname(here), file)
}
