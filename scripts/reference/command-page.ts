import { createProgram } from '../../packages/gateway/src/cli/program.ts'
import { generatedPage } from './markdown.ts'

type Command = Omit<ReturnType<typeof createProgram>, 'commands'>

export function commandPage(): string {
  const program = createProgram()
  const help = (command: Command): string => {
    let text = ''
    command.configureOutput({ getOutHelpWidth: () => 100, writeOut: (part) => (text += part) })
    command.outputHelp()
    return text.trimEnd()
  }
  const all = program.commands.flatMap((command) => [
    { name: command.name(), command },
    ...command.commands.map((inner) => ({ name: `${command.name()} ${inner.name()}`, command: inner })),
  ])
  const sections = all.map(({ name, command }) => `## trinity ${name}\n\n\`\`\`text\n${help(command)}\n\`\`\``)
  return generatedPage('The trinity command', `\`\`\`text\n${help(program)}\n\`\`\``, ...sections)
}
