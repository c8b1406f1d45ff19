/** No log line is longer for it. */
const maxLength = 500

/** What a venue says of a rejection, from the fields that it spreads its words over: `Failed to subscribe: BTC-EUR is not a valid product`. */
export function rejectionText(...fields: readonly unknown[]): string {
  const words = fields.map((field) => (typeof field === 'string' || typeof field === 'number' ? String(field).trim() : ''))
  return (
    words
      .filter((word) => word !== '')
      .join(': ')
      .slice(0, maxLength) || 'refused'
  )
}
