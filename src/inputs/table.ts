/** What one input is, whatever its value. */
interface Input<Name extends string> {
  /** `step`: it holds for the whole step. `function`: it is about one function, so an entry of `functions` may give it too. */
  scope: 'step' | 'function'
  /** For inputs that always have a value, as in action.yml. */
  default?: string
  /** Inputs beside which this one must be left out (or at its default), each with the reason. */
  notWith?: Readonly<Partial<Record<Name, string>>>
}

const defined = <Name extends string>(
  inputs: Readonly<Record<Name, Input<NoInfer<Name>>>>
): Readonly<Record<Name, Input<Name>>> => inputs

const unlessStarted = { 'deployment-id': 'that deployment has been started already' }
const unlessByHand = { weight: 'CodeDeploy has no part in that' }
const unlessShifted = { ...unlessStarted, ...unlessByHand }
const unlessPublished = { ...unlessStarted, 'target-version': 'no version is published then' }

/** Every input, in the order of action.yml. Only what has a row here can be read. */
export const inputTable = defined({
  'function-name': { scope: 'function' },
  alias: { scope: 'function' },
  'codedeploy-application': { scope: 'function' },
  'codedeploy-deployment-group': { scope: 'function' },
  'codedeploy-deployment-config': { scope: 'function', notWith: unlessShifted },
  'target-version': { scope: 'function', notWith: unlessStarted },
  'current-version': { scope: 'function', notWith: unlessStarted },
  code: { scope: 'function', notWith: unlessPublished },
  'code-bucket': { scope: 'function' },
  'code-sha256': { scope: 'function', notWith: unlessPublished },
  'revision-id': { scope: 'function', notWith: unlessPublished },
  'version-description': { scope: 'function', notWith: unlessPublished },
  'codedeploy-deployment-description': { scope: 'function', notWith: unlessShifted },
  'test-event': { scope: 'function', notWith: unlessStarted },
  'test-expect': { scope: 'function', notWith: unlessStarted },
  'before-allow-traffic-hook': { scope: 'function', notWith: unlessShifted },
  'after-allow-traffic-hook': { scope: 'function', notWith: unlessShifted },
  alarms: { scope: 'function', notWith: unlessShifted },
  'ignore-poll-alarm-failure': { scope: 'function', default: 'false', notWith: unlessByHand },
  'auto-rollback-events': {
    scope: 'function',
    default: 'DEPLOYMENT_FAILURE, DEPLOYMENT_STOP_ON_ALARM, DEPLOYMENT_STOP_ON_REQUEST',
    notWith: unlessByHand
  },
  'create-alias': { scope: 'function', default: 'true' },
  wait: {
    scope: 'step',
    default: 'true',
    notWith: { 'deployment-id': 'watching is all that is asked for', ...unlessByHand }
  },
  'wait-for-minutes': { scope: 'step', notWith: unlessByHand },
  'if-in-progress': { scope: 'function', default: 'wait', notWith: unlessByHand },
  'if-interrupted': { scope: 'step', notWith: unlessByHand },
  'deployment-id': { scope: 'step' },
  'codedeploy-service-role': { scope: 'function', notWith: unlessShifted },
  functions: { scope: 'step', notWith: unlessStarted },
  'dry-run': {
    scope: 'step',
    default: 'false',
    notWith: { 'deployment-id': 'nothing is changed anyway' }
  },
  'aws-region': { scope: 'step' },
  'role-to-assume': { scope: 'step' },
  'github-token': { scope: 'step' },
  'github-environment': { scope: 'step' },
  'if-outdated': { scope: 'step', default: 'warn' },
  'max-error-rate': { scope: 'function', notWith: unlessByHand },
  'min-invocations': { scope: 'function', default: '20', notWith: unlessByHand },
  'if-no-traffic': { scope: 'function', default: 'warn', notWith: unlessByHand },
  weight: { scope: 'function', notWith: unlessStarted },
  'keep-versions': {
    scope: 'function',
    notWith: { ...unlessStarted, weight: 'versions are deleted after a release only' }
  }
})

export type InputName = keyof typeof inputTable

export const inputNames = Object.keys(inputTable) as readonly InputName[]

export const isInput = (name: string): name is InputName => Object.hasOwn(inputTable, name)

/** Inputs that hold JSON. */
export const jsonInputs: readonly InputName[] = ['test-event', 'test-expect']

/** What an entry of `functions` may give; it takes the rest from the step. */
export const functionInputs: readonly InputName[] = inputNames.filter(
  name => inputTable[name].scope === 'function'
)
