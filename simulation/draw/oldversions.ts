import type { Aws } from '../../simulator/aws.ts'
import { ServiceError } from '../../simulator/error.ts'
import type { Fault, FaultKind } from '../../simulator/faults.ts'
import { zip } from '../../simulator/lambda/zip.ts'
import type { Names, PaymentsOptions } from '../../simulator/setting.ts'
import { answers, deletionAnswers, type Uncertain } from '../../simulator/uncertain.ts'
import { type Actor, deployer, mover } from './actors.ts'
import type { Chance } from './chance.ts'
import { requestTimeoutMs } from './faultschedule.ts'
import type { PastEvent } from './history.ts'
import type { StepInputs } from './inputs.ts'
import type { Moment } from './moment.ts'
import type { Scene, Signal } from './scene.ts'

/**
 * In some worlds there are versions from days before, and the steps delete old ones, while others give them to aliases. Drawn apart, so
 * that no other world is changed.
 */
export function withOldVersions(scene: Scene, chance: Chance): Scene {
  const isWatch = scene.steps.some(({ inputs }) => inputs['deployment-id'])
  if (!chance.is(0.2) || isWatch) return scene
  const names = scene.functions.map(each => each.names) as [Names, ...Names[]]
  const isAgain = !scene.history && chance.is(0.2)
  const base = chance.is(0.6) ? calmed(scene) : scene
  return {
    ...base,
    ...(isAgain && { history: someHistory(chance, names) }),
    functions: base.functions.map(({ names: of, options }) => ({
      names: of,
      options: { ...options, ...someVersions(chance) }
    })) as unknown as Scene['functions'],
    uncertain: { ...base.uncertain, ...someAnswers(chance) },
    actors: [...base.actors, ...someOthers(chance, names)],
    faults: [...base.faults, ...someFaults(chance)],
    steps: base.steps.map(step => ({
      ...step,
      inputs: keeping(chance, isAgain && !step.inputs.functions ? again(step.inputs) : step.inputs),
      signals: [...step.signals, ...someSignals(chance, names.length)]
    }))
  }
}

/** Nothing is deleted unless the release ends well, which it seldom does where all may go wrong. */
const calmed = (scene: Scene): Scene => ({
  ...scene,
  functions: scene.functions.map(({ names, options }) => ({
    names,
    options: { before: {}, after: {}, ...(options.alias === 'missing' && { alias: options.alias }) }
  })) as unknown as Scene['functions'],
  actors: [],
  faults: [],
  steps: scene.steps.map(step => ({ ...step, signals: [] }))
})

function someVersions(chance: Chance): Pick<PaymentsOptions, 'unreleased' | 'published'> {
  const daysAgo = chance.weighted([
    [3, 12],
    [1.01, 2],
    [0.9, 1]
  ])
  const recent = chance.is(0.3) ? chance.between(1, 6) : 0
  const unreleased = chance.is(0.35) ? chance.spread(1, 90) : 0
  return { unreleased, published: { daysAgo, recent } }
}

function someAnswers(chance: Chance): Partial<Uncertain> {
  const chosen: Record<string, unknown> = {}
  for (const question of deletionAnswers)
    if (chance.is(0.5)) chosen[question] = chance.pick(answers[question] as [unknown, ...unknown[]])
  return chosen as Partial<Uncertain>
}

/** Entries of `functions` take it from the step, unless they have a number of their own. */
function keeping(chance: Chance, inputs: StepInputs): StepInputs {
  const number = () => String(chance.pick([2, 2, 2, 3, 4, 10]))
  const kept: StepInputs = chance.is(0.9) ? { ...inputs, 'keep-versions': number() } : inputs
  if (inputs.functions === undefined) return kept
  const entries = (JSON.parse(inputs.functions) as StepInputs[]).map(entry =>
    chance.is(0.2) ? { ...entry, 'keep-versions': number() } : entry
  )
  return { ...kept, functions: JSON.stringify(entries) }
}

/** `prune`: what is in use is read. */
const whenPruned = (chance: Chance, functions: number): Moment => ({
  after: 'prune',
  ms: chance.is(0.3) ? 0 : chance.spread(5, 5_000),
  nth: chance.between(1, 2 * functions + 1)
})

function someOthers(chance: Chance, functions: readonly [Names, ...Names[]]): Actor[] {
  const when = () => whenPruned(chance, functions.length)
  const whose = () => (functions.length > 1 ? chance.pick(functions) : functions[0])
  const version = () => chance.pick(['1', '2', '3', '4', '5', '6'])
  const before: Moment = { after: 'start', ms: 0 }
  const actors: Actor[] = []
  if (chance.is(0.6)) actors.push(namer(version(), chance.pick([version(), undefined]), before, whose()))
  if (chance.is(0.4)) actors.push(namer(version(), chance.pick([version(), undefined]), when(), whose()))
  if (chance.is(0.3)) actors.push(namer('7', version(), when(), whose()))
  if (chance.is(0.3)) actors.push(provisioner(version(), chance.is(0.5) ? before : when(), whose()))
  if (chance.is(0.2)) actors.push(deployer(version(), 'LambdaCanary10Percent5Minutes', when(), whose()))
  if (chance.is(0.1)) actors.push(mover(version(), when(), chance.is(0.5), whose()))
  if (chance.is(0.2)) actors.push(publisher(before, whose()))
  return actors
}

