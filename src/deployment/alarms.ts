/**
 * Which of the `known` alarms AWS's message names, in their order. Only whole names count: other words of the message, and other names,
 * may contain one. AWS names the alarms nowhere else, and lists them between angle brackets.
 */
export function alarmsNamed(message: string, known: readonly string[]): readonly string[] {
  const list = alarmList(message)
  const edges = list === undefined ? inProse : inList
  let rest = list ?? message
  const named = new Set<string>()
  for (const name of [...known].sort((a, b) => b.length - a.length)) {
    const left = without(rest, name, edges)
    if (left !== rest) named.add(name)
    rest = left
  }
  return known.filter(name => named.has(name))
}

/** What is between the last angle brackets of AWS's message: usually the names of the alarms. */
export const alarmList = (message: string): string | undefined =>
  [...message.matchAll(/<([^<>]+)>/g)].at(-1)?.[1]

/** What the two characters before a whole name, and those after it, look like. */
type Edges = readonly [before: RegExp, after: RegExp]
/** A name may itself contain a comma. */
const inList: Edges = [/^(, )?$/, /^(, )?$/]
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
