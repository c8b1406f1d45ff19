const maxNames = 6

/** So much of the shorter of two names has to be in the other one. */
const minShare = 0.7

/** Of these names those that somebody may have meant by `name`, the most likely first; few. */
export function closeNames(name: string, names: readonly string[]): readonly string[] {
  const meant = pairs(name)
  const scored = names.map((candidate) => {
    const own = pairs(candidate)
    const shared = [...meant].filter((pair) => own.has(pair)).length
    return { candidate, share: shared / Math.min(meant.size, own.size), likeness: shared / (meant.size + own.size) }
  })
  const close = scored.filter(({ share }) => share >= minShare).sort((a, b) => b.likeness - a.likeness)
  return close.slice(0, maxNames).map(({ candidate }) => candidate)
}

/** Each two letters that follow each other. */
function pairs(text: string): ReadonlySet<string> {
  return new Set(Array.from({ length: Math.max(0, text.length - 1) }, (_, i) => text.slice(i, i + 2)))
}
