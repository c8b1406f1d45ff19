/** A typedoc plugin: each export of a package carries a doc comment. Members may speak by their names and types alone. */
import { Application, type DeclarationReflection, ReflectionKind } from 'typedoc'

const exported =
  ReflectionKind.Class | ReflectionKind.Enum | ReflectionKind.Function | ReflectionKind.Interface | ReflectionKind.TypeAlias | ReflectionKind.Variable

/** Called by typedoc. */
export function load(app: Application): void {
  app.on(Application.EVENT_VALIDATE_PROJECT, (project) => {
    for (const reflection of project.getReflectionsByKind(exported) as DeclarationReflection[]) {
      const isExport = reflection.parent?.kindOf([ReflectionKind.Module, ReflectionKind.Project]) === true
      if (isExport && !hasComment(reflection)) app.logger.warn(`${reflection.getFriendlyFullName()} is exported without a doc comment`)
    }
  })
}

function hasComment(reflection: DeclarationReflection): boolean {
  return reflection.hasComment() || (reflection.signatures?.some((signature) => signature.hasComment()) ?? false)
}
