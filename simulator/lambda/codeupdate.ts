import type { UpdateFunctionCodeCommandInput } from '@aws-sdk/client-lambda'
import type { Aws } from '../aws.ts'
import type { Caller } from '../identity/authorization.ts'
import { readCode } from './codesource.ts'
import type { Snapshot } from './function.ts'

/** What UpdateFunctionCode makes of `$LATEST`. @throws what `readCode` throws */
export function withCode(
  aws: Aws,
  { settings, codeLocation }: Snapshot,
  input: UpdateFunctionCodeCommandInput,
  caller: Caller | undefined
): Pick<Snapshot, 'settings' | 'codeLocation'> {
  const { architecturesLeftOut, sourceKeyLeftOut } = aws.uncertain
  const oldKey = sourceKeyLeftOut === 'keeps' ? codeLocation.SourceKMSKeyArn : undefined
  const source = { ...input, SourceKMSKeyArn: input.SourceKMSKeyArn ?? oldKey }
  const code = readCode(aws, source, settings.PackageType ?? 'Zip', caller)
  const changed = {
    ...settings,
    ...code.configuration,
    ...(architecturesLeftOut === 'x86_64' && { Architectures: ['x86_64' as const] }),
    ...(input.Architectures && { Architectures: input.Architectures })
  }
  return { settings: changed, codeLocation: code.location }
}

/** What a dry run shows of it. */
export function asDryRun(aws: Aws, latest: Snapshot, changed: Partial<Snapshot>): Snapshot {
  const { dryRun } = aws.uncertain
  if (dryRun === 'oldCode') return latest
  return { ...latest, ...changed, ...(dryRun === 'newRevision' && { revisionId: aws.random.uuid() }) }
}
