/**
 * @typedef {'live' | 'stale' | 'pending' | 'rejected' | 'missing'} ListingState
 * @typedef {ListingState | 'halted'} ShownState
 *
 * @typedef {object} Listing
 * @property {string} symbol
 * @property {string} asset
 * @property {string[]} aliases
 * @property {string} currency
 * @property {'trading' | 'halted' | null} market
 * @property {ListingState} state
 * @property {string | null} price
 * @property {number | null} age_seconds
 * @property {string} why
 *
 * @typedef {object} Venue
 * @property {string} id
 * @property {string} name
 * @property {string} region
 * @property {'ok' | 'degraded' | 'down'} state
 * @property {string} why
 * @property {Listing[]} listings
 *
 * @typedef {object} StatusBody
 * @property {string} at
 * @property {string} node
 * @property {string | null} mode
 * @property {Venue[]} venues
 *
 * @typedef {object} Tile
 * @property {Listing} listing
 * @property {number | null} provedAt of the page's own clock, in milliseconds
 * @property {'up' | 'down' | 'same'} move of the price, against the one before
 *
 * @typedef {object} VenueBoard
 * @property {Omit<Venue, 'listings'>} venue
 * @property {Map<string, Tile>} tiles
 *
 * @typedef {object} Board
 * @property {string} node
 * @property {string | null} mode
 * @property {VenueBoard[]} venues
 */

/** States in the order of the summary. @type {readonly ShownState[]} */
export const shownStates = ['live', 'halted', 'stale', 'pending', 'rejected', 'missing']

/**
 * The one word for a listing: that its market is halted explains all else.
 *
 * @param {Listing} listing
 * @returns {ShownState}
 */
export function shownState({ market, state }) {
  return market === 'halted' ? 'halted' : state
}

/**
 * Whether a search in upper case finds the listing by one of its names.
 *
 * @param {Listing} listing
 * @param {string} search
 */
export function isFound({ asset, aliases }, search) {
  return [asset, ...aliases].some((name) => name.includes(search))
}

/**
 * The board after a message: a snapshot (`old` undefined) starts anew, an update replaces what it names.
 *
 * @param {Board | undefined} old
 * @param {StatusBody} body
 * @param {number} now the page's own clock, so that a wrong one does no harm
 * @returns {Board}
 */
export function takeMessage(old, body, now) {
  const venues = body.venues.map(({ listings, ...venue }) => {
    const before = old?.venues.find((other) => other.venue.id === venue.id)?.tiles
    const tiles = new Map(before)
    for (const listing of listings) {
      const key = `${listing.asset} ${listing.symbol}`
      tiles.set(key, {
        listing,
        provedAt: listing.age_seconds === null ? null : now - listing.age_seconds * 1000,
        move: movement(before?.get(key)?.listing.price ?? null, listing.price),
      })
    }
    return { venue, tiles }
  })
  return { node: body.node, mode: body.mode, venues }
}

/**
 * How many listings are in each state.
 *
 * @param {Board} board
 * @returns {Record<ShownState, number>}
 */
export function countStates(board) {
  const counts = { live: 0, halted: 0, stale: 0, pending: 0, rejected: 0, missing: 0 }
  for (const { tiles } of board.venues) for (const { listing } of tiles.values()) counts[shownState(listing)]++
  return counts
}

/**
 * @param {string | null} before
 * @param {string | null} after
 * @returns {Tile['move']}
 */
function movement(before, after) {
  if (before === null || after === null || Number(before) === Number(after)) return 'same'
  return Number(after) > Number(before) ? 'up' : 'down'
}
