import type { Played } from '../runner.ts'
import type { Story } from '../story.ts'
import { createdBy, endedByItself, outputsOf } from './facts.ts'
import type { Invariant } from './invariant.ts'

/** The public contract, spelled out here so that no bug of src can change it. */
const passing = ['succeeded', 'unchanged', 'created', 'planned', 'started']
const failing = ['rolled-back', 'failed', 'stopped', 'timed-out', 'interrupted', 'lost', 'refused']
const outputNames =
  'outcome version previous-version serving-version deployment-id deployment-status rollback-deployment-id alias-arn function-arn appspec console-url error-code error-message duration-seconds results'.split(
    ' '
  )
const passes = (outcome: string): boolean => passing.includes(outcome)

export const speaksWithOneVoice: Invariant = {
  id: '3a',
  claims: 'outcome, outputs, annotation and exit code agree with each other',
  check: played => {
    if (!endedByItself(played)) return undefined
    const outputs = outputsOf(played)
    const missing = outputNames.find(name => outputs[name] === undefined)
    if (missing) return `output ${missing} was not set`
    const outcome = outputs.outcome ?? ''
    if (![...passing, ...failing].includes(outcome)) return `ended by itself with outcome '${outcome}'`
    if (passes(outcome) !== (played.main.exitCode === 0))
      return `outcome ${outcome} with exit code ${played.main.exitCode}`
    if (passes(outcome) !== (outputs['error-code'] === ''))
      return `outcome ${outcome} with error-code '${outputs['error-code']}'`
    const [result] = JSON.parse(outputs.results ?? '') as Record<string, string>[]
    for (const name of outputNames)
      if (name !== 'results' && result?.[name] !== outputs[name]) return `results differ in ${name}`
    return oneAnnotation(played, outcome)
  }
}

/** One result for a step. Post gives it when main left something to do. */
function oneAnnotation({ main, post }: Played, outcome: string): string | undefined {
  const results = [...main.job.log.annotations, ...post.job.log.annotations].filter(
    ({ level, properties }) => level !== 'warning' && properties.title?.startsWith('Lambda CodeDeploy: ')
  )
  const isPostsTurn = main.job.state.run !== undefined && !main.job.state.run.includes('"phase":"done"')
  if (results.length === 0 && post.killed) return undefined
  // Post found nothing to finish: then main's words stand, and it said that post would look.
  if (results.length === 0 && isPostsTurn) return undefined
  if (results.length !== 1) return `${results.length} annotations tell a result`
  const [only] = results
  if (post.job.log.annotations.some(each => each === only)) return undefined
  if (only?.level !== (passes(outcome) ? 'notice' : 'error')) return `outcome ${outcome} as a ${only?.level}`
  const title = only?.properties.title ?? ''
  return new RegExp(`^Lambda CodeDeploy: ${outcome}(,|$)`).test(title)
    ? undefined
    : `outcome ${outcome}, titled ${title}`
}

/** Between reading the alias and the end of the step lie at most some slow answers of others, ms. */
const freshMs = 45_000

export const servingIsTrue: Invariant = {
  id: '3b',
  claims: 'serving-version is true or empty',
  check: (played, { stage }) => {
    const serving = outputsOf(played)['serving-version'] ?? ''
    if (!endedByItself(played) || serving === '') return undefined
    const { endedAt } = played.main
    const served = stage.history.between(endedAt - freshMs, endedAt)
    return served.includes(serving)
      ? undefined
      : `says that ${serving} serves, but in the last ${freshMs / 1000} s it was ${served.join(', then ')}`
  }
}

export const agreesWithAws: Invariant = {
  id: '3c',
  claims: 'outcome and outputs agree with what AWS holds',
  check: (played, story) =>
    endedByItself(played) ? disagreement(played, story, outputsOf(played)) : undefined
}

/** A rollback takes seconds, and its id is shown some looks after the end, ms. */
const soonMs = 20_000

function disagreement(
  played: Played,
  story: Story,
  outputs: Readonly<Record<string, string>>
): string | undefined {
  const { outcome } = outputs
  const id = outputs['deployment-id'] ?? ''
  const ours = createdBy(played, story)
  const [own] = ours
  if (own && id !== own.settings.id && outcome !== 'lost' && outcome !== 'interrupted')
    return `created ${own.settings.id}, and the output says '${id}' (${outcome})`
  if (outcome === 'refused' && own && !own.ended) return `refused, and yet ${own.settings.id} runs`
  if (outcome === 'planned' && id !== '') return 'a dry run with a deployment'
  const deployment = story.stage.aws.codedeploy.listDeployments({}).deployments.includes(id)
    ? story.stage.aws.codedeploy.deployments.find(id)
    : undefined
  if (id !== '' && !deployment && !played.inputs['deployment-id']) return `there is no deployment ${id}`
  const is = deployment?.status ?? ''
  if (outcome === 'succeeded' && is !== 'Succeeded') return `succeeded, and ${id} is ${is}`
  if (['rolled-back', 'failed', 'stopped'].includes(outcome ?? '')) {
    const isTrue = is === 'Failed' || is === 'Stopped' || outputs['error-code'] === 'ALIAS_NOT_ON_TARGET'
    if (!isTrue) return `${outcome}, and ${id} is ${is}`
  }
  const rollback = deployment?.rolledBackBy
  const isBackSoon =
    rollback?.status === 'Succeeded' && (rollback.completedMs ?? 0) < played.main.endedAt + soonMs
  if (
    (outcome === 'failed' || outcome === 'stopped') &&
    isBackSoon &&
    outputs['error-code'] !== 'ROLLBACK_FAILED'
  )
    return `${outcome}, and rollback ${rollback.settings.id} brought the traffic back`
  if (outcome === 'rolled-back' && outputs['serving-version'] !== outputs['previous-version'])
    return `rolled-back from ${outputs['previous-version']}, and ${outputs['serving-version']} serves`
  return undefined
}
