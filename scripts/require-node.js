// Plain old JavaScript on purpose: it has to run, and to explain itself, on whatever Node finds it.
var major = Number(process.versions.node.split('.')[0])
if (!(major >= 24)) {
  console.error('Node 24 or newer is needed to run from source, this is ' + process.version + '. `npm ci` brings it on Linux, for npm scripts.')
  process.exit(1)
}
