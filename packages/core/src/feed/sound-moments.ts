import type { RestPrices, Tick } from '../connector.ts'

/** The last moment that a date can show, epoch milliseconds. */
const lastMoment = 8.64e15

/** Whether a plug-in's number can be a moment or a pause, milliseconds; NaN and Infinity can't. */
export function isMoment(ms: unknown): ms is number {
  return typeof ms === 'number' && ms >= 0 && ms <= lastMoment
}

const isAbsentOrText = (id: unknown): boolean => id === undefined || typeof id === 'string'
const isAbsentOrMoment = (ms: unknown): boolean => ms === undefined || isMoment(ms)

/** Whether each time of a tick is a moment or absent, and its id a text or absent. */
export function hasSoundMoments({ at, orderAt, madeAt, rowAt, id }: Tick): boolean {
  return [at, orderAt, madeAt, rowAt].every(isAbsentOrMoment) && isAbsentOrText(id)
}

/** The tick without times and an id that are none; the same tick where all are sound. */
export function withSoundMoments(tick: Tick): Tick {
  if (hasSoundMoments(tick)) return tick
  const { at, orderAt, madeAt, rowAt, id, ...rest } = tick
  return {
    ...rest,
    at: isMoment(at) ? at : undefined,
    id: typeof id === 'string' ? id : undefined,
    ...(isMoment(orderAt) ? { orderAt } : {}),
    ...(isMoment(madeAt) ? { madeAt } : {}),
    ...(isMoment(rowAt) ? { rowAt } : {}),
  }
}

/** The prices of a body without times that are none; the same ones where all are sound. */
export function pricesWithSoundMoments(prices: RestPrices): RestPrices {
  const { ticks, madeAt } = prices
  if (isAbsentOrMoment(madeAt) && ticks.every(hasSoundMoments)) return prices
  return { ticks: ticks.map(withSoundMoments), ...(isMoment(madeAt) ? { madeAt } : {}) }
}
