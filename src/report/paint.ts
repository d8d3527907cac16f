export type Tone = 'bold' | 'dim' | 'green' | 'yellow' | 'red'

/**
 * Colours a piece of the log. Takes a part of one line, already made safe: the colour begins and ends with it, because the runner
 * resets colours at every line.
 */
export type Paint = (tone: Tone, text: string) => string

export const unpainted: Paint = (_tone, text) => text

const codes: Record<Tone, number> = { bold: 1, dim: 2, green: 32, yellow: 33, red: 31 }

const painted: Paint = (tone, text) => (text === '' ? '' : `\u001b[${codes[tone]}m${text}\u001b[0m`)

/** GitHub's log shows colours although it is not a terminal. A NO_COLOR that is not empty turns them off: https://no-color.org */
export const colours = (env: Readonly<Record<string, string | undefined>>): Paint =>
  env.NO_COLOR ? unpainted : painted
