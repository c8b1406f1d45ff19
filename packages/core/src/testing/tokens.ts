/** A JSON string, or a number, wherever it stands in a text. */
const tokenPattern = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g

/** The strings (without quotes and escapes) and number texts of a frame, as they stand there. */
export function frameTokens(frame: string): ReadonlySet<string> {
  const tokens = new Set<string>()
  for (const [token] of frame.matchAll(tokenPattern)) tokens.add(token.startsWith('"') ? unquote(token) : token)
  return tokens
}

/** Whether a text names a symbol as a word of its own: `trade.BTC_USD` names BTC_USD, `BTC_USDT` does not. */
export function namesSymbol(text: string, symbol: string): boolean {
  for (let at = text.indexOf(symbol); at >= 0; at = text.indexOf(symbol, at + 1)) {
    if (!isWordAt(text, at - 1) && !isWordAt(text, at + symbol.length)) return true
  }
  return false
}

function isWordAt(text: string, index: number): boolean {
  return /[A-Za-z0-9]/.test(text.charAt(index))
}

function unquote(token: string): string {
  try {
    return JSON.parse(token) as string
  } catch {
    return token.slice(1, -1)
  }
}
