import type { CodeSource } from '../inputs/code.ts'
import type { CodePackage } from '../packaging/package.ts'
import type { HeldCode } from '../plan/holdings.ts'
import { plain } from '../text/safe.ts'
import { size } from '../text/units.ts'

export interface CodePlan {
  source: CodeSource
  /** Of a folder or an archive. */
  package?: Pick<CodePackage, 'bytes' | 'files' | 'unzipped'>
  latest: Pick<HeldCode, 'size' | 'image'>
  /** `$LATEST` holds it already. */
  isSame: boolean
  /** Where the package goes first, when it is too large for a request. */
  place?: string
}

/** What the code is, and what it replaces: `dist: 1.2 MB in 34 files, 345 kB zipped, replaces 340 kB in $LATEST`. Safe for the log. */
export function codeText({ source, package: made, latest, isSame, place }: CodePlan): string {
  const what = whatText(source, made)
  if (isSame) return `${what}, is in $LATEST already`
  const before = beforeText(latest)
  const by = place ? `, by way of ${plain(place)}` : ''
  return `${what}, ${before ? `replaces ${before}` : 'goes'} in${before ? '' : 'to'} $LATEST${by}`
}

function whatText(source: CodeSource, made: CodePlan['package']): string {
  switch (source.kind) {
    case 'files':
      return made
        ? `${plain(source.path)}: ${size(made.unzipped)} in ${made.files} ${made.files === 1 ? 'file' : 'files'}, ${size(made.bytes.length)} zipped`
        : plain(source.path)
    case 'object':
      return plain(
        `s3://${source.bucket}/${source.key}${source.version ? ` (version ${source.version})` : ''}`
      )
    case 'image':
      return plain(source.uri)
  }
}

function beforeText({ size: bytes, image }: CodePlan['latest']): string {
  if (image) return `${plain(image.slice(image.indexOf('@') + 1).slice(0, 19))}…`
  return bytes > 0 ? size(bytes) : ''
}
