import { servingVersion, shares, type Traffic } from '../deployment/observation.ts'
import { plain } from './safe.ts'
import { percent } from './units.ts'

/** `v8`; `$LATEST` stays as it is. */
export const versionText = (version: string): string =>
  /^\d/.test(version) ? `v${plain(version)}` : plain(version)

/** `v7 90%  v8 10%`; each share is padded to `columns`. */
export const shareList = (traffic: Traffic, columns = 0): string =>
  shares(traffic)
    .map(([version, share]) => `${versionText(version)} ${percent(share).padStart(columns)}`)
    .join('  ')

/** `v8`, or `v7 90% and v8 10%`. */
export function servingText(serving: Traffic | undefined): string {
  if (!serving) return 'unknown'
  const parts = shares(serving)
  if (parts.length === 1) return versionText(servingVersion(serving))
  return parts.map(([version, share]) => `${versionText(version)} ${percent(share)}`).join(' and ')
}
