import { defineConfig } from 'tsup'
import { libraryBuild } from '../../../scripts/library-build.ts'

export default defineConfig(libraryBuild({ index: 'src/index.ts', simulator: 'src/simulator.ts' }))
