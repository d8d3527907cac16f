/** Defects that were found by reading and by simulation: each has the row here that would have caught it. */
import { expect, test } from '@jest/globals'
import { clockFrom } from '../src/clock.ts'
import { appSpec, parseAppSpec } from '../src/plan/appspec.ts'
import { decide } from '../src/plan/plan.ts'
import { pause } from '../src/watch/pace.ts'
import { canary, event, seen, shareOn8, shiftingSince, subject } from './deployment/made.ts'
import { request } from './inputs/asked.ts'
import { holdings } from './plan/held.ts'
import { play, problems, release } from './scenarios/play.ts'

test('a description is never cut within a character', async () => {
  const { aws } = await play({
    inputs: { ...release, 'codedeploy-deployment-description': `${'x'.repeat(254)}😀😀`, wait: 'false' }
  })
  const sent = aws.requests.find(({ operation }) => operation === 'CreateDeployment')?.input as {
    description: string
  }
  expect(sent.description).toBe(`${'x'.repeat(254)}…`)
})

test('a look is never due within less than a second', () => {
  const baking = seen({ lifecycle: shiftingSince(0), traffic: shareOn8(0.1, 1) })
  const atTheEdge = { now: 300_999, phaseSince: 0, blind: 0, random: 0 }
  expect(pause(baking, subject({ schedule: canary }), atTheEdge)).toBe(1_000)
})

test('a lifecycle status that says nothing does not end a hook', async () => {
  const { changes } = await import('../src/watch/changes.ts')
  const hooked = subject({ hooks: { BeforeAllowTraffic: 'CodeDeployHook_before' } })
  const running = seen({ lifecycle: [event('BeforeAllowTraffic', 'InProgress', 0)] })
  const unknown = seen({ lifecycle: [event('BeforeAllowTraffic', 'Unknown', 0)] })
  expect(changes(running, unknown, hooked)).toEqual([])
})

test('an alias whose weights give everything to another version is not shifted from', () => {
  const held = holdings()
  const split = { ...held, alias: { arn: 'arn:live', version: '7', weights: { 8: 1 } } }
  expect(decide(request({ targetVersion: '9' }), split, undefined)).toMatchObject({
    kind: 'refuse',
    cause: { code: 'ALIAS_SPLIT' }
  })
})

test('an AppSpec without versions is not read', () => {
  const whole = JSON.parse(
    appSpec({ functionName: 'f', alias: 'live', currentVersion: '7', targetVersion: '8', hooks: {} }).content
  )
  delete whole.Resources[0].f.Properties.TargetVersion
  expect(parseAppSpec(JSON.stringify(whole))).toBe(undefined)
})

test('a region of the European Sovereign Cloud is a region', () => {
  expect(problems({ ...release, 'aws-region': 'eusc-de-east-1' })).toEqual([])
})

test('ignoring alarms that cannot be read goes with alarms, not with none', () => {
  expect(problems({ ...release, alarms: 'none', 'ignore-poll-alarm-failure': 'true' })).toEqual([
    "ignore-poll-alarm-failure: got 'true'; accepted is 'false' together with alarms: none"
  ])
})

test('the fast clock is not for a job that also talks to the real AWS', async () => {
  const env = {
    LAMBDA_CODEDEPLOY_CLOCK: '60x@0',
    AWS_ENDPOINT_URL: 'http://127.0.0.1:1',
    AWS_ENDPOINT_URL_LAMBDA: 'https://lambda.eu-west-1.amazonaws.com'
  }
  expect(Math.abs(clockFrom(env).now() - Date.now())).toBeLessThan(1_000)
})
