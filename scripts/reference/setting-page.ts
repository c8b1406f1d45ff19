import { defaultConnectors } from '../../packages/gateway/src/connectors.ts'
import { defaultParameters } from '../../packages/gateway/src/settings/parameters.ts'
import { regionSettings } from '../../packages/gateway/src/settings/regions.ts'
import { serverSettings } from '../../packages/gateway/src/settings/settings.ts'
import type { SettingDescriptor } from '../../packages/gateway/src/settings/descriptor.ts'
import { generatedPage, markdownTable } from './markdown.ts'

export function settingPage(): string {
  const descriptors: readonly SettingDescriptor<unknown>[] = [...Object.values(serverSettings), ...Object.values(regionSettings(defaultConnectors))]
  const variables = descriptors.map(({ variable, description, allowed, defaultText, secret }) => [
    `\`${variable}\`${secret === true ? ' (secret)' : ''}`,
    description,
    allowed,
    defaultText === undefined ? '–' : `\`${defaultText}\``,
  ])
  const parameters = Object.entries(defaultParameters).map(([name, value]) => [`\`${name}\``, `\`${JSON.stringify(value)}\``])
  return generatedPage(
    'Settings',
    'Environment variables are read once, at start. A value that is not allowed stops the start with one line that names the variable, its value and what is allowed. An empty variable counts as not set.',
    markdownTable(['Variable', 'For', 'Allowed', 'Default'], variables),
    'With `TRINITY_ENV=production` the server refuses `--replay`, knows no demo key, requires `ADMIN_KEY` and `TRINITY_MASTER_KEY`, and runs on the stores inside its process only with `ALLOW_EMBEDDED=1`.',
    '## Price parameters',
    'Figures of the price service, given to `createGateway({ parameters })`.',
    markdownTable(['Parameter', 'Default'], parameters),
  )
}
