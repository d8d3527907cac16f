import { describe, expect, test } from '@jest/globals'
import { ownedBy, pinned, referencesIn } from '../../scripts/release/references.ts'

const commit = '0123456789abcdef0123456789abcdef01234567'
const path = '/.github/workflows/release-lambda.yml'

describe('the uses of this action in a text', () => {
  test.each([
    {
      name: 'a tag',
      text: '- uses: acme/lambda-codedeploy@v1\n',
      found: { repository: 'acme/lambda-codedeploy', path: '', ref: 'v1', comment: '' },
      after: `- uses: acme/lambda-codedeploy@${commit} # v1.2.3\n`
    },
    {
      name: 'a commit with its version',
      text: `  uses: acme/lambda-codedeploy@${'f'.repeat(40)} # v1.0.0\n  with:\n`,
      found: { repository: 'acme/lambda-codedeploy', path: '', ref: 'f'.repeat(40), comment: 'v1.0.0' },
      after: `  uses: acme/lambda-codedeploy@${commit} # v1.2.3\n  with:\n`
    },
    {
      name: 'the reusable workflow',
      text: `uses: acme/lambda-codedeploy${path}@v1`,
      found: { repository: 'acme/lambda-codedeploy', path, ref: 'v1', comment: '' },
      after: `uses: acme/lambda-codedeploy${path}@${commit} # v1.2.3`
    }
  ])('are found and pinned: $name', ({ text, found, after }) => {
    expect(referencesIn(text)).toEqual([found])
    expect(pinned(text, 'acme/lambda-codedeploy', commit, 'v1.2.3')).toBe(after)
  })

  test('are not those of other actions', () => {
    expect(referencesIn('- uses: actions/checkout@v7\n')).toEqual([])
  })
})

test('another owner is written everywhere, with the teams of its owner, and readers need not put one there', () => {
  const text =
    'uses: your-org/lambda-codedeploy@v1\n* @your-org/maintainers\nReplace `your-org` with the owner of the repository that you use. Pin it.\n'
  expect(ownedBy(text, 'your-org', 'acme')).toBe(
    'uses: acme/lambda-codedeploy@v1\n* @acme/maintainers\nPin it.\n'
  )
})
