/** An upper-case ticker: no longer than the asset table of the serving threads and the UDP wire hold. */
export const tickerPattern: RegExp = /^[A-Z0-9]{1,15}$/
