// Runs at the end of every install, on whatever Node there is. Older versions of npm forget the link to the Node that the
// lockfile pins, since the packages of two processors bring one; without it npm scripts would run on the machine's own.
import { existsSync, symlinkSync } from 'node:fs'

var installer = /node\/v(\d+)\.(\d+)/.exec(process.env.npm_config_user_agent ?? '')
if (installer !== null && (installer[1] < 20 || (installer[1] === '20' && installer[2] < 19))) {
  console.error('npm runs on Node ' + installer[1] + '.' + installer[2] + ' and leaves out what needs a newer one: use Node 20.19 or newer.')
  process.exit(1)
}
var pinned = '../node-' + process.platform + '-' + process.arch + '/bin/node'
var link = new URL('../node_modules/.bin/node', import.meta.url)
if (!existsSync(link) && existsSync(new URL(pinned, link))) symlinkSync(pinned, link)
