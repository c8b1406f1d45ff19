/** Decides whether a thread has time for a request that is about to be answered. */
export interface LoadShedder {
  admit(): boolean
}
