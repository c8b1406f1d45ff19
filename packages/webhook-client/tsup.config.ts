import { defineConfig } from 'tsup'
import { universalBuild } from '../../scripts/library-build.ts'

export default defineConfig(universalBuild({ index: 'src/index.ts' }))
