import type { Quote } from '@trinity/udp'

/** Quotes in aligned columns, one a line. */
export function quoteTable(quotes: readonly Quote[]): string {
  const rows = [['ASSET', 'PRICE', 'CURRENCY', 'STATUS', 'AGE', 'TRADED'], ...quotes.map(cellsOf)]
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? []
  return rows
    .map(
      (row) =>
        `${row
          .map((cell, column) => cell.padEnd(widths[column] ?? 0))
          .join('  ')
          .trimEnd()}\n`,
    )
    .join('')
}

function cellsOf(quote: Quote): string[] {
  if (!('price' in quote)) return [quote.asset, '-', '-', quote.status, '-', '-']
  const { asset, price, currency, status, ageMs, tradedAt } = quote
  return [asset, price, currency, status, `${(ageMs / 1000).toFixed(1)} s`, tradedAt === null ? '-' : new Date(tradedAt).toISOString()]
}
