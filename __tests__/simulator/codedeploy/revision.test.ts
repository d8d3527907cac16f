import { createHash } from 'node:crypto'
import {
  BatchGetApplicationRevisionsCommand,
  GetApplicationRevisionCommand,
  ListApplicationRevisionsCommand,
  type ListApplicationRevisionsCommandInput,
  RegisterApplicationRevisionCommand
} from '@aws-sdk/client-codedeploy'
import { describe, expect, it, test } from '@jest/globals'
import { deployEarlier } from '../../../simulator/earlier.ts'
import { appSpec, release, releaseAndWait, type Stage, stage } from '../stage.ts'
import { refusal } from './refusal.ts'

const applicationName = 'payments'
const sha256Of = (content: string) => createHash('sha256').update(content).digest('hex')
const known = (content: string) => ({
  revisionType: 'AppSpecContent' as const,
  appSpecContent: { sha256: sha256Of(content) }
})
const whole = (content: string) => ({
  revisionType: 'AppSpecContent' as const,
  appSpecContent: { content, sha256: sha256Of(content) }
})
const onS3 = {
  revisionType: 'S3' as const,
  s3Location: { bucket: 'payments-packages', key: 'specs/appspec.yml', bundleType: 'YAML' as const }
}

/** One revision is deployed at 14:00, and one is registered five minutes later. */
async function withTwo(): Promise<Stage> {
  const on = stage()
  await releaseAndWait(on)
  await on.clock.run(() =>
    on.codedeploy.send(
      new RegisterApplicationRevisionCommand({
        applicationName,
        description: 'for later',
        revision: { revisionType: 'AppSpecContent', appSpecContent: { content: appSpec({ target: '9' }) } }
      })
    )
  )
  return on
}

const list = async (on: Stage, input: Partial<ListApplicationRevisionsCommandInput> = {}) => {
  const command = new ListApplicationRevisionsCommand({ applicationName, ...input })
  return (await on.clock.run(() => on.codedeploy.send(command))).revisions
}

describe('a revision', () => {
  it('is listed without its text, in the order that is asked for', async () => {
    const on = await withTwo()
    const [deployed, registered] = [known(appSpec()), known(appSpec({ target: '9' }))]
    expect(await list(on, { sortBy: 'registerTime' })).toEqual([deployed, registered])
    expect(await list(on, { sortBy: 'registerTime', sortOrder: 'descending' })).toEqual([
      registered,
      deployed
    ])
    expect(await list(on, { sortBy: 'lastUsedTime' })).toEqual([registered, deployed])
  })

  it('is the target of the group that it was last deployed to with success', async () => {
    const on = await withTwo()
    expect(await list(on, { deployed: 'include' })).toEqual([known(appSpec())])
    expect(await list(on, { deployed: 'exclude' })).toEqual([known(appSpec({ target: '9' }))])
    const get = new GetApplicationRevisionCommand({ applicationName, revision: known(appSpec()) })
    expect((await on.clock.run(() => on.codedeploy.send(get))).revisionInfo).toEqual({
      deploymentGroups: ['payments-live'],
      firstUsedTime: expect.any(Date),
      lastUsedTime: expect.any(Date),
      registerTime: expect.any(Date)
    })
  })

  it('is read with its text, together with others, of which one is missing', async () => {
    const on = await withTwo()
    const revisions = [known(appSpec({ target: '9' })), known('nobody has it')]
    const get = new BatchGetApplicationRevisionsCommand({ applicationName, revisions })
    expect(await on.clock.run(() => on.codedeploy.send(get))).toMatchObject({
      applicationName,
      errorMessage: '1 of the revisions do not exist',
      revisions: [
        {
          revisionLocation: whole(appSpec({ target: '9' })),
          genericRevisionInfo: {
            description: 'for later',
            deploymentGroups: [],
            registerTime: expect.any(Date)
          }
        }
      ]
    })
  })

  it('is found also when the last success in its group is a rollback that shows no revision', async () => {
    const on = stage({ uncertain: { rollbackRevision: 'absent' } })
    await on.clock.run(() => deployEarlier(on.aws, { to: '6', ends: 'rolledBack' }))
    expect(await list(on)).toHaveLength(1)
    expect(await list(on, { deployed: 'include' })).toEqual([])
  })

  it('on S3 is found by its bucket and key', async () => {
    const on = await withTwo()
    const register = new RegisterApplicationRevisionCommand({ applicationName, revision: onS3 })
    await on.clock.run(() => on.codedeploy.send(register))
    expect(await list(on, { s3Bucket: 'payments-packages', s3KeyPrefix: 'specs/' })).toEqual([onS3])
    expect(await list(on, { s3Bucket: 'payments-packages', s3KeyPrefix: 'code/' })).toEqual([])
  })

  const register = (revision: object, description?: string) =>
    new RegisterApplicationRevisionCommand({ applicationName, revision, description })
  test.each([
    { name: 'nothing', command: register(undefined as never), is: 'RevisionRequiredException' },
    { name: 'no text', command: register(known('x')), is: 'InvalidRevisionException' },
    {
      name: 'what is on GitHub',
      command: register({ revisionType: 'GitHub', gitHubLocation: { repository: 'a/b', commitId: 'c' } }),
      is: 'InvalidRevisionException'
    },
    {
      name: 'a long description',
      command: register(whole('x'), 'x'.repeat(257)),
      is: 'DescriptionTooLongException'
    },
    {
      name: 'more than 25 at once',
      command: new BatchGetApplicationRevisionsCommand({
        applicationName,
        revisions: Array(26).fill(known('x'))
      }),
      is: 'BatchLimitExceededException'
    },
    {
      name: 'an order that does not exist',
      command: new ListApplicationRevisionsCommand({ applicationName, sortBy: 'name' as 'registerTime' }),
      is: 'InvalidSortByException'
    },
    {
      name: 'a direction that does not exist',
      command: new ListApplicationRevisionsCommand({ applicationName, sortOrder: 'up' as 'ascending' }),
      is: 'InvalidSortOrderException'
    },
    {
      name: 'a filter that does not exist',
      command: new ListApplicationRevisionsCommand({ applicationName, deployed: 'yes' as 'include' }),
      is: 'InvalidDeployedStateFilterException'
    },
    {
      name: 'a key without its bucket',
      command: new ListApplicationRevisionsCommand({ applicationName, s3KeyPrefix: 'specs/' }),
      is: 'BucketNameFilterRequiredException'
    }
  ])('$name: $is', async ({ command, is }) => {
    const on = stage()
    expect(await refusal(on, () => on.codedeploy.send(command as never))).toBe(is)
  })
})

test('what was deployed from a group is registered by that', async () => {
  const on = stage()
  expect(await list(on)).toEqual([])
  on.aws.codedeploy.createDeployment(release())
  expect(await list(on)).toEqual([known(appSpec())])
})
