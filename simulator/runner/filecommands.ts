/**
 * The files behind GITHUB_OUTPUT, GITHUB_STATE, GITHUB_ENV and GITHUB_PATH, as the GitHub runner reads them.
 * A port of src/Runner.Worker/FileCommandManager.cs in actions/runner (read at 2.336.0).
 */

/**
 * Key and value pairs of an environment file, in order. Lines end at LF, `onWindows` also at CRLF.
 * @throws Error with the runner's text at the first thing that is not a pair, after yielding the pairs before it.
 */
export function* pairs(text: string, onWindows = false): Generator<[key: string, value: string]> {
  let at = 0
  const next = () => {
    if (at >= text.length) return undefined
    const lf = text.indexOf('\n', at)
    const end = lf < 0 ? text.length : onWindows && lf > at && text[lf - 1] === '\r' ? lf - 1 : lf
    const line = text.slice(at, end)
    at = lf < 0 ? text.length : lf + 1
    return { line, end, ended: lf >= 0 }
  }
  for (let read = next(); read; read = next()) {
    const { line } = read
    if (line === '') continue
    const equals = line.indexOf('=')
    const heredoc = line.indexOf('<<')
    if (equals >= 0 && (heredoc < 0 || equals < heredoc)) {
      yield [line.slice(0, equals), line.slice(equals + 1)]
    } else if (heredoc >= 0) {
      yield [line.slice(0, heredoc), heredocValue(line)]
    } else {
      throw new Error(`Invalid format '${line}'`)
    }
  }

  function heredocValue(line: string): string {
    const split = line.indexOf('<<')
    const delimiter = line.slice(split + 2)
    if (split === 0 || delimiter === '')
      throw new Error(`Invalid format '${line}'. Name must not be empty and delimiter must not be empty`)
    const start = at
    let end = at
    for (let read = next(); read?.line !== delimiter; read = next()) {
      if (!read) throw new Error(`Invalid value. Matching delimiter not found '${delimiter}'`)
      if (!read.ended) throw new Error('Invalid value. EOF marker missing new line.')
      end = read.end
    }
    return text.slice(start, end)
  }
}

/** Lines as .NET's ReadLine sees them: ended by LF, CRLF or a lone CR. A last line needs no end. */
export function lines(text: string): string[] {
  const all = text.split(/\r\n|\r|\n/)
  if (all.at(-1) === '') all.pop()
  return all
}

/** Folders of GITHUB_PATH in the order they were added; one that comes again moves to the end. */
export function paths(text: string): string[] {
  const kept = new Set<string>()
  for (const line of lines(text)) {
    if (line === '') continue
    kept.delete(line)
    kept.add(line)
  }
  return [...kept]
}
