/** The text below the heading of a version, without the heading; undefined when there is none. Throws for a heading without a date. */
export function entryOf(changelog: string, version: string): string | undefined {
  const heading = new RegExp(`^## \\[${version.replaceAll('.', '\\.')}\\](.*)$`, 'm').exec(changelog)
  if (!heading) return undefined
  if (!/^ - \d{4}-\d\d-\d\d$/.test(heading[1] ?? ''))
    throw new Error(`CHANGELOG.md: the heading of ${version} has no date`)
  const rest = changelog.slice(heading.index + heading[0].length)
  const end = /^(## |\[)/m.exec(rest)
  return rest.slice(0, end?.index).trim()
}

/** The changelog with what is unreleased as this version, and the links at its end. `date` is like 2026-11-20. */
export function withRelease(changelog: string, version: string, date: string): string {
  const unreleased = entryOf(
    changelog.replace('## [Unreleased]', '## [Unreleased] - 0000-00-00'),
    'Unreleased'
  )
  if (!unreleased) throw new Error('CHANGELOG.md: nothing is unreleased')
  const link = /^\[Unreleased\]: (.*)\/compare\/v[\d.]+\.\.\.HEAD$/m.exec(changelog)
  if (!link) throw new Error('CHANGELOG.md: there is no link [Unreleased]: …/compare/v…...HEAD')
  const [line, base] = link
  return changelog
    .replace('## [Unreleased]\n', `## [Unreleased]\n\n## [${version}] - ${date}\n`)
    .replace(
      line,
      `[Unreleased]: ${base}/compare/v${version}...HEAD\n[${version}]: ${base}/releases/tag/v${version}`
    )
}
