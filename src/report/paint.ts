export type Tone = 'bold' | 'dim' | 'green' | 'yellow' | 'red'

/**
 * Colours a piece of the log. What it takes is one line that has been made safe already: the colour stands around it, never inside,
 * and ends with it, because the runner starts every line afresh.
 */
export type Paint = (tone: Tone, text: string) => string

export const unpainted: Paint = (_tone, text) => text

const codes: Record<Tone, number> = { bold: 1, dim: 2, green: 32, yellow: 33, red: 31 }

const painted: Paint = (tone, text) => (text === '' ? '' : `\u001b[${codes[tone]}m${text}\u001b[0m`)

/** GitHub's log shows colours though it is no terminal. Off with NO_COLOR, when that is not empty: https://no-color.org */
export const colours = (env: Readonly<Record<string, string | undefined>>): Paint =>
  env.NO_COLOR ? unpainted : painted
