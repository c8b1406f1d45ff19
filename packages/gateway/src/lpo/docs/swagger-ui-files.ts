import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { type MemoryFile, memoryFile, readMemoryFile } from '../../http/static-files.ts'

/** What the page loads of the package's own files. */
const packaged = ['swagger-ui.css', 'index.css', 'favicon-32x32.png', 'favicon-16x16.png', 'swagger-ui-bundle.js', 'swagger-ui-standalone-preset.js']

const theme = '.swagger-ui .topbar { display: none }'

/** The page may stand below a prefix of a proxy. */
const initializer = `window.onload = () => {
  SwaggerUIBundle({
    url: new URL('../openapi.json', location.origin + location.pathname.replace(/\\/*$/, '/')).href,
    dom_id: '#swagger-ui',
    deepLinking: true,
    presets: [SwaggerUIBundle.presets.apis, SwaggerUIStandalonePreset],
    plugins: [SwaggerUIBundle.plugins.DownloadUrl],
    layout: 'StandaloneLayout',
    validatorUrl: null,
  })
}
`

const own: ReadonlyMap<string, MemoryFile> = new Map([
  ['theme.css', memoryFile(theme, 'text/css; charset=utf-8')],
  ['swagger-initializer.js', memoryFile(initializer, 'text/javascript; charset=utf-8')],
])

/** The files that {@link swaggerUiPage} loads. */
export const swaggerUiNames: readonly string[] = [...packaged, ...own.keys()]

const files = new Map(own)

/** One of {@link swaggerUiNames}. They are some 2 MB: each is read when it is first asked for, and kept for all servers of this thread. */
export function swaggerUiFile(name: string): MemoryFile {
  let file = files.get(name)
  if (file === undefined) {
    const require = createRequire(import.meta.url)
    file = readMemoryFile(join(dirname(require.resolve('@fastify/swagger-ui/package.json')), 'static', name))
    files.set(name, file)
  }
  return file
}

/** The page itself. @param folder where its files are, as its address leads to them */
export function swaggerUiPage(folder: string): MemoryFile {
  return memoryFile(
    `<!DOCTYPE html>
<html lang="en">
  <head>
    <meta charset="UTF-8">
    <title>Trinity API</title>
    <link rel="stylesheet" type="text/css" href="${folder}/swagger-ui.css">
    <link rel="stylesheet" type="text/css" href="${folder}/index.css">
    <link rel="stylesheet" type="text/css" href="${folder}/theme.css">
    <link rel="icon" type="image/png" href="${folder}/favicon-32x32.png" sizes="32x32">
    <link rel="icon" type="image/png" href="${folder}/favicon-16x16.png" sizes="16x16">
  </head>
  <body>
    <div id="swagger-ui"></div>
    <script src="${folder}/swagger-ui-bundle.js" charset="UTF-8"></script>
    <script src="${folder}/swagger-ui-standalone-preset.js" charset="UTF-8"></script>
    <script src="${folder}/swagger-initializer.js" charset="UTF-8"></script>
  </body>
</html>
`,
    'text/html; charset=utf-8',
  )
}
