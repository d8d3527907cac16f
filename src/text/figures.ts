import type { Sums } from '../deployment/figures.ts'
import { versionText } from './traffic.ts'

/** `1 invocation`, `1,204 invocations`. */
export const counted = (count: number, one: string): string =>
  `${count.toLocaleString('en-US')} ${one}${count === 1 ? '' : 's'}`

/** `41 invocations  0 errors  p95 212 ms`; without a point nothing is known, which is not zero. */
export const sumsText = (sums: Sums | undefined): string =>
  sums
    ? `${counted(sums.invocations, 'invocation')}  ${counted(sums.errors, 'error')}${sums.p95 === undefined ? '' : `  p95 ${Math.round(sums.p95)} ms`}`
    : 'none seen'

/** Both versions, the new one first. */
export const figuresText = (
  { target, current }: { target?: Sums; current?: Sums },
  versions: { targetVersion: string; currentVersion: string }
): string =>
  `${versionText(versions.targetVersion)}  ${sumsText(target)}     ${versionText(versions.currentVersion)}  ${sumsText(current)}`
