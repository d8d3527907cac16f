import type { PlayedStep, Ran } from '../play/runner.ts'
import { secretsOf } from '../play/secrets.ts'
import type { StepInvariant } from './invariant.ts'

export const runsNoForeignCommand: StepInvariant = {
  id: '6a',
  claims: 'no text from AWS or a user becomes a command in the log',
  check: ({ main, post }) => {
    const [forgery] = [...main.job.forgeries, ...post.job.forgeries]
    return forgery && `${forgery.why}: ${JSON.stringify(forgery.line.slice(0, 200))}`
  }
}

/** Control and format characters, which change how a line looks without being visible. */
const invisible = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u

export const hidesNothing: StepInvariant = {
  id: '6b',
  claims: 'no invisible character and no forged markup gets into the log or the summary',
  check: ({ main, post }) => {
    for (const ran of [main, post]) {
      const line = ran.job.log.lines.find(({ text }) => hides(text))
      if (line) return `a line of the log hides something: ${JSON.stringify(line.text)}`
      if (hides(ran.job.summary)) return 'the summary hides something'
      if (outsideFences(ran.job.summary).includes('<script')) return 'foreign markup in the summary'
    }
    return undefined
  }
}

/** Line ends are visible. */
const hides = (text: string): boolean => invisible.test(text.replaceAll('\n', ''))

/** Within a fence, nothing is markup. */
const outsideFences = (markdown: string): string => markdown.replace(/^(`{3,})[a-z]*\n[\s\S]*?^\1$/gm, '')

export const keepsSecrets: StepInvariant = {
  id: '6c',
  claims:
    'no secret in the log, the outputs, the state and the summary: no key, no session token, no OIDC token, no github-token',
  check: (played, { stage }) => {
    const said = everythingSaid(played)
    const leaked = secretsOf(stage).find(secret => said.includes(secret))
    return leaked && `${leaked} was told`
  }
}

const everythingSaid = ({ main, post }: PlayedStep): string => [main, post].flatMap(saidBy).join('\n')

const saidBy = ({ job }: Ran): string[] => [
  ...job.log.lines.map(({ text }) => text),
  ...job.debugLines,
  ...job.log.annotations.map(({ message }) => message),
  ...Object.values(job.outputs),
  ...Object.values(job.state),
  job.summary
]
