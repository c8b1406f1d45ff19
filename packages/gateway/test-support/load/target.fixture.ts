/** Where a gateway listens. */
export interface LoadTarget {
  readonly host: string
  readonly httpPort: number
  readonly udpPort: number
}
