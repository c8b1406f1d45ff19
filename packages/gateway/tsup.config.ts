import { defineConfig } from 'tsup'
import { libraryBuild } from '../../scripts/library-build.ts'

export default defineConfig(libraryBuild({ index: 'src/index.ts', 'cli/main': 'src/cli/main.ts', 'serving-worker': 'src/serving/serving-worker.ts' }))
