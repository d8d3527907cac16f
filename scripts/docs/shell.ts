/** One command of a script: its words, without quotes, and without what precedes them (`a=$(`, `|`, `do`). */
export type Command = readonly string[]

const openers = new Set(['if', 'then', 'else', 'elif', 'do', 'while', 'until', '!', '{', '('])

/** The commands of a simple shell script, including those inside `$(…)`, without comments, redirections and here-documents. */
export function commandsOf(script: string): Command[] {
  const joined = script.replace(/\\\n\s*/g, ' ').replace(/(^|\s)#.*$/gm, '$1')
  const found: Command[] = []
  let words: string[] = []
  let word = ''
  let hasWord = false
  const endWord = () => {
    if (hasWord) words.push(word)
    word = ''
    hasWord = false
  }
  const endCommand = () => {
    endWord()
    while (words[0] !== undefined && (openers.has(words[0]) || /^\w+=/.test(words[0]))) words.shift()
    if (words.length > 0) found.push(words)
    words = []
  }
  for (let at = 0; at < joined.length; at++) {
    const rest = joined.slice(at)
    const [single] = /^'[^']*'/.exec(rest) ?? []
    const [double, inner] = /^"((?:\$\([^)]*\)|\\.|[^"\\])*)"/.exec(rest) ?? []
    if (single !== undefined || double !== undefined) {
      hasWord = true
      word += single?.slice(1, -1) ?? inner ?? ''
      for (const [, nested = ''] of (inner ?? '').matchAll(/\$\(([^)]*)\)/g))
        found.push(...commandsOf(nested))
      at += (single ?? double ?? '').length - 1
    } else if (rest.startsWith('$(')) {
      const close = matching(joined, at + 1)
      found.push(...commandsOf(joined.slice(at + 2, close)))
      hasWord = true
      word += '$(…)'
      at = close
    } else if (/[\n;|&]/.test(joined[at] ?? '')) endCommand()
    else if (/\s/.test(joined[at] ?? '')) endWord()
    else {
      hasWord = true
      word += joined[at]
    }
  }
  endCommand()
  return found
}

/** Where the parenthesis that opens at `open` closes. */
function matching(text: string, open: number): number {
  let depth = 0
  let quote = ''
  for (let at = open; at < text.length; at++) {
    const char = text[at] ?? ''
    if (quote !== '') quote = char === quote ? '' : quote
    else if (char === "'" || char === '"') quote = char
    else if (char === '(') depth++
    else if (char === ')' && --depth === 0) return at
  }
  throw new Error(`a parenthesis is not closed: ${text.slice(open, open + 60)}`)
}
