import { siphashModule } from './siphash-module.ts'

/** SipHash-2-4 over memory of its own: whoever keeps keys and datagrams there copies nothing. */
export interface SipHash {
  /** All of the memory. It never grows, so views of it stay good. */
  readonly memory: Uint8Array<ArrayBuffer>
  /**
   * Writes the eight bytes of the tag of `length` bytes at `at`, big-endian, right behind them. `keyAt` is where the 16 bytes
   * of the key begin.
   * @throws A RangeError of WebAssembly where this leaves the memory.
   */
  tag(keyAt: number, at: number, length: number): void
  /** Whether the eight bytes behind `length` bytes at `at` are their tag. The time it takes doesn't tell how nearly they are. */
  verify(keyAt: number, at: number, length: number): boolean
}

/** Room for `bytes` bytes of keys and datagrams, rounded up to 64 KiB. About 25 ns a call for 40 bytes. */
export function createSipHash({ bytes }: { readonly bytes: number }): SipHash {
  const pages = Math.max(1, Math.ceil(bytes / pageBytes))
  const memory = new WebAssembly.Memory({ initial: pages, maximum: pages })
  const { tag, verify } = new WebAssembly.Instance(compiled(), { host: { memory } }).exports
  return {
    memory: new Uint8Array(memory.buffer),
    tag,
    verify: (keyAt, at, length) => verify(keyAt, at, length) === 1,
  }
}

const pageBytes = 65_536

/** Compiled once and only when asked for; each instance brings its own memory. */
function compiled(): object {
  module ??= new WebAssembly.Module(Buffer.from(siphashModule, 'base64'))
  return module
}

let module: object | undefined

/** What is used of WebAssembly here; the types of Node leave it to those of the browser. */
interface WebAssemblyApi {
  readonly Module: new (bytes: Uint8Array) => object
  readonly Memory: new (size: { initial: number; maximum: number }) => { readonly buffer: ArrayBuffer }
  readonly Instance: new (
    module: object,
    imports: object,
  ) => {
    readonly exports: {
      readonly tag: (keyAt: number, at: number, length: number) => void
      readonly verify: (keyAt: number, at: number, length: number) => number
    }
  }
}

const { WebAssembly } = globalThis as unknown as { readonly WebAssembly: WebAssemblyApi }
