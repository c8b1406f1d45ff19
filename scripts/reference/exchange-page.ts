import { defaultConnectors } from '../../packages/gateway/src/connectors.ts'
import { assetTable } from '../../packages/gateway/src/settings/assets.ts'
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
  return generatedPage(
    'Exchanges',
    'Wire numbers 1–127 are registered here; 128–254 are free for private connectors.',
    markdownTable(['Exchange', 'Wire', 'Source', 'Address', 'Quotes', 'Dead after', 'Symbols per connection / frame', 'REST every'], rows),
    ...regionSection(),
    '## Markets',
    '`GET /exchanges` shows `market` for each listing: `trading`, or `halted` while the venue lists the symbol and does not trade it. A halted market keeps its last price, which ages, and opens again with its first trade, or when the venue lists it as trading; its listing is read again within three minutes.',
    ...assetSections(),
  )
}

function regionSection(): readonly string[] {
  const rows = defaultConnectors.flatMap(({ name, regions = {}, quotes }) =>
    Object.entries(regions).map(([region, place]) => [`\`${name}\``, `\`${region}\``, place.urls.join(', '), (place.quotes ?? quotes).join(', ')]),
  )
  return rows.length === 0
    ? []
    : [
        '## Regions',
        'Addresses in place of those above where the operator chooses a region ([settings](settings.md)).',
        markdownTable(['Exchange', 'Region', 'Address', 'Quotes'], rows),
      ]
}

function assetSections(): readonly string[] {
  const { rows, prewarmed, asOf } = assetTable
  const prewarmedRows = defaultConnectors.map(({ name }) => {
    const own = rows.flatMap(({ asset, names = {} }) => (names[name] === undefined ? [] : [`${asset} as ${names[name].join(', else ')}`]))
    return [`\`${name}\``, (prewarmed[name] ?? []).join(' '), own.length === 0 ? '–' : own.join('; ')]
  })
  const aliases = rows.flatMap(({ asset, aliases: others }) => (others === undefined ? [] : [[asset, others.join(', ')]]))
  const successors = rows.flatMap(({ asset, successor }) => (successor === undefined ? [] : [[asset, successor]]))
  return [
    '## Prewarmed assets',
    markdownTable(['Exchange', 'Assets', 'Other names there'], prewarmedRows),
    '## Names of assets',
    `As known on ${asOf}. All names of one asset answer the same listings.`,
    markdownTable(['Asset', 'Also'], aliases),
    'These were swapped into another asset, whose price is never theirs. Where no venue trades the old one, the answer is 404 and names the new one as `error.successor`.',
    markdownTable(['Asset', 'Successor'], successors),
  ]
}
