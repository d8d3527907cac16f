import type { Aws } from './aws.ts'
import { addFunction, namesOf } from './setting.ts'

/**
 * A service of several functions in application payments, which is there already: each with versions 1 to 7, alias `live` on 7 and
 * a changed `$LATEST`, a deployment group of its own named `<function>-live`, and an alarm `<function>-errors`. It takes no time.
 */
export function fleet(aws: Aws, names: readonly string[]): void {
  for (const functionName of names) addFunction(aws, namesOf(functionName))
}
