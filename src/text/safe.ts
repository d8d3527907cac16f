/**
 * Foreign text (AWS's messages, log tails, descriptions, names) made safe for the three places where it is shown.
 *
 * The runner scans stdout and stderr for commands in two syntaxes: `::name::` at the start of a line and `##[name]` anywhere in
 * it; a line ends at LF, CRLF or a lone CR. See ActionCommand.cs in https://github.com/actions/runner.
 */

/** Line ends as the runner, terminals and Unicode define them. */
const lineEnds = /\r\n|[\n\r\v\f\u0085\u2028\u2029]/

/** One line for the log: line ends become ` / `, and anything that could act or deceive becomes visible. */
export function plain(text: string): string {
  const shown = beginningOf(text, mostRead)
    .split(lineEnds)
    .map(visible)
    .filter((line, index, lines) => line !== '' || lines.length === 1 || index === 0)
    .join(' / ')
  return beginningOf(shown, longest * 3).toWellFormed()
}

/** Lines for the log, each behind a visible bar, so that none can start with a command. A long text loses its middle. */
export function quoted(text: string | readonly string[]): string[] {
  const whole = typeof text === 'string' ? [text] : text
  const lines = whole.flatMap(each => each.split(lineEnds))
  const left = lines.length - mostLines
  const shown =
    left > 0 ? [...lines.slice(0, mostLines / 2), `… ${left} lines …`, ...lines.slice(-mostLines / 2)] : lines
  return shown.map(line => `│ ${visible(line)}`)
}

/** Several times as many as an AppSpec, a stack trace or the end of a log has. */
const mostLines = 200

/** The live log cuts a line at 1024 characters. */
const longest = 1_000
/** More than could be shown even if most lines are empty; reading on would only waste time. */
const mostRead = 20_000

/** What tokens, keys and passwords are mostly made of. */
const wordy = /[\w+/=.:~-]/

/**
 * At most so many characters, and no part of a word: the runner masks a secret only where it stands whole, and would show a part of one.
 * Only a word that fills all that is shown is cut itself.
 */
function beginningOf(text: string, most: number): string {
  if (text.length <= most) return text
  let end = most
  if (wordy.test(text[most] ?? '')) while (end > 0 && wordy.test(text[end - 1] ?? '')) end--
  return text.slice(0, end || most)
}

/** The same, with a sign when something was left out. */
export const shortened = (text: string, most: number): string =>
  text.length > most ? `${beginningOf(text, most)}…` : text

/** Spells out control characters (including foreign colours), invisible characters and those that change text direction. */
function visible(text: string): string {
  return shortened(text, longest)
    .toWellFormed()
    .replace(/\t/g, '  ')
    .replace(/\p{Cc}/gu, c => `\\x${c.charCodeAt(0).toString(16).padStart(2, '0')}`)
    .replace(/\p{Cf}/gu, c => `\\u{${c.codePointAt(0)?.toString(16)}}`)
    .replace(/##\[/g, '#\\#[')
}

/**
 * The last gate before the log, for whole lines of ours: what slipped through the functions above cannot become a command.
 * Our own colours (SGR) pass.
 */
export function inert(line: string): string {
  return line
    .split(lineEnds)
    .map(each => (/^\s*::/.test(each) ? `│ ${each}` : each).replace(/##\[/g, '#\\#['))
    .join('\n')
}

/**
 * Inline text for Markdown and its tables: every character with a meaning in Markdown or HTML becomes an entity, and nothing
 * turns into a link. A dash or a dot means something only at the start of a line, where this text never stands.
 */
export function markdown(text: string): string {
  return plain(text)
    .replace(/[!"#$&'()*+<=>?@[\\\]^_`{|}~]|:(?=\/\/)/g, c => `&#${c.charCodeAt(0)};`)
    .replace(/www\./gi, found => `${found.slice(0, 3)}&#46;`)
}

/** A value between double quotes in HTML. */
export const attribute = (text: string): string =>
  plain(text).replace(/[&<>"']/g, c => `&#${c.charCodeAt(0)};`)

/** Inline code: GitHub does not turn @names, #numbers or URLs inside code into links. */
export const code = (text: string): string => `<code>${markdown(text)}</code>`

/** A block of code whose fence is longer than any run of backticks inside it. */
export function fenced(text: string, language = ''): string {
  const lines = text.split(lineEnds).map(visible)
  const runs = lines.join('\n').match(/`+/g) ?? []
  const fence = '`'.repeat(Math.max(3, ...runs.map(run => run.length + 1)))
  return `${fence}${language}\n${lines.join('\n')}\n${fence}`
}

/**
 * A name that is safe anywhere in Mermaid: letters, digits and signs that mean nothing to it. Names of functions, aliases and
 * hooks in AWS consist of these anyway.
 */
export function label(text: string): string {
  const short = plain(text)
    .replace(/[^A-Za-z0-9 _.%,+$-]/g, '_')
    .replace(/%(?=%)/g, '_')
    .trim()
  return short.length > 40 ? `${short.slice(0, 37)}...` : short || '_'
}
