/** Lambda's first answer about `$LATEST` is some seconds old: an earlier step has just updated the function. */
import { expect, test } from '@jest/globals'
import type { Aws } from '../../simulator/aws.ts'
import { zip } from '../../simulator/lambda/zip.ts'
import { type Play, play } from './play.ts'
import { asked } from './services.ts'

const FunctionName = 'payments-api'

const upload = (aws: Aws, code = 'newest'): void =>
  void aws.lambda.updateFunctionCode({ FunctionName, ZipFile: zip(code) })

const digest = (aws: Aws, Qualifier?: string): string =>
  aws.lambda.getFunctionConfiguration({ FunctionName, ...(Qualifier && { Qualifier }) }).CodeSha256 ?? ''

/** The function is updated, and `ms` later the step begins, for which the survey's two answers are from before that. */
const updated = (ms: number): Pick<Play, 'earlier' | 'before'> => ({
  earlier: async aws => {
    await aws.clock.sleep(60_000)
    upload(aws)
    await aws.clock.sleep(ms)
  },
  before: aws =>
    aws.faults.add({ operation: 'GetFunctionConfiguration', kind: 'stale', ms: ms + 3_000, times: 2 })
})

test('what the earlier step has uploaded is released, and the log says once that the first answer was old', async () => {
  const { aws, log, outputs } = await play({ ...updated(6_000) })
  const code = digest(aws)
  expect([outputs.outcome, outputs['serving-version'], outputs['code-sha256'], digest(aws, '8')]).toEqual([
    'succeeded',
    '8',
    code,
    code
  ])
  expect(log.filter(line => line.includes('was old'))).toEqual([
    `Lambda's first answer about $LATEST of payments-api was old: the code ${code} was there before, and is what is published`
  ])
})

test('what is there is the live version: nothing is released', async () => {
  const { aws, outputs } = await play({
    setting: { unchanged: true },
    earlier: async aws => {
      await aws.clock.sleep(60_000)
      upload(aws)
      const { Version = '' } = aws.lambda.publishVersion({ FunctionName })
      aws.lambda.updateAlias({ FunctionName, Name: 'live', FunctionVersion: Version })
      await aws.clock.sleep(6_000)
    },
    before: aws =>
      aws.faults.add({ operation: 'GetFunctionConfiguration', kind: 'stale', ms: 7_000, times: 1 })
  })
  expect([outputs.outcome, outputs.version, outputs['code-sha256']]).toEqual(['unchanged', '8', digest(aws)])
})

test('a role that no alias can have beside that of the live version is noticed', async () => {
  const scene = updated(6_000)
  const { aws, outputs } = await play({
    ...scene,
    earlier: async aws => {
      await aws.clock.sleep(60_000)
      aws.lambda.updateFunctionConfiguration({
        FunctionName,
        Role: 'arn:aws:iam::123456789012:role/payments-api-next'
      })
      await aws.clock.sleep(1_000)
      upload(aws)
      await aws.clock.sleep(6_000)
    }
  })
  expect([outputs.outcome, outputs['error-code'], asked(aws, 'CreateDeployment')]).toEqual([
    'refused',
    'ROLES_DIFFER',
    []
  ])
})

test.each([
  { name: 'is right', skewMs: 0 },
  { name: 'is four minutes ahead', skewMs: 240_000 },
  { name: 'is ten minutes ahead', skewMs: 600_000 },
  { name: 'is ten minutes behind', skewMs: -600_000 }
])(
  'what somebody uploads after the first answer is not released, when the clock of the runner $name',
  async ({ skewMs }) => {
    const { outputs } = await play({
      skewMs,
      before: (aws, clock) => {
        const change = () =>
          asked(aws, 'GetFunctionConfiguration').some(({ status }) => status === 200)
            ? upload(aws, 'somebody else')
            : void clock.at(clock.now() + 5, change)
        change()
      }
    })
    expect([outputs.outcome, outputs['error-code'], outputs['serving-version']]).toEqual([
      'refused',
      'CODE_CHANGED',
      '7'
    ])
  }
)
