/** The alarms that AWS's message names: those that we know, in our order, and others. */
export interface NamedAlarms {
  known: readonly string[]
  others: readonly string[]
}

/**
 * Which alarms AWS's message names, which it does nowhere else. Recorded messages have each name between angle brackets of its own; in
 * case several share a pair, a comma and a space are between them. Only whole names count: other words of the message, and other names,
 * may contain one. A name may itself contain a comma, so unknown names that share a pair are not told apart.
 */
export function alarmsIn(message: string, known: readonly string[]): NamedAlarms {
  const edges = inBrackets.test(message) ? inList : inProse
  let rest = message
  const named = new Set<string>()
  for (const name of [...known].sort((a, b) => b.length - a.length)) {
    const left = without(rest, name, edges)
    if (left !== rest) named.add(name)
    rest = left
  }
  const others = [...rest.matchAll(new RegExp(inBrackets, 'g'))]
    .flatMap(([, list = '']) => list.split('\n'))
    .map(text => text.replace(/^, |, $/g, ''))
    .filter(text => text !== '')
  return { known: known.filter(name => named.has(name)), others: [...new Set(others)] }
}

const inBrackets = /<([^<>]+)>/

/** What the two characters before a whole name, and those after it, look like. */
type Edges = readonly [before: RegExp, after: RegExp]
const inList: Edges = [/(<|, )$/, /^(>|, )/]
const inProse: Edges = [/(?<![\p{L}\p{N}_-])$/u, /^(?![\p{L}\p{N}_-])/u]

/** The text with a line end for each whole `name`. */
function without(text: string, name: string, [before, after]: Edges): string {
  if (name === '') return text
  let left = ''
  let from = 0
  for (let at = text.indexOf(name); at !== -1; at = text.indexOf(name, from)) {
    const end = at + name.length
    const isWhole = before.test(text.slice(Math.max(0, at - 2), at)) && after.test(text.slice(end, end + 2))
    left += text.slice(from, at) + (isWhole ? '\n' : name)
    from = end
  }
  return left + text.slice(from)
}
