import { defineConfig } from 'tsup'
import { libraryBuild } from '../../scripts/library-build.ts'

export default defineConfig(
  libraryBuild({ index: 'src/index.ts', 'testing/index': 'src/testing/index.ts', 'simulation/index': 'src/simulation/index.ts' }),
)
