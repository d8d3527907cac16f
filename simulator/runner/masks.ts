/**
 * What the GitHub runner replaces with `***` in the log, in annotations and in the summary.
 * A port of SecretMasker.cs and ValueEncoders.cs in actions/runner, src/Sdk/DTLogging/Logging (read at 2.336.0).
 */
export class Masks {
  readonly #values = new Set<string>()

  /** Hides `secret`, each of its lines, and every encoding of them that the runner knows. Empty ones are ignored. */
  add(secret: string): void {
    for (const part of [secret, ...secret.split(/[\r\n]/).map(line => line.trim())]) {
      if (part === '') continue
      this.#values.add(part)
      for (const encode of encoders) {
        const encoded = encode(part)
        if (encoded !== '') this.#values.add(encoded)
      }
    }
  }

  /** `text` with every part that secrets cover replaced by `***`; overlapping or adjacent secrets become one. */
  apply(text: string): string {
    const hits: [start: number, end: number][] = []
    for (const value of this.#values)
      for (let at = text.indexOf(value); at >= 0; at = text.indexOf(value, at + 1))
        hits.push([at, at + value.length])
    hits.sort((a, b) => a[0] - b[0])
    let masked = ''
    let done = 0
    for (let i = 0; i < hits.length; ) {
      let [start, end] = hits[i] as [number, number]
      for (i++; i < hits.length && (hits[i]?.[0] ?? 0) <= end; i++) end = Math.max(end, hits[i]?.[1] ?? 0)
      masked += `${text.slice(done, start)}***`
      start = end
      done = end
    }
    return masked + text.slice(done)
  }
}

const base64 = (skip: number) => (value: string) => {
  const bytes = Buffer.from(value)
  return (bytes.length > skip ? bytes.subarray(skip) : bytes).toString('base64')
}

const xmlEscapes: Record<string, string> = {
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
  '&': '&amp;'
}

// PowerShell breaks a value at '&' when it colours an error; parts of less than six characters are left alone.
const atAmpersand = (value: string, keep: 'before' | 'after') => {
  const plus = value.indexOf('&+')
  const cut = plus >= 0 ? plus + 2 : value.lastIndexOf('&') + 1
  if (cut === 0) return ''
  const part = keep === 'before' ? value.slice(0, cut) : value.slice(plus >= 0 ? cut + 1 : cut)
  return part.length >= 6 ? part : ''
}

const encoders: readonly ((value: string) => string)[] = [
  base64(0),
  base64(1),
  base64(2),
  value => value.replaceAll('"', '\\"'),
  value => value.replaceAll("'", "''"),
  value => JSON.stringify(value).slice(1, -1),
  value =>
    encodeURIComponent(value.toWellFormed()).replace(
      /[!'()*]/g,
      c => `%${c.charCodeAt(0).toString(16).toUpperCase()}`
    ),
  value => value.replace(/[<>"'&]/g, c => xmlEscapes[c] ?? c),
  value => (value.length > 8 && /^".*"$/s.test(value) ? value.slice(1, -1) : ''),
  value => atAmpersand(value, 'before'),
  value => atAmpersand(value, 'after')
]
