import type { PlayedStep } from '../play/runner.ts'
import { endedByItself } from './facts.ts'
import type { StepInvariant } from './invariant.ts'

/** The public contract, repeated here so that no bug in src can change it; from best to worst. */
const passing = ['succeeded', 'unchanged', 'created', 'weighted', 'planned', 'started']
const failing = ['rolled-back', 'failed', 'stopped', 'timed-out', 'interrupted', 'lost', 'refused']
const outputNames =
  'outcome version previous-version serving-version deployment-id deployment-status rollback-deployment-id alias-arn function-arn appspec console-url error-code error-message duration-seconds results'.split(
    ' '
  )
const passes = (outcome: string): boolean => passing.includes(outcome)

export const tellsOneResult: StepInvariant = {
  id: '3a',
  claims: 'outcome, outputs, annotation and exit code agree with each other',
  check: played => {
    if (!endedByItself(played)) return undefined
    const { outputs } = played.main.job
    const missing = outputNames.find(name => outputs[name] === undefined)
    if (missing) return `output ${missing} was not set`
    const { summary = '' } = outputs
    if (summary.trim() === '' || summary.length > 20_000)
      return `output summary has ${summary.length} characters`
    const outcome = outputs.outcome ?? ''
    if (![...passing, ...failing].includes(outcome)) return `ended by itself with outcome '${outcome}'`
    if (passes(outcome) !== (played.main.exitCode === 0))
      return `outcome ${outcome} with exit code ${played.main.exitCode}`
    return contradiction(outputs) ?? oneAnnotation(played, outcome)
  }
}

/** How the outputs and the results of each function disagree, or undefined. */
function contradiction(outputs: Readonly<Record<string, string>>): string | undefined {
  const results = JSON.parse(outputs.results ?? '') as Record<string, string>[]
  const [only] = results
  for (const name of outputNames.filter(each => each !== 'results' && each !== 'outcome')) {
    const expected = results.length === 1 ? only?.[name] : ''
    if (outputs[name] !== expected) return `results differ in ${name}`
  }
  const order = [...passing, ...failing]
  const worst = order[Math.max(...results.map(({ outcome = '' }) => order.indexOf(outcome)))]
  if (outputs.outcome !== worst)
    return `outcome ${outputs.outcome}, and the worst of the functions is ${worst}`
  const odd = results.find(each => passes(each.outcome ?? '') !== (each['error-code'] === ''))
  return odd && `outcome ${odd.outcome} with error-code '${odd['error-code']}'`
}

/** One annotation with the result of the step: from post if main left something to do. */
function oneAnnotation({ main, post }: PlayedStep, outcome: string): string | undefined {
  const results = [...main.job.log.annotations, ...post.job.log.annotations].filter(
    ({ level, properties }) => level !== 'warning' && properties.title?.startsWith('Lambda CodeDeploy: ')
  )
  const isPostsTurn = main.job.state.run !== undefined && !main.job.state.run.includes('"phase":"done"')
  if (results.length === 0 && post.killed) return undefined
  // If post found nothing to finish, main's word stands: it said that post would look.
  if (results.length === 0 && isPostsTurn) return undefined
  if (results.length !== 1) return `${results.length} annotations give a result`
  const [only] = results
  if (post.job.log.annotations.some(each => each === only)) return undefined
  if (only?.level !== (passes(outcome) ? 'notice' : 'error')) return `outcome ${outcome} as a ${only?.level}`
  const title = only?.properties.title ?? ''
  return new RegExp(`^Lambda CodeDeploy: ${outcome}(,|$)`).test(title)
    ? undefined
    : `outcome ${outcome}, titled ${title}`
}
