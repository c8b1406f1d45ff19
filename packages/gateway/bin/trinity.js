#!/usr/bin/env node
// In a clone the sources run as they are: Node strips the types, and the hook below makes it choose them over dist.
import { existsSync } from 'node:fs'
import module from 'node:module'
import { fileURLToPath } from 'node:url'

const source = new URL('../src/cli/main.ts', import.meta.url)
const isClone = existsSync(new URL('../../../tsconfig.json', import.meta.url)) && existsSync(source)
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
const needed = isClone ? [24, 0] : [22, 12]

if (major < needed[0] || (major === needed[0] && minor < needed[1])) {
  const advice = isClone ? 'use npx trinity or npm start, which bring their own' : 'install a newer one'
  process.stderr.write(`trinity needs Node ${needed.join('.')} or newer, this is ${process.versions.node}; ${advice}.\n`)
  process.exit(1)
}
if (process.argv[2] === 'start') startWithSmallNursery()
if (isClone) {
  // Stripped sources are kept from start to start: each thread would otherwise hold what strips them, some 15 MB. Workers read the variable.
  const { NODE_COMPILE_CACHE: given = '' } = process.env
  const cache = given === '' ? fileURLToPath(new URL('../../../node_modules/.cache/trinity', import.meta.url)) : given
  process.env.NODE_COMPILE_CACHE = cache
  module.enableCompileCache(cache)
  module.registerHooks({
    resolve: (specifier, context, next) => next(specifier, { ...context, conditions: ['@trinity/source', ...context.conditions] }),
  })
}
const { main } = await import(isClone ? source.href : new URL('../dist/cli/main.js', import.meta.url).href)
await main(process.argv)

/**
 * Begins anew with a nursery of 4 MiB in each thread. V8 starts with 1 MiB, where collecting takes a sixth of a server's time, and lets a flood
 * grow it to 16, of which it gives back nothing for long. Its flags are read before any code runs; where a process can't replace itself, as on
 * Windows, V8 has its way.
 */
function startWithSmallNursery() {
  if (process.execve === undefined || [...process.execArgv, process.env.NODE_OPTIONS].join(' ').includes('semi-space-size')) return
  const flags = ['--min-semi-space-size=4', '--max-semi-space-size=4']
  process.execve(process.execPath, [process.execPath, ...process.execArgv, ...flags, ...process.argv.slice(1)], process.env)
}
