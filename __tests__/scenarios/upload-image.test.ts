import { describe, expect, test } from '@jest/globals'
import type { Aws } from '../../simulator/aws.ts'
import { type Inputs, type Played, play, release } from './play.ts'

const FunctionName = 'payments-api'

/** Releases an image that `given` names, once it is in the registry. */
async function releaseImage(
  given: (aws: Aws, digest: string) => string,
  before: (aws: Aws, digest: string) => void = () => {},
  more: Inputs = {}
): Promise<Played & { digest: string }> {
  const inputs: Inputs = { ...release, 'codedeploy-deployment-config': 'AllAtOnce', ...more }
  let digest = ''
  const played = await play({
    inputs,
    setting: { packageType: 'Image' },
    before: aws => {
      digest = aws.ecr.push('payments', '9', 'release 9')
      inputs.code = given(aws, digest)
      before(aws, digest)
    }
  })
  return { ...played, digest }
}

const byTag = (aws: Aws) => aws.ecr.uri('payments', '9')
const byDigest = (aws: Aws, digest: string) => aws.ecr.uri('payments', digest)
const updates = ({ aws }: Played) =>
  aws.requests.filter(({ operation }) => operation === 'UpdateFunctionCode').length
const imageOf = ({ aws }: Played, Qualifier: string) => {
  const { Code } = aws.lambda.getFunction({ FunctionName, Qualifier })
  return (Code as { ResolvedImageUri?: string }).ResolvedImageUri
}

/** Why, what AWS said, and what next. */
const errorOf = ({ annotations }: Played): string[] =>
  annotations
    .filter(({ level }) => level === 'error')
    .flatMap(({ message }) => message.split('\n').filter(line => /^(Why|AWS|Next):/.test(line)))

describe('an image', () => {
  test('by its tag is resolved by Lambda, and the log tells its digest', async () => {
    const played = await releaseImage(byTag)
    expect([played.outputs.outcome, imageOf(played, '8')]).toEqual([
      'succeeded',
      byDigest(played.aws, played.digest)
    ])
    expect(played.log).toContain(
      `$LATEST of payments-api is updated (${byDigest(played.aws, played.digest)})`
    )
  })

  test('by its digest is released', async () => {
    const played = await releaseImage(byDigest)
    expect([played.outputs.outcome, imageOf(played, '8'), updates(played)]).toEqual([
      'succeeded',
      byDigest(played.aws, played.digest),
      1
    ])
  })

  test('by its digest is left alone when $LATEST has it already; by its tag that cannot be known', async () => {
    const update = (aws: Aws, digest: string) =>
      void aws.lambda.updateFunctionCode({ FunctionName, ImageUri: byDigest(aws, digest) })
    const [same, unknown] = [await releaseImage(byDigest, update), await releaseImage(byTag, update)]
    expect([same.outputs.outcome, updates(same), unknown.outputs.outcome, updates(unknown)]).toEqual([
      'succeeded',
      0,
      'succeeded',
      1
    ])
  })

  test('that is not there is refused in the words of Lambda, and nothing is published', async () => {
    const played = await releaseImage(aws => aws.ecr.uri('payments', '10'))
    expect([played.outputs.outcome, played.outputs['error-message']]).toEqual([
      'refused',
      expect.stringContaining('does not exist')
    ])
    expect(played.aws.requests.some(({ operation }) => operation === 'PublishVersion')).toBe(false)
  })

  test.each(['false', 'true'])(
    'that Lambda may not read is refused with what its repository must allow (dry-run: %s)',
    async dryRun => {
      const elsewhere = '210987654321.dkr.ecr.eu-west-1.amazonaws.com/payments:9'
      const played = await releaseImage(() => elsewhere, undefined, { 'dry-run': dryRun })
      expect(played.outputs['error-code']).toBe('AccessDeniedException')
      expect(errorOf(played)).toEqual([
        `Why:  Lambda may not read the image ${elsewhere}. (AccessDeniedException)`,
        'AWS:  Lambda does not have permission to access the ECR image. Check the ECR permissions.',
        'Next: Let the policy of its repository allow ecr:BatchGetImage and ecr:GetDownloadUrlForLayer to lambda.amazonaws.com (docs/permissions.md, an image in Amazon ECR).'
      ])
    }
  )
})
