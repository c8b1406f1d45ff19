import { defaultConnectors } from '../../packages/gateway/src/connectors.ts'
import { prewarmedAssets } from '../../packages/gateway/src/settings/assets.ts'
import { generatedPage, markdownTable } from './markdown.ts'

export function exchangePage(): string {
  const rows = defaultConnectors.map(({ name, title, wireId, sourceTag, urls, quotes, heartbeat, limits, rest }) => [
    `${title} (\`${name}\`)`,
    String(wireId),
    `\`${sourceTag}\``,
    urls.join(', '),
    quotes.join(', '),
    `${heartbeat.silenceMs / 1000} s`,
    `${limits.symbolsPerConnection} / ${limits.symbolsPerFrame}`,
    rest === undefined ? '–' : `${rest.everyMs / 1000} s`,
  ])
  const assets = defaultConnectors.map(({ name, renames = {} }) => {
    const renamed = Object.entries(renames).map(([asset, names]) => `${asset} as ${names.join(', else ')}`)
    return [`\`${name}\``, (prewarmedAssets[name] ?? []).join(' '), renamed.length === 0 ? '–' : renamed.join('; ')]
  })
  return generatedPage(
    'Exchanges',
    'Wire numbers 1–127 are registered here; 128–254 are free for private connectors.',
    markdownTable(['Exchange', 'Wire', 'Source', 'Address', 'Quotes', 'Dead after', 'Symbols per connection / frame', 'REST every'], rows),
    '## Prewarmed assets',
    markdownTable(['Exchange', 'Assets', 'Other names there'], assets),
  )
}
