// Reads, with the TypeScript compiler, what src/integrations/stripe/sandbox/vocabulary.ts picks from the official client's
// own declarations. TypeScript 7 has no compiler API yet, so the last release that has one does it.
import { join } from 'node:path'
import ts from 'typescript-api'
import type { Shape, Shapes } from '#src/integrations/stripe/sandbox/shapes.ts'

/** Optional parts of objects that the sandbox does send; the hundred others stay unread. */
const readOptional = new Set(['card', 'payments', 'line_items', 'tax_ids', 'price_details', 'fraud_details'])

export function extractShapes(rootDir: string): Shapes {
  const vocabulary = join(rootDir, 'src', 'integrations', 'stripe', 'sandbox', 'vocabulary.ts')
  const program = ts.createProgram([vocabulary], {
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    target: ts.ScriptTarget.ES2022,
    strict: true,
    skipLibCheck: true,
    allowImportingTsExtensions: true,
    types: [],
  })
  const checker = program.getTypeChecker()
  const source = program.getSourceFile(vocabulary)
  if (source === undefined) throw new Error(`${vocabulary} could not be read`)

  const fieldsOf = (type: ts.Type, isParameter: boolean): Record<string, Shape> => {
    const fields: Record<string, Shape> = {}
    for (const property of checker.getPropertiesOfType(type)) {
      const isOptional = (property.flags & ts.SymbolFlags.Optional) !== 0
      const declared = checker.getTypeOfSymbol(property)
      const fieldType = checker.getNonNullableType(declared)
      if (fieldType.flags & ts.TypeFlags.Void) continue
      const isUnread = !isParameter && isOptional && !readOptional.has(property.name) && isPlainObject(fieldType)
      const mayBeNull = declared.isUnion() && declared.types.some((part) => part.flags & ts.TypeFlags.Null)
      const unread: Shape = mayBeNull ? ['object', 'null'] : 'object'
      const shape = isUnread ? unread : shapeOf(declared, isParameter)
      fields[isOptional ? `${property.name}?` : property.name] = shape
    }
    return fields
  }

  const isPlainObject = (type: ts.Type): boolean =>
    (type.isUnion() ? type.types : [type]).every(
      (part) => (part.flags & ts.TypeFlags.Object) !== 0 && !checker.isArrayType(part),
    )

  const shapeOf = (type: ts.Type, isParameter: boolean): Shape => {
    const parts = (type.isUnion() ? type.types : [type]).filter((part) => !(part.flags & ts.TypeFlags.Undefined))
    const isExpandable =
      !isParameter &&
      parts.some((part) => part.flags & ts.TypeFlags.String) &&
      parts.some((part) => part.flags & ts.TypeFlags.Object)
    const shapes = new Map<string, Shape>()
    for (const part of parts) {
      if (isExpandable && part.flags & ts.TypeFlags.Object) continue
      const shape = isExpandable && part.flags & ts.TypeFlags.String ? 'id' : partOf(part, isParameter)
      if (shape !== undefined) shapes.set(JSON.stringify(shape), shape)
    }
    const [only] = shapes.values()
    return shapes.size === 1 && only !== undefined ? only : [...shapes.values()]
  }

  const partOf = (type: ts.Type, isParameter: boolean): Shape | undefined => {
    if (type.flags & ts.TypeFlags.Null) return 'null'
    if (type.isStringLiteral() || type.isNumberLiteral()) return `=${type.value}`
    if (type.flags & ts.TypeFlags.BooleanLike) return 'boolean'
    if (type.flags & ts.TypeFlags.StringLike) return 'string'
    if (type.flags & ts.TypeFlags.NumberLike) return 'number'
    // What the client calls OtherString: any value that it doesn't know yet. The known ones are the ones to hold to.
    if (type.isIntersection() && type.types.some((part) => part.flags & ts.TypeFlags.String)) {
      return type.types.some((part) => part.symbol?.name === 'DecimalImpl') ? 'string' : undefined
    }
    if (checker.isArrayType(type)) {
      const [element] = checker.getTypeArguments(type as ts.TypeReference)
      return element === undefined ? 'any' : { a: shapeOf(element, isParameter) }
    }
    if (isDecimal(type)) return 'string'
    const values = checker.getIndexTypeOfType(type, ts.IndexKind.String)
    if (values !== undefined) return { m: shapeOf(values, isParameter) }
    const isObject = (type.flags & (ts.TypeFlags.Object | ts.TypeFlags.Intersection | ts.TypeFlags.NonPrimitive)) !== 0
    // What an event is about may be any object.
    if (isObject && !isParameter && checker.getPropertiesOfType(type).length === 0) return 'object'
    if (isObject) return { f: fieldsOf(type, isParameter) }
    return 'any'
  }

  const isDecimal = (type: ts.Type): boolean =>
    type.getProperty('toFixed') !== undefined && type.getProperty('isZero') !== undefined

  const members = (name: string, isParameter: boolean): Record<string, Shape> => {
    const declaration = source.statements.find(
      (statement): statement is ts.InterfaceDeclaration =>
        ts.isInterfaceDeclaration(statement) && statement.name.text === name,
    )
    if (declaration === undefined) throw new Error(`${vocabulary} has no interface ${name}`)
    return fieldsOf(checker.getTypeAtLocation(declaration), isParameter)
  }
  return { resources: members('Resources', false), parameters: members('RouteParameters', true) }
}
