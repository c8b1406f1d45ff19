/** Remembers handled ids in two steps, so that an event whose handler failed is taken again when it is retried. */
export interface ReplayStore {
  /** Whether the id has been committed; asked after the signature was found right. */
  seen(id: string): boolean | PromiseLike<boolean>
  /** Call it after your handler succeeded. */
  commit(id: string): unknown
}

/**
 * A replay store in the memory of this process: the newest ids, the oldest forgotten first. Several processes, or an effect
 * that must never happen twice, need a store of their own: a unique index beside the effect.
 */
export function memoryReplay(maxIds = 10_000): ReplayStore {
  const ids = new Set<string>()
  // Kept, because from the beginning each time it would walk over all that was deleted.
  const oldest = ids.keys()
  return {
    seen: (id) => ids.has(id),
    commit: (id) => ids.add(id).size > maxIds && ids.delete(oldest.next().value as string),
  }
}
