/** A bug that we could have written, planted by changing one place in src/. */
export interface Mutation {
  /** What the program does with the bug, as a sentence without its subject. */
  name: string
  /** Below the repository's root. */
  path: string
  /** Occurs exactly once. */
  from: string
  to: string
}
