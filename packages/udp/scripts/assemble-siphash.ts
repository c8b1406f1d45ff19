/** Assembles `siphash.wat` and writes it as the source that carries its bytes: `node packages/udp/scripts/assemble-siphash.ts`. */
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import startWabt from 'wabt'

const text = fileURLToPath(new URL('../src/siphash/siphash.wat', import.meta.url))
const target = fileURLToPath(new URL('../src/siphash/siphash-module.ts', import.meta.url))

/** The source as it must stand beside `siphash.wat`. */
export async function siphashModuleSource(): Promise<string> {
  const assembler = await startWabt()
  const module = assembler.parseWat('siphash.wat', readFileSync(text, 'utf8'))
  try {
    const base64 = Buffer.from(module.toBinary({}).buffer).toString('base64')
    const lines = (base64.match(/.{1,120}/g) ?? []).map((line) => `  '${line}'`)
    return `/** \`siphash.wat\` as assembled by \`scripts/assemble-siphash.ts\`, in base64. */\nexport const siphashModule =\n${lines.join(' +\n')}\n`
  } finally {
    module.destroy()
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(target, await siphashModuleSource())
