/** What became of a request: an HTTP status, or 0 when no answer came. UDP's refusals count as the statuses that they stand for. */
export type CallStatus = number

/** Someone who asks for the price of one asset, again and again. */
export interface LoadCaller {
  /** Resolves when the answer is there or has become unlikely; never rejects. */
  ask(): Promise<CallStatus>
  close(): void
}

/** Where a caller calls, as whom and from where. */
export interface CallerOptions {
  readonly host: string
  readonly port: number
  readonly key: string
  readonly asset: string
  /** An address of this machine; absent = the system chooses. */
  readonly from?: string | undefined
  /** Whether any price is right, since they move; else the still one of the load servers is. */
  readonly anyPrice?: boolean | undefined
  /** After this time an answer is not waited for any more. */
  readonly patienceMs: number
}
