/** A `uses:` of this action, or of its reusable workflow, in a page or a workflow. */
export interface Reference {
  repository: string
  /** Within the repository: empty for the action, or `/.github/workflows/release-lambda.yml`. */
  path: string
  /** A tag, or a commit. */
  ref: string
  /** The comment after it, which names the version of a commit. */
  comment: string
}

const uses = /(uses: )([\w.-]+\/lambda-codedeploy)((?:\/[\w.-]+)*)@([\w.-]+)((?: # [^\n]*)?)/g

/** All references in a text. */
export const referencesIn = (text: string): Reference[] =>
  [...text.matchAll(uses)].map(([, , repository = '', path = '', ref = '', comment = '']) => ({
    repository,
    path,
    ref,
    comment: comment.slice(' # '.length)
  }))

/** The text with every reference at this commit, and with the version that it is in a comment. */
export const pinned = (text: string, repository: string, commit: string, version: string): string =>
  text.replace(
    uses,
    (_, key: string, __, path: string) => `${key}${repository}${path}@${commit} # ${version}`
  )

/** What asks readers to put an owner there, as long as there is none. */
const advice = 'Replace `your-org` with the owner of the repository that you use. '

/** The text with another owner wherever the old one stands: in uses, in links, and before the names of teams. */
export const ownedBy = (text: string, from: string, to: string): string =>
  text
    .replaceAll(`${from}/lambda-codedeploy`, `${to}/lambda-codedeploy`)
    .replaceAll(`@${from}/`, `@${to}/`)
    .replace(advice, '')
