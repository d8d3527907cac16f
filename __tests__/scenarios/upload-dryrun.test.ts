/** `code` in a dry run. */
import { createHash } from 'node:crypto'
import { expect, test } from '@jest/globals'
import type { Aws } from '../../simulator/aws.ts'
import type { VirtualClock } from '../../simulator/clock.ts'
import { diskOf } from '../../simulator/disk.ts'
import { zip } from '../../simulator/lambda/zip.ts'
import { fault } from './incidents.ts'
import { endOf } from './past.ts'
import { type Play, type Played, play, release } from './play.ts'

const FunctionName = 'payments-api'
const ours = zip('release 9')
const oursIs = createHash('sha256').update(ours).digest('base64')
const disk = diskOf({ 'code.zip': ours })
const inputs = {
  ...release,
  code: 'code.zip',
  'codedeploy-deployment-config': 'AllAtOnce',
  'dry-run': 'true'
}

const dryRun = (scene: Play = {}): Promise<Played> => play({ disk, inputs, ...scene })

/** The requests that change something, or would, in order. */
const changes = ({ aws }: Played): string[] =>
  aws.requests.flatMap(({ operation, input, status }) => {
    const { DryRun } = (input ?? {}) as { DryRun?: boolean }
    return /^(Update|Publish|Create)/.test(operation)
      ? [`${operation}${DryRun ? ' DryRun' : ''} ${status}`]
      : []
  })

const codeOf = (aws: Aws) => aws.lambda.getFunctionConfiguration({ FunctionName }).CodeSha256

const uploaded = (aws: Aws): void => void aws.lambda.updateFunctionCode({ FunctionName, ZipFile: ours })

const configured = (aws: Aws): void =>
  void aws.lambda.updateFunctionConfiguration({ FunctionName, Timeout: 5 })

/** Once the function has been read, somebody does something. */
const onceRead =
  (then: (aws: Aws) => void) =>
  (aws: Aws, clock: VirtualClock): void => {
    const look = () => {
      if (aws.requests.some(({ operation }) => operation === 'GetFunction')) then(aws)
      else clock.at(clock.now() + 5, look)
    }
    look()
  }

test('a dry run has Lambda check the package and the permissions, and changes nothing', async () => {
  const played = await dryRun()
  expect(changes(played)).toEqual(['UpdateFunctionCode DryRun 200'])
  expect([played.outputs.outcome, codeOf(played.aws) === oursIs]).toEqual(['planned', false])
  expect(played.log).toContain('Lambda would accept the code for payments-api (DryRun)')
})

test('a dry run does not ask about code that is there already', async () => {
  const played = await dryRun({ before: uploaded })
  expect(changes(played)).toEqual([])
  expect(played.log).toContain('  code       code.zip: 9 B in 1 file, 123 B zipped, is in $LATEST already')
})

test('a dry run compares code-sha256 with the package, and not with what is there', async () => {
  const played = await dryRun({ inputs: { ...inputs, 'code-sha256': oursIs } })
  expect(endOf(played)).toBe('planned 7')
})

test('a dry run fails when Lambda would refuse the upload', async () => {
  const { outputs } = await dryRun({
    before: fault({ operation: 'UpdateFunctionCode', kind: 'accessDenied' })
  })
  expect(outputs).toMatchObject({ outcome: 'refused', 'error-code': 'AccessDeniedException' })
})

const wouldAccept = 'Lambda would accept the code for payments-api (DryRun)'

test('a dry run waits for an update of the configuration that began after the function was read', async () => {
  const played = await dryRun({ before: onceRead(configured) })
  expect(endOf(played)).toBe('planned 7')
  expect(changes(played)).toEqual(['UpdateFunctionCode DryRun 409', 'UpdateFunctionCode DryRun 200'])
  expect(played.log).toContain(wouldAccept)
})

test('a dry run reads again when the revision that it has read is no longer true', async () => {
  const played = await dryRun({
    earlier: async aws => {
      configured(aws)
      await aws.clock.sleep(2_000)
    },
    before: fault({ operation: 'GetFunction', kind: 'stale', ms: 6_000, times: 2 })
  })
  expect(endOf(played)).toBe('planned 7')
  expect(changes(played)).toEqual([
    'UpdateFunctionCode DryRun 412',
    'UpdateFunctionCode DryRun 412',
    'UpdateFunctionCode DryRun 200'
  ])
  expect(played.log).toContain(wouldAccept)
})

test('a dry run gives up when the function is changed again and again', async () => {
  const played = await dryRun({
    before: fault({
      operation: 'UpdateFunctionCode',
      kind: 'custom',
      error: { name: 'PreconditionFailedException', message: 'changed', status: 412 },
      times: Number.POSITIVE_INFINITY
    })
  })
  expect(endOf(played)).toBe('refused 7 PreconditionFailedException')
  expect(changes(played)).toHaveLength(6)
})

test('a cancel ends a dry run at once', async () => {
  let cancelledAt = 0
  const played = await dryRun({
    before: (aws, clock, cancel) => {
      onceRead(configured)(aws, clock)
      clock.at(clock.now() + 1_000, () => {
        cancelledAt = clock.now()
        cancel()
      })
    }
  })
  expect(played.log).not.toContain(wouldAccept)
  expect(played.endedAt - cancelledAt).toBeLessThan(500)
})
