import { execFileSync } from 'node:child_process'
import { globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createProgram } from '../packages/gateway/src/cli/program.ts'
import { repositoryRoot } from './workspace.ts'

interface CodeBlock {
  readonly page: string
  readonly language: string
  readonly code: string
}

const pages = ['README.md', 'CONTRIBUTING.md', ...globSync('docs/**/*.md', { cwd: repositoryRoot, exclude: ['docs/api/**'] })]

const blocks: readonly CodeBlock[] = pages.flatMap((page) => {
  const text = readFileSync(join(repositoryRoot, page), 'utf8')
  return [...text.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)].map(([, language = '', code = '']) => ({ page, language, code }))
})

function linesOf(language: string): readonly { readonly page: string; readonly line: string }[] {
  return blocks
    .filter((block) => block.language === language)
    .flatMap(({ page, code }) => code.split('\n').map((line) => ({ page, line: line.trim() })))
}

test('TypeScript in the documentation compiles against the sources', () => {
  const samples = blocks.filter(({ language }) => language === 'ts')
  expect(samples.length).toBeGreaterThan(0)
  // Inside the gateway's folder all packages of the workspace resolve.
  const folder = mkdtempSync(join(repositoryRoot, 'packages', 'gateway', 'doc-code-'))
  try {
    for (const [i, { page, code }] of samples.entries()) writeFileSync(join(folder, `sample-${i}.ts`), `// ${page}\n${code}\nexport {}\n`)
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ extends: '../../../tsconfig.json', include: ['*.ts'], exclude: [] }))
    execFileSync(process.execPath, [join(repositoryRoot, 'node_modules', '@typescript', 'native', 'bin', 'tsc'), '-p', folder], { encoding: 'utf8' })
  } finally {
    rmSync(folder, { recursive: true })
  }
})

test('every npm script in the documentation exists', () => {
  const { scripts } = JSON.parse(readFileSync(join(repositoryRoot, 'package.json'), 'utf8')) as { scripts: Record<string, string> }
  const named = linesOf('sh').flatMap(({ page, line }) => [...line.matchAll(/npm run (?:-s )?([\w:]+)/g)].map(([, name = '']) => ({ page, name })))
  expect(named.filter(({ name }) => !(name in scripts))).toEqual([])
})

test('every trinity command in the documentation exists with its options', () => {
  const used = linesOf('sh').flatMap(({ line }) => {
    const [, name, rest = ''] = /^(?:npx trinity|npm(?= start)) ([\w-]+)([^#]*)/.exec(line) ?? []
    return name === undefined ? [] : [{ line, name, options: rest.match(/--\w[\w-]*/g) ?? [] }]
  })
  expect(used.length).toBeGreaterThan(3)
  for (const { line, name, options } of used) {
    const group = createProgram().commands.find((candidate) => candidate.name() === name)
    expect(group, line).toBeDefined()
    const command = group?.commands.find((candidate) => line.includes(` ${name} ${candidate.name()}`)) ?? group
    expect(
      options.filter((option) => !command?.options.some(({ long }) => long === option)),
      line,
    ).toEqual([])
  }
})
