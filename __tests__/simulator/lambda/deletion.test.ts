import {
  DeleteFunctionCommand,
  type DeleteFunctionCommandInput,
  ListProvisionedConcurrencyConfigsCommand,
  PutProvisionedConcurrencyConfigCommand
} from '@aws-sdk/client-lambda'
import { describe, expect, it, test } from '@jest/globals'
import type { Aws } from '../../../simulator/aws.ts'
import type { Uncertain } from '../../../simulator/uncertain.ts'
import { type Stage, stage } from '../stage.ts'

const FunctionName = 'payments-api'

const remove = (on: Stage, input: Partial<DeleteFunctionCommandInput>) =>
  on.clock.run(() => on.lambda.send(new DeleteFunctionCommand({ FunctionName, ...input })))

const versions = (aws: Aws) =>
  aws.lambda.listVersionsByFunction({ FunctionName }).Versions.map(({ Version }) => Version)

describe('DeleteFunction', () => {
  it('with a qualifier deletes that version only, and says 204', async () => {
    const on = stage()
    expect((await remove(on, { Qualifier: '5' })).StatusCode).toBe(204)
    expect(versions(on.aws)).toEqual(['$LATEST', '1', '2', '3', '4', '6', '7'])
    expect(() => on.aws.lambda.getFunctionConfiguration({ FunctionName, Qualifier: '5' })).toThrow(
      'Function not found'
    )
  })

  it('takes the qualifier from the name, too', async () => {
    const on = stage()
    await remove(on, { FunctionName: `${FunctionName}:5` })
    expect(versions(on.aws)).toEqual(['$LATEST', '1', '2', '3', '4', '6', '7'])
  })

  it('of a number that does not exist says 204 as well', async () => {
    const on = stage()
    expect((await remove(on, { Qualifier: '99' })).StatusCode).toBe(204)
    expect(versions(on.aws)).toHaveLength(8)
  })

  it('without a qualifier deletes the function, with its versions and aliases', async () => {
    const on = stage()
    await remove(on, {})
    expect(() => on.aws.lambda.getAlias({ FunctionName, Name: 'live' })).toThrow('Function not found')
  })

  it('never lets a number be given again', async () => {
    const on = stage()
    on.aws.lambda.publishVersion({ FunctionName })
    await remove(on, { Qualifier: '8' })
    expect(on.aws.lambda.publishVersion({ FunctionName }).Version).toBe('9')
  })

  const live = { FunctionName, Name: 'live' }
  const weigh = (aws: Aws) =>
    aws.lambda.updateAlias({ ...live, RoutingConfig: { AdditionalVersionWeights: { 5: 0.1 } } })
  const provision = (aws: Aws) =>
    aws.lambda.putProvisionedConcurrencyConfig({
      FunctionName,
      Qualifier: '5',
      ProvisionedConcurrentExecutions: 1
    })
  const conflict = 'ResourceConflictException'
  const invalid = 'InvalidParameterValueException'
  const refused: {
    name: string
    Qualifier?: string
    before?: (aws: Aws) => void
    uncertain?: Partial<Uncertain>
    error: object
  }[] = [
    {
      name: 'a version that an alias points to',
      Qualifier: '7',
      error: {
        name: conflict,
        message: 'Unable to delete version because the following aliases reference it: [live]',
        $metadata: expect.objectContaining({ httpStatusCode: 409 })
      }
    },
    {
      name: '$LATEST',
      Qualifier: '$LATEST',
      error: { name: invalid, message: '$LATEST version cannot be deleted without deleting the function.' }
    },
    { name: 'an alias', Qualifier: 'live', error: { name: invalid } },
    {
      name: 'a version that has a weight, when that is refused',
      before: weigh,
      error: {
        name: conflict,
        message: 'Unable to delete version because the following aliases reference it: [live]'
      }
    },
    {
      name: 'a version with provisioned concurrency, when that is refused',
      before: provision,
      error: { name: conflict }
    },
    {
      name: 'a version with replicas at the edge',
      before: aws => aws.lambda.replicate(FunctionName, '5'),
      error: { name: invalid, message: expect.stringContaining('because it is a replicated function') }
    },
    {
      name: 'a version of a function that does not exist',
      before: aws => void aws.lambda.deleteFunction({ FunctionName }),
      error: { name: 'ResourceNotFoundException' }
    }
  ]
  test.each(refused)('refuses $name', async ({ Qualifier = '5', before, uncertain, error }) => {
    const on = stage({ ...(uncertain && { uncertain }) })
    before?.(on.aws)
    await expect(remove(on, { Qualifier })).rejects.toMatchObject(error)
  })

  test.each<{ question: Partial<Uncertain>; given: (aws: Aws) => void }>([
    { question: { deletingWeighted: 'deleted' }, given: weigh },
    { question: { deletingProvisioned: 'deleted' }, given: provision }
  ])('with $question, such a version is deleted', async ({ question, given }) => {
    const on = stage({ uncertain: question })
    given(on.aws)
    expect((await remove(on, { Qualifier: '5' })).StatusCode).toBe(204)
    expect(versions(on.aws)).not.toContain('5')
  })
})

