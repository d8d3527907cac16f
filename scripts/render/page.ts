import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'
import { marked } from 'marked'
import type { LogLine } from './stage.ts'

export type Theme = 'light' | 'dark'

const { resolve } = createRequire(import.meta.url)
const styles = (theme: Theme): string =>
  readFileSync(resolve(`github-markdown-css/github-markdown-${theme}.css`), 'utf8')
const mermaid = (): string => pathToFileURL(resolve('mermaid/dist/mermaid.min.js')).href

/** GitHub's own colours for pages and logs: primer.style. */
const canvas: Record<Theme, string> = { light: '#ffffff', dark: '#0d1117' }

const escaped = (text: string): string => text.replace(/[&<>]/g, c => `&#${c.charCodeAt(0)};`)

/** A page that shows the summary as the page of a run does. `window.ready` settles when everything is drawn. */
export function summaryPage(markdown: string, theme: Theme): string {
  const body = marked
    .parse(markdown, { gfm: true, async: false })
    .replace(
      /<pre><code class="language-mermaid">([\s\S]*?)<\/code><\/pre>/g,
      '<div class="mermaid">$1</div>'
    )
  return `<!doctype html><meta charset="utf-8"><style>${styles(theme)}
body { margin: 0; padding: 24px; background: ${canvas[theme]}; width: 932px; }
.mermaid { text-align: center; margin-bottom: 16px; }
</style><body class="markdown-body">${body}
<script src="${mermaid()}"></script>
<script>
mermaid.initialize({ startOnLoad: false, theme: '${theme === 'dark' ? 'dark' : 'default'}', securityLevel: 'strict' })
window.ready = mermaid.run({ querySelector: '.mermaid' }).then(() => 'drawn')
</script></body>`
}

const sgr: Record<string, string> = {
  '1': 'font-weight: bold',
  '2': 'opacity: .55',
  '31': 'color: #ff7b72',
  '32': 'color: #3fb950',
  '33': 'color: #d29922'
}

/** Our own colours as HTML: each starts and ends within its line. */
const coloured = (text: string): string =>
  escaped(text).replace(
    // biome-ignore lint/suspicious/noControlCharactersInRegex: colours start with one.
    /\u001b\[(\d+)m([^\u001b]*)\u001b\[0m/g,
    (_, code: string, inner: string) => `<span style="${sgr[code] ?? ''}">${inner}</span>`
  )

const marks: Record<LogLine['kind'], string> = {
  text: '',
  folded: '▸ ',
  notice: '<b>Notice:</b> ',
  warning: '<b style="color: #d29922">Warning:</b> ',
  error: '<b style="color: #ff7b72">Error:</b> '
}

/** Of a log of hours, only the start and the end are shown. */
const mostLines = 120

/** A page that shows the log as GitHub does, with room for 120 columns. */
export function logPage(lines: readonly LogLine[]): string {
  const left = lines.length - mostLines
  const gap: LogLine = { kind: 'text', text: `… ${left} lines …` }
  const shown = left > 0 ? [...lines.slice(0, mostLines / 2), gap, ...lines.slice(-mostLines / 2)] : lines
  const rows = shown.map(
    ({ kind, text }) => `<div class="${kind}">${marks[kind]}${coloured(text) || '&nbsp;'}</div>`
  )
  return `<!doctype html><meta charset="utf-8"><style>
body { margin: 0; padding: 16px; background: #010409; color: #e6edf3; width: 123ch;
  font: 12px/19px "DejaVu Sans Mono", monospace; white-space: pre-wrap; overflow-wrap: break-word; }
.error { background: #490202; }
</style><body>${rows.join('')}<script>window.ready = Promise.resolve('drawn')</script></body>`
}
