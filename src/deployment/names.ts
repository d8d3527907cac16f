/** The `name` in `name`, `123456789012:function:name` or an ARN. */
export const bareName = (functionName: string): string =>
  functionName.slice(functionName.lastIndexOf(':') + 1)

interface Named {
  functionName: string
  alias: string
}

/** `payments-api:live`: what is released, in Lambda's own notation. */
export const qualifiedName = ({ functionName, alias }: Named): string => `${functionName}:${alias}`

/** What to call one of `all`: by its function, and by its alias as well when another one is of the same function. */
export const nameAmong = (all: readonly Named[], one: Named): string =>
  all.filter(({ functionName }) => functionName === one.functionName).length > 1
    ? qualifiedName(one)
    : one.functionName