describe('LastModified of a version', () => {
  test.each<{ versionModified: Uncertain['versionModified']; at: string }>([
    { versionModified: 'updated', at: '2026-11-20T14:00:00.000+0000' },
    { versionModified: 'published', at: '2026-11-20T15:00:00.000+0000' }
  ])('is when it was $versionModified', async ({ versionModified, at }) => {
    const { aws, clock } = stage({ uncertain: { versionModified } })
    await clock.advance(3_600_000)
    expect(aws.lambda.publishVersion({ FunctionName }).LastModified).toBe(at)
    expect(aws.lambda.publishedMs(FunctionName, '8')).toBe(Date.parse('2026-11-20T15:00:00Z'))
  })

  it('is days ago when the setting says so', () => {
    const { aws } = stage({ setting: { unreleased: 3, published: { daysAgo: 2, recent: 2 } } })
    const { Versions } = aws.lambda.listVersionsByFunction({ FunctionName })
    expect(
      Versions.map(({ Version, LastModified = '' }) => `${Version} ${LastModified.slice(8, 10)}`)
    ).toEqual(['$LATEST 18', ...[1, 2, 3, 4, 5, 6, 7, 8].map(version => `${version} 18`), '9 20', '10 20'])
  })
})

describe('provisioned concurrency', () => {
  const put = (on: Stage, Qualifier: string) =>
    on.clock.run(() =>
      on.lambda.send(
        new PutProvisionedConcurrencyConfigCommand({
          FunctionName,
          Qualifier,
          ProvisionedConcurrentExecutions: 2
        })
      )
    )

  it('is listed by the ARNs of versions and aliases', async () => {
    const on = stage()
    expect(await put(on, '5')).toMatchObject({ Status: 'IN_PROGRESS' })
    await put(on, 'live')
    const { ProvisionedConcurrencyConfigs } = await on.clock.run(() =>
      on.lambda.send(new ListProvisionedConcurrencyConfigsCommand({ FunctionName }))
    )
    const arn = 'arn:aws:lambda:eu-west-1:123456789012:function:payments-api'
    expect(ProvisionedConcurrencyConfigs).toEqual(
      ['5', 'live'].map(qualifier => ({
        FunctionArn: `${arn}:${qualifier}`,
        RequestedProvisionedConcurrentExecutions: 2,
        AvailableProvisionedConcurrentExecutions: 2,
        AllocatedProvisionedConcurrentExecutions: 2,
        Status: 'READY',
        LastModified: expect.stringContaining('2026-11-20T14:00:00')
      }))
    )
  })

  it('is refused for $LATEST and for an alias with weights', async () => {
    const on = stage()
    await expect(put(on, '$LATEST')).rejects.toThrow('cannot be applied to unpublished function versions')
    on.aws.lambda.updateAlias({
      FunctionName,
      Name: 'live',
      RoutingConfig: { AdditionalVersionWeights: { 5: 0.1 } }
    })
    await expect(put(on, 'live')).rejects.toThrow('Alias with weights can not be used')
  })

  it('has at most fifty to a page', async () => {
    const { aws } = stage({ setting: { unreleased: 53 } })
    for (let version = 1; version <= 60; version++)
      aws.lambda.putProvisionedConcurrencyConfig({
        FunctionName,
        Qualifier: String(version),
        ProvisionedConcurrentExecutions: 1
      })
    const first = aws.lambda.listProvisionedConcurrencyConfigs({ FunctionName })
    const second = aws.lambda.listProvisionedConcurrencyConfigs({ FunctionName, Marker: first.NextMarker })
    expect([first, second].map(each => each.ProvisionedConcurrencyConfigs.length)).toEqual([50, 10])
  })
})
