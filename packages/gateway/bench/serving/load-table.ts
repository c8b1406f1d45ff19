import type { Spread } from '../statistics.ts'

/** `123 [110–130]`: thousands, median and range. */
export function thousandsText({ median, min, max }: Spread): string {
  const [middle, low, high] = [median, min, max].map((value) => (value / 1000).toFixed(1))
  return `${middle} [${low}–${high}]`
}

/** `41 [38–45]`: median and range in whole microseconds. */
export function microsecondsText({ median, min, max }: Spread): string {
  return `${Math.round(median)} [${Math.round(min)}–${Math.round(max)}]`
}

/** `97 %` */
export function shareText(share: number): string {
  return `${Math.round(share * 100)} %`
}
