/** The `name` in `name`, `123456789012:function:name` or an ARN. */
export const bareName = (functionName: string): string =>
  functionName.slice(functionName.lastIndexOf(':') + 1)