/** Somebody gives an alias of his own these versions. */
export const namer = (version: string, weighted: string | undefined, at: Moment, of: Names): Actor => ({
  does: `somebody gives alias beta of ${of.functionName} version ${version}${weighted ? ` and a bit of ${weighted}` : ''}`,
  at,
  act: aws => {
    const { functionName: FunctionName } = of
    const AdditionalVersionWeights = weighted && weighted !== version ? { [weighted]: 0.2 } : {}
    const input = {
      FunctionName,
      Name: 'beta',
      FunctionVersion: version,
      RoutingConfig: { AdditionalVersionWeights }
    }
    const { Aliases } = aws.lambda.listAliases({ FunctionName })
    if (Aliases.some(({ Name }) => Name === 'beta')) aws.lambda.updateAlias(input)
    else aws.lambda.createAlias(input)
  }
})

const provisioner = (Qualifier: string, at: Moment, of: Names): Actor => ({
  does: `somebody gives version ${Qualifier} of ${of.functionName} provisioned concurrency`,
  at,
  act: aws =>
    void aws.lambda.putProvisionedConcurrencyConfig({
      FunctionName: of.functionName,
      Qualifier,
      ProvisionedConcurrentExecutions: 1
    })
})

/** An update of the function takes a second, ms. */
const publishedAgainMs = 3_000

/** Somebody publishes what has been in `$LATEST` for days, and then twice something new: the first is young all the same. */
const publisher = (at: Moment, of: Names): Actor => ({
  does: `somebody publishes versions of ${of.functionName}, one after the other`,
  at,
  act: aws => publish(aws, of.functionName, 2)
})

/** Others may be updating the function at the same time. */
function publish(aws: Aws, FunctionName: string, more: number): void {
  try {
    aws.lambda.publishVersion({ FunctionName, Description: 'by somebody' })
    if (more > 0) aws.lambda.updateFunctionCode({ FunctionName, ZipFile: zip(`release ${10 + more}`) })
  } catch (refusal) {
    if (!(refusal instanceof ServiceError)) throw refusal
  }
  if (more > 0) aws.clock.at(aws.clock.now() + publishedAgainMs, () => publish(aws, FunctionName, more - 1))
}

/** What serves has served for long, and something older served before. */
const someHistory = (chance: Chance, functions: readonly Names[]): PastEvent[] =>
  functions.flatMap((of): PastEvent[] => [
    { kind: 'deployment', of, deployment: { names: of, to: chance.pick(['1', '2', '3', '4']) } },
    { kind: 'deployment', of, deployment: { names: of, to: '7' } }
  ])

/** The version that serves already. */
function again(inputs: StepInputs): StepInputs {
  const { 'code-sha256': _sha, code: _code, ...rest } = inputs
  return { ...rest, 'target-version': '7' }
}

const operations: [string, number][] = [
  ['ListAliases', 3],
  ['ListVersionsByFunction', 1],
  ['ListProvisionedConcurrencyConfigs', 2],
  ['DeleteFunction', 4]
]

const kinds: [FaultKind, number][] = [
  ['throttle', 3],
  ['serverErrorBefore', 2],
  ['serverErrorAfter', 2],
  ['dropBefore', 2],
  ['dropAfter', 3],
  ['timeout', 1],
  ['slow', 6],
  ['html', 1],
  ['emptyJson', 2],
  ['stall', 1],
  ['accessDenied', 2]
]

function someFaults(chance: Chance): Fault[] {
  if (!chance.is(0.5)) return []
  const kind = chance.weighted(kinds)
  return [
    {
      operation: chance.weighted(operations),
      kind,
      skip: chance.is(0.5) ? 0 : chance.between(1, 6),
      times:
        kind === 'accessDenied'
          ? Number.POSITIVE_INFINITY
          : chance.weighted([
              [1, 4],
              [3, 2],
              [20, 1]
            ]),
      ...(kind === 'slow' && { ms: chance.spread(100, 15_000) }),
      ...(kind === 'timeout' && { ms: requestTimeoutMs })
    }
  ]
}

function someSignals(chance: Chance, functions: number): Signal[] {
  if (!chance.is(0.12)) return []
  return [{ kind: chance.is(0.7) ? 'SIGINT' : 'SIGKILL', at: whenPruned(chance, functions) }]
}
