import type { ListedSymbol, MarketState } from './connector.ts'

/**
 * What a venue's own word says of a symbol. A word that is in no list counts as halted and is passed on, so that the log can name it; so does
 * anything that is no text.
 */
export function readMarketState(
  word: unknown,
  words: { readonly trading: readonly string[]; readonly halted: readonly string[]; readonly closed: readonly string[] },
): Pick<ListedSymbol, 'state' | 'unknownState'> {
  if (typeof word === 'string') {
    for (const state of ['trading', 'halted', 'closed'] as const satisfies readonly MarketState[]) if (words[state].includes(word)) return { state }
  }
  // An object may have a toString of the venue's making.
  const text = typeof word === 'object' && word !== null ? 'an object' : String(word)
  return { state: 'halted', unknownState: text.slice(0, 40) }
}
