/** `if-in-progress: replace`: whoever reads how the step ended learns what it did to somebody else's deployment. */
import { describe, expect, test } from '@jest/globals'
import type { Aws } from '../../simulator/aws.ts'
import type { VirtualClock } from '../../simulator/clock.ts'
import { fleet } from '../../simulator/fleet.ts'
import { group } from './incidents.ts'
import { killAfter } from './killed.ts'
import { endOf, errorOf } from './past.ts'
import { type Inputs, type Play, type Played, play, release } from './play.ts'
import { running } from './running.ts'
import { asked, ends, entry, somebodyDeploys, together } from './services.ts'

const replacing: Inputs = { ...release, 'if-in-progress': 'replace' }

/** Half an hour's canary of somebody else has run for a minute. */
const aMinuteAgo = (before: (aws: Aws) => void = () => undefined): Pick<Play, 'earlier'> => ({
  earlier: async aws => {
    running()(aws)
    await aws.clock.sleep(60_000)
    before(aws)
  }
})

/** Does something so long after the first StopDeployment has arrived. */
const afterTheStop =
  (ms: number, act: (aws: Aws, cancel: () => void) => void): NonNullable<Play['before']> =>
  (aws, clock, cancel) => {
    const look = () =>
      asked(aws, 'StopDeployment').length > 0
        ? clock.at(clock.now() + ms, () => act(aws, cancel))
        : clock.at(clock.now() + 50, look)
    clock.at(clock.now(), look)
  }

const unescaped = (markdown: string): string =>
  markdown.replace(/&#(\d+);/g, (_, code) => String.fromCharCode(Number(code)))

/** What the step says about it, with the ids as they are given in the order of creation: d-1, d-2. */
function told(played: Played, where = group): { annotation: string[]; summary: string[]; output: string[] } {
  const ids = [...played.aws.codedeploy.listDeployments(where).deployments].reverse()
  const named = (text: string) => ids.reduce((all, id, index) => all.replaceAll(id, `d-${index + 1}`), text)
  const about = (text: string) =>
    named(text)
      .split('\n')
      .filter(line => line.includes('his step asked'))
  const [only] = JSON.parse(played.outputs.results ?? '[]') as Inputs[]
  return {
    annotation: about(errorOf(played)),
    summary: about(unescaped(played.summary)),
    output: about(only?.['error-message'] ?? '')
  }
}

const everywhere = (text: string) => ({
  annotation: [`Note: ${text}`],
  summary: [`Note: ${text}`],
  output: [text]
})

describe('a step that has stopped a deployment and then does not release says so', () => {
  const asksFor = 'This step asked CodeDeploy to stop deployment d-1, to replace it'

  test('and how the rollback failed that has left the alias split', async () => {
    const played = await play({
      inputs: replacing,
      ...aMinuteAgo(aws => {
        aws.codedeploy.rollbackFailure = { code: 'INTERNAL_ERROR', message: 'An internal error occurred.' }
      })
    })
    expect(endOf(played)).toBe('refused 7:0.9,6:0.1 ALIAS_SPLIT')
    expect(told(played)).toEqual(
      everywhere(
        `${asksFor}. It ended Stopped, and its rollback d-2 ended Failed (INTERNAL_ERROR: An internal error occurred.).`
      )
    )
    expect(errorOf(played)).toMatch(
      /^Why: {2}Alias live is split between v7 90% and v6 10%, and no deployment of group payments-live is known to shift it: d-\w{9}, which was stopped to replace it, was not rolled back\. \(ALIAS_SPLIT\)$/m
    )
  })

  test('when the job is cancelled before the end of that was seen', async () => {
    const played = await play({
      inputs: replacing,
      ...aMinuteAgo(),
      before: afterTheStop(10, (_, cancel) => cancel())
    })
    expect(endOf(played)).toMatch(/^interrupted .*JOB_CANCELLED$/)
    expect(told(played)).toEqual(everywhere(`${asksFor}; the end of that was not seen.`))
  })

  test('when it is refused after that for another reason', async () => {
    const played = await play({
      inputs: replacing,
      ...aMinuteAgo(),
      before: aws => aws.faults.add({ operation: 'CreateDeployment', kind: 'accessDenied' })
    })
    expect(endOf(played)).toBe('refused 7 AccessDeniedException')
    expect(told(played)).toEqual(
      everywhere(`${asksFor}. It ended Stopped, and its rollback d-2 ended Succeeded.`)
    )
  })

  test('of a function that is held back because another one was refused', async () => {
    const played = await play({
      inputs: together([entry('orders'), entry('ledger')], { 'if-in-progress': 'replace' }),
      before: aws => {
        fleet(aws, ['orders', 'ledger'])
        for (const name of ['orders', 'ledger']) somebodyDeploys(aws, name, '6')
        aws.faults.add({ operation: 'StopDeployment', about: 'ledger', kind: 'accessDenied' })
      }
    })
    expect(ends(played)).toEqual({
      orders: 'refused HELD_BACK 7 (split)',
      ledger: 'refused NOT_REPLACED 7 (split)'
    })
    const orders = { applicationName: 'payments', deploymentGroupName: 'orders-live' }
    expect(told(played, orders)).toEqual(everywhere(`${asksFor}; the end of that was not seen.`))
  })
})

test('the post step of a run that was killed after it had created its own deployment says so, too', async () => {
  const { aws, post } = await killAfter(40, { inputs: replacing, ...aMinuteAgo() })
  const [oldest = ''] = [...aws.codedeploy.listDeployments(group).deployments].reverse()
  expect(
    unescaped(post.summaries.join('\n'))
      .split('\n')
      .filter(line => line.startsWith('Note: '))
  ).toEqual([
    expect.stringMatching(
      new RegExp(
        `^Note: This step asked CodeDeploy to stop deployment ${oldest}, to replace it\\. It ended Stopped, and its rollback d-\\w{9} ended Succeeded\\.$`
      )
    )
  ])
})

describe('a step says nothing of it', () => {
  test.each<{ name: string; scene: Play; ends: string }>([
    { name: 'when it has released', scene: { inputs: replacing, ...aMinuteAgo() }, ends: 'succeeded 8' },
    {
      name: 'when the stop was refused',
      scene: {
        inputs: replacing,
        ...aMinuteAgo(),
        before: (aws: Aws, _: VirtualClock) =>
          aws.faults.add({ operation: 'StopDeployment', kind: 'accessDenied' })
      },
      ends: 'refused 7:0.9,6:0.1 NOT_REPLACED'
    }
  ])('$name', async ({ scene, ends }) => {
    const played = await play(scene)
    expect(endOf(played)).toBe(ends)
    expect(told(played)).toEqual({ annotation: [], summary: [], output: [] })
  })
})
