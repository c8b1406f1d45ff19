import { existsSync, readFileSync, statSync } from 'node:fs'
import module from 'node:module'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { TrinityError, isTrinityError } from '@trinity/core'
import { type ConnectorModule, type ConnectorSet, addConnectors } from './connector-set.ts'

/**
 * The server's own connectors and, after them, those of the modules named in TRINITY_CONNECTORS.
 * @param names package names or paths of modules
 * @param folder what paths and package names are resolved from
 * @throws TrinityError `TRN_SETTING_INVALID` for a name that leads nowhere, `TRN_CONNECTOR_INVALID` for a module that does not fit
 */
export async function loadConnectors(names: readonly string[], folder = process.cwd()): Promise<ConnectorSet> {
  const modules: ConnectorModule[] = []
  for (const name of names) modules.push({ name, exports: await importModule(name, folder) })
  return addConnectors(modules)
}

async function importModule(name: string, folder: string): Promise<Readonly<Record<string, unknown>>> {
  const path = resolve(folder, name)
  const isPath = /^\.{0,2}[\\/]|^\.{1,2}$|^[A-Za-z]:[\\/]/.test(name) || existsSync(path)
  if (isPath && !existsSync(path)) throw new TrinityError('TRN_SETTING_INVALID', `TRINITY_CONNECTORS: there is no file or folder ${path}.`)
  try {
    if (!isPath) return await importFrom(name, folder)
    if (statSync(path).isDirectory()) return await importFrom(packageName(path), path)
    return await importFrom(pathToFileURL(path).href, folder)
  } catch (error) {
    if (isTrinityError(error)) throw error
    const words = error instanceof Error ? error.message : String(error)
    if (words.startsWith(`Cannot find package '${name}'`))
      throw new TrinityError(
        'TRN_SETTING_INVALID',
        `TRINITY_CONNECTORS: there is no package '${name}' to be found from ${folder}; a path starts with ./`,
      )
    throw new TrinityError('TRN_CONNECTOR_INVALID', `TRINITY_CONNECTORS: ${name} can't be loaded: ${words.split('\n')[0]}`, { cause: error })
  }
}

/** A package may import itself by its name, which makes its `exports` decide what is loaded. */
function packageName(folder: string): string {
  const file = join(folder, 'package.json')
  const { name, exports } = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as { name?: unknown; exports?: unknown }) : {}
  if (typeof name === 'string' && exports !== undefined) return name
  throw new TrinityError('TRN_SETTING_INVALID', `TRINITY_CONNECTORS: ${folder} has no package.json with a name and exports; name the module's file.`)
}

/**
 * Imports as a module in the folder would. `@trinity/core` is at hand everywhere, so that a connector can be a single file anywhere;
 * one that a module has installed beside it goes first.
 */
async function importFrom(specifier: string, folder: string): Promise<Readonly<Record<string, unknown>>> {
  const inFolder = pathToFileURL(join(folder, 'connectors.js')).href
  // Older than Node 22.15 there are no hooks: packages are then found from the gateway's own folder.
  const hooks = (module as Partial<typeof module>).registerHooks?.({
    resolve(wanted, context, next) {
      if (wanted === specifier) return next(wanted, { ...context, parentURL: inFolder })
      try {
        return next(wanted, context)
      } catch (error) {
        if (!/^@trinity\/core(\/|$)/.test(wanted)) throw error
        return next(wanted, { ...context, parentURL: import.meta.url })
      }
    },
  })
  try {
    return (await import(specifier)) as Readonly<Record<string, unknown>>
  } finally {
    hooks?.deregister()
  }
}
