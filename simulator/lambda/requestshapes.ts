import { type Operation, type StructureShape, text } from '../wire/shapes.ts'

/** What Lambda's requests have in common. */
export const any = text()
export const inPath = { in: 'path' } as const
export const query = (as: string) => ({ in: 'query', as }) as const

export const functionName = text({
  min: 1,
  max: 140,
  pattern:
    /^(arn:(aws[a-zA-Z-]*)?:lambda:)?([a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\d{1}:)?(\d{12}:)?(function:)?([a-zA-Z0-9-_]+)(:(\$LATEST|[a-zA-Z0-9-_]+))?$/
})
export const label = { ...functionName, place: inPath }

/** @param status HTTP status of a good answer. */
export const operation = (
  name: string,
  method: string,
  path: string,
  status: number,
  input: StructureShape
): Operation => ({
  name,
  input,
  http: { method, path, status }
})
