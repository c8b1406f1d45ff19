// The layers of docs/architecture.md as rules. Packages resolve to their sources, as in tests and the type check.
const test = '\\.(test|long)\\.ts$'
const connectorSource = '^packages/connectors/([^/]+)/src/'
const simulatorSource = `${connectorSource}simulator\\.ts$`
/** Connectors outside of packages keep the same rules. */
const exampleConnector = '^examples/([^/]+-connector)/src/'
const gatewaySource = '^packages/gateway/src/'
/** The composition root and what starts it: only they know which connectors exist. */
const composition = `${gatewaySource}(main|gateway|connectors|simulators|index)\\.ts$|${gatewaySource}(main|cli|replay)/`

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: 'no-cycle',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'not-resolvable',
      comment: 'An import that leads nowhere, or to a package that is not declared. The server serves preact.js beside the page.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true, pathNot: '^\\./preact\\.js$' },
    },
    {
      name: 'core-knows-nobody',
      comment: 'Core imports no other package of ours.',
      severity: 'error',
      from: { path: '^packages/core/' },
      to: { path: '^packages/(?!core/)' },
    },
    {
      name: 'connector-imports-core-only',
      comment: 'A connector is data and pure functions: @trinity/core and its own files, no Node module, no package.',
      severity: 'error',
      from: { path: connectorSource, pathNot: [test, simulatorSource] },
      to: { pathNot: ['^packages/core/src/index\\.ts$', '^packages/connectors/$1/src/'] },
    },
    {
      name: 'example-imports-core-only',
      comment: 'A connector from outside is made like those inside.',
      severity: 'error',
      from: { path: exampleConnector, pathNot: test },
      to: { pathNot: ['^packages/core/src/(simulation/)?index\\.ts$', '^examples/$1/src/'] },
    },
    {
      name: 'examples-know-what-is-published-only',
      comment: 'They are made as a partner would make them; not even a test of theirs looks into the server or another example.',
      severity: 'error',
      from: { path: '^examples/([^/]+)/' },
      to: { path: ['^packages/(?!(core|udp|webhook-client)/)', '^examples/(?!$1/)'] },
    },
    {
      name: 'simulator-imports-core-only',
      comment: 'A simulator may also take what @trinity/core/simulation has; its connector may not.',
      severity: 'error',
      from: { path: simulatorSource },
      to: { pathNot: ['^packages/core/src/(simulation/)?index\\.ts$', '^packages/connectors/$1/src/'] },
    },
    {
      name: 'connectors-are-strangers',
      comment: 'Not even in a test.',
      severity: 'error',
      from: { path: '^packages/connectors/([^/]+)/' },
      to: { path: '^packages/(connectors/(?!$1/)|(?!connectors/|core/))' },
    },
    {
      name: 'udp-knows-no-server',
      comment: 'Partners install it: of ours it needs the webhook client alone.',
      severity: 'error',
      from: { path: '^packages/udp/' },
      to: { path: '^packages/(?!(udp|webhook-client)/)' },
    },
    {
      name: 'webhook-client-knows-nobody',
      comment: 'It runs in browsers and at the edge: its own files and the platform, nothing else.',
      severity: 'error',
      from: { path: '^packages/webhook-client/src/', pathNot: test },
      to: { pathNot: '^packages/webhook-client/src/' },
    },
    {
      name: 'gateway-doors-are-strangers',
      comment: 'lpo, lrs, udp and webhooks never import each other.',
      severity: 'error',
      from: { path: `${gatewaySource}(lpo|lrs|udp|webhooks)/`, pathNot: test },
      to: { path: `${gatewaySource}(lpo|lrs|udp|webhooks)/`, pathNot: `${gatewaySource}$1/` },
    },
    {
      name: 'http-knows-no-door',
      comment: 'What every HTTP server here is made of: it knows core, the log and how refusals are counted, and nobody who uses it.',
      severity: 'error',
      from: { path: `${gatewaySource}http/`, pathNot: test },
      to: { path: '^packages/', pathNot: ['^packages/core/src/index\\.ts$', `${gatewaySource}(http/|(log|quiet-log|metrics/http-refusals)\\.ts$)`] },
    },
    {
      name: 'connectors-at-the-composition-only',
      comment: 'The rest of the gateway takes connectors as values.',
      severity: 'error',
      from: { path: '^packages/gateway/', pathNot: [composition, test, '^packages/gateway/(bench|test-support)/'] },
      to: { path: '^packages/connectors/' },
    },
    {
      name: 'testing-stays-out-of-sources',
      comment: 'Only replay, record and the commands read recordings with the reader of @trinity/core/testing; a simulation is a kit itself.',
      severity: 'error',
      from: {
        path: '^packages/.+/src/',
        pathNot: [test, '\\.fixture\\.ts$', '^packages/core/src/(testing|simulation)/', `${gatewaySource}(replay|record|cli)/`],
      },
      to: { path: '^packages/core/src/testing/' },
    },
    {
      name: 'no-import-of-tests',
      comment: 'A test is nobody’s dependency, and what supports tests is theirs only.',
      severity: 'error',
      from: { pathNot: [test, '/test-support/'] },
      to: { path: [test, '/test-support/'] },
    },
    {
      name: 'no-import-between-tests',
      severity: 'error',
      from: {},
      to: { path: test },
    },
    {
      name: 'no-test-tools-in-sources',
      severity: 'error',
      from: { path: '^packages/.+/src/', pathNot: test },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'], pathNot: '/node_modules/@types/' },
    },
    {
      name: 'no-foreign-insides',
      comment: 'A package is entered by its exports, not by a path into its folder.',
      severity: 'error',
      from: { path: '^packages/(core|gateway|udp|webhook-client|connectors/[^/]+)/' },
      to: { path: '^packages/', pathNot: ['^packages/$1/', '/src/((testing|simulation)/)?index\\.ts$', '/src/simulator\\.ts$', 'package\\.json$'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)dist/|tsup\\.config\\.ts$' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['@trinity/source', 'types', 'import', 'node', 'default'],
      extensions: ['.ts', '.js', '.cjs', '.mjs', '.json', '.node'],
      mainFields: ['types', 'main'],
    },
  },
}
