/** How many are given. */
const mostNamed = 10

/** The names that are most like the one that was asked for, the nearest first. */
export const nearest = (asked: string, names: readonly string[]): string[] =>
  names
    .map(name => ({ name, steps: distance(asked, name) }))
    .sort((a, b) => a.steps - b.steps || (a.name < b.name ? -1 : 1))
    .slice(0, mostNamed)
    .map(({ name }) => name)

/** How many characters must be inserted, left out or replaced to make one text of the other (Levenshtein). */
function distance(one: string, other: string): number {
  let before = Array.from({ length: other.length + 1 }, (_, index) => index)
  for (const [row, character] of [...one].entries()) {
    const now = [row + 1]
    for (let column = 1; column <= other.length; column++)
      now.push(
        Math.min(
          (now[column - 1] ?? 0) + 1,
          (before[column] ?? 0) + 1,
          (before[column - 1] ?? 0) + (character === other[column - 1] ? 0 : 1)
        )
      )
    before = now
  }
  return before[other.length] ?? 0
}
