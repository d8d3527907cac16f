import type { Aws } from './aws.ts'
import { addFunction, namesOf, type PaymentsOptions } from './setting.ts'

/**
 * Adds functions to application payments, which must exist: each with versions 1 to 7, alias `live` on 7, a changed `$LATEST`, its
 * own deployment group `<function>-live`, and an alarm `<function>-errors`, unless the options say otherwise. Takes no virtual time.
 */
export function fleet(aws: Aws, names: readonly string[], options: PaymentsOptions = {}): void {
  for (const functionName of names) addFunction(aws, namesOf(functionName), options)
}
