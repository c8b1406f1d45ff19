import { type Connector, connectorInRegion } from '@trinity/core'
import { type SettingDescriptor, oneOf, readSettings } from './descriptor.ts'

/** The setting of each connector that has regions, by the connector's name. */
export function regionSettings(connectors: readonly Connector[]): Readonly<Record<string, SettingDescriptor<string>>> {
  return Object.fromEntries(
    connectors.flatMap(({ name, title, regions }) => {
      if (regions === undefined) return []
      const description = `Which hosts of ${title} are used, for the feed and for REST.`
      return [[name, { variable: regionVariable(name), description, ...oneOf(['global', ...Object.keys(regions)], 'global') }]]
    }),
  )
}

/** What to say of regions that were chosen for a start on prices that are not live, by the flag that asks for it. */
export function unusedRegions(connectors: readonly Connector[], flag: string): readonly string[] {
  return connectors.flatMap(({ name, region }) =>
    region === undefined ? [] : [`${regionVariable(name)} is '${region}', but ${flag} uses no live host: it changes nothing.`],
  )
}

/** What to say of variables that name a region of a venue that has none, or of none that is here. */
export function unknownRegions(connectors: readonly Connector[], environment: Readonly<Record<string, string | undefined>>): readonly string[] {
  const known = new Set(Object.values(regionSettings(connectors)).map(({ variable }) => variable))
  const names = Object.keys(environment).filter((name) => /^TRINITY_\w+_REGION$/.test(name) && !known.has(name))
  return names.map((name) => `${name} changes nothing: variables like that are ${known.size === 0 ? 'not known here' : [...known].join(', ')}.`)
}

function regionVariable(name: string): string {
  return `TRINITY_${name.toUpperCase().replaceAll('-', '_')}_REGION`
}

/**
 * The connectors as they are in the regions that the environment chooses.
 * @throws TrinityError `TRN_SETTING_INVALID` that lists the regions there are
 */
export function connectorsInRegions(
  connectors: readonly Connector[],
  environment: Readonly<Record<string, string | undefined>>,
): readonly Connector[] {
  const regions = readSettings(regionSettings(connectors), environment)
  return connectors.map((connector) => connectorInRegion(connector, regions[connector.name] ?? 'global'))
}
