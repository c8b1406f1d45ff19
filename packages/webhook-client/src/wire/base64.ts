/** Decodes canonical base64 only: padded, no blanks, no loose bits; undefined for anything else. */
export function bytesFromBase64(text: string): Uint8Array<ArrayBuffer> | undefined {
  try {
    const binary = atob(text)
    const bytes = new Uint8Array(binary.length)
    for (let i = 0; i < bytes.length; i++) bytes[i] = binary.charCodeAt(i)
    if (btoa(binary) === text) return bytes
  } catch {
    // No base64 of any kind.
  }
  return undefined
}
