import { defineConfig } from 'vitest/config'
import { conditions } from './vitest.config.ts'

const longestMs = 60 * 60 * 1000

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    include: ['packages/**/*.long.ts', 'scripts/**/*.long.ts'],
    execArgv: ['--conditions=@trinity/source'],
    // One file at a time: a measured figure must not share the machine with another one.
    fileParallelism: false,
    testTimeout: longestMs,
    hookTimeout: longestMs,
    teardownTimeout: 60_000,
    disableConsoleIntercept: true,
  },
})
