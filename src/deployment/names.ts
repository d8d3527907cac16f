/** The `name` in `name`, `123456789012:function:name` or an ARN. */
export const bareName = (functionName: string): string =>
  functionName.slice(functionName.lastIndexOf(':') + 1)

/** `payments-api:live`: what is released, in Lambda's own notation. */
export const qualifiedName = ({ functionName, alias }: { functionName: string; alias: string }): string =>
  `${functionName}:${alias}`
