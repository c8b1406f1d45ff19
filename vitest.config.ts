import { defineConfig } from 'vitest/config'

/** Packages of the workspace resolve to their sources, so that no build is needed; the rest is Vite's own list for Node. */
export const conditions = ['@trinity/source', 'module', 'node', 'development|production']

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    include: ['packages/**/*.test.ts', 'examples/**/*.test.ts', 'scripts/**/*.test.ts'],
    // Worker threads and child processes started by a test resolve the workspace like the test itself.
    execArgv: ['--conditions=@trinity/source'],
    // Many tests wait for processes and sockets most of their time.
    maxWorkers: 3,
    // A process for each file costs a fifth of the run. So a file leaves nothing behind: timers, listeners, environment.
    isolate: false,
    testTimeout: 20_000,
    hookTimeout: 20_000,
  },
})
