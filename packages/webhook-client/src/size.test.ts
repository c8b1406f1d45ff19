import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build } from 'tsup'
import { expect, test } from 'vitest'

const maxBytes = 5120
const packageFolder = join(import.meta.dirname, '..')

/** What is named of the package, as a bundler makes it for a browser. */
async function bundle(names: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'trinity-size-'))
  try {
    await writeFile(join(folder, 'entry.ts'), `export ${names} from ${JSON.stringify(join(packageFolder, 'src/index.ts'))}`)
    await build({
      config: false,
      silent: true,
      entry: [join(folder, 'entry.ts')],
      outDir: join(folder, 'out'),
      format: 'esm',
      target: 'es2022',
      platform: 'neutral',
      minify: true,
      treeshake: false,
      dts: false,
    })
    const [file = ''] = await readdir(join(folder, 'out'))
    return await readFile(join(folder, 'out', file), 'utf8')
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

test(`all of it is smaller than ${maxBytes} bytes minified`, async () => {
  const code = await bundle('*')
  expect(Buffer.byteLength(code)).toBeLessThan(maxBytes)
  expect(code).not.toMatch(/\b(import|require|Buffer|process|node:)\b/)
})

test('what is not used is left out', async () => {
  const code = await bundle('{ memoryReplay }')
  expect(code.length).toBeLessThan(300)
})

test('it depends on nothing', async () => {
  const manifest = JSON.parse(await readFile(join(packageFolder, 'package.json'), 'utf8')) as Record<string, unknown>
  expect(manifest).toMatchObject({ sideEffects: false })
  for (const kind of ['dependencies', 'peerDependencies', 'optionalDependencies']) expect(manifest).not.toHaveProperty(kind)
})
