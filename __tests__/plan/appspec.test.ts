import { createHash } from 'node:crypto'
import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { type AppSpecContent, appSpec, readAppSpec } from '../../src/plan/appspec.ts'

const content: AppSpecContent = {
  functionName: 'payments-api',
  alias: 'live',
  currentVersion: '7',
  targetVersion: '8',
  hooks: {}
}

describe('the AppSpec', () => {
  test('is sent as this text when there are no hooks', () => {
    expect(appSpec(content).content).toBe(`{
  "version": "0.0",
  "Resources": [
    {
      "payments-api": {
        "Type": "AWS::Lambda::Function",
        "Properties": {
          "Name": "payments-api",
          "Alias": "live",
          "CurrentVersion": "7",
          "TargetVersion": "8"
        }
      }
    }
  ]
}`)
  })

  test('lists each hook by its lifecycle event', () => {
    const hooks = { BeforeAllowTraffic: 'CodeDeployHook_before', AfterAllowTraffic: 'CodeDeployHook_after' }
    expect(JSON.parse(appSpec({ ...content, hooks }).content).Hooks).toEqual([
      { BeforeAllowTraffic: 'CodeDeployHook_before' },
      { AfterAllowTraffic: 'CodeDeployHook_after' }
    ])
  })

  test('comes with the digest of its bytes in lower-case hex, as CodeDeploy compares it', () => {
    const { content: text, sha256 } = appSpec(content)
    expect(sha256).toBe(createHash('sha256').update(text, 'utf8').digest('hex'))
    expect(sha256).toMatch(/^[0-9a-f]{64}$/)
  })

  test('is the same text for the same content, so that a lost answer can be matched', () => {
    expect(appSpec({ ...content })).toEqual(appSpec(content))
  })

  test('can be read back, whatever the names', async () => {
    const name = fc.stringMatching(/^[A-Za-z0-9_-]{1,64}$/)
    const version = fc.integer({ min: 1 }).map(String)
    const any = fc.record({
      functionName: name,
      alias: name,
      currentVersion: version,
      targetVersion: version,
      hooks: fc.record({ BeforeAllowTraffic: name, AfterAllowTraffic: name }, { requiredKeys: [] })
    })
    await fc.assert(
      fc.asyncProperty(any, async given => {
        expect(await readAppSpec(appSpec(given).content)).toEqual({ ...given, hooks: { ...given.hooks } })
      })
    )
  })
})

describe('an AppSpec that somebody else wrote', () => {
  const resources = (properties: object) =>
    JSON.stringify({ version: 0, Resources: [{ myFunction: { Properties: properties } }] })

  const inYaml =
    'version: 0.0\nResources: [{ f: { Properties: { Name: payments-api, Alias: live, CurrentVersion: 7, TargetVersion: 8 } } }]'
  /** Each line has ten of the line before. */
  const bomb = `a0: &a0 [x]\n${Array.from({ length: 9 }, (_, n) => `a${n + 1}: &a${n + 1} [${`*a${n},`.repeat(10)}]`).join('\n')}`

  test.each<{ name: string; text: string; read: AppSpecContent | undefined }>([
    {
      name: 'may use any name for its resource, and write versions as numbers',
      text: resources({ Name: 'payments-api', Alias: 'live', CurrentVersion: 7, TargetVersion: 8 }),
      read: content
    },
    {
      name: 'may have hooks',
      text: JSON.stringify({
        ...JSON.parse(appSpec(content).content),
        Hooks: [{ BeforeAllowTraffic: 'a' }, { AfterAllowTraffic: 'b' }]
      }),
      read: { ...content, hooks: { BeforeAllowTraffic: 'a', AfterAllowTraffic: 'b' } }
    },
    { name: 'is not read without an alias', text: resources({ Name: 'payments-api' }), read: undefined },
    { name: 'is not read without a function', text: resources({ Alias: 'live' }), read: undefined },
    {
      name: 'is not read without versions',
      text: resources({ Name: 'payments-api', Alias: 'live', CurrentVersion: 7 }),
      read: undefined
    },
    {
      name: 'may be YAML, with versions in quotes or without, and comments',
      text: `# deployed by hand
version: 0.0
Resources:
  - checkout:
      Type: AWS::Lambda::Function
      Properties:
        Name: "payments-api"
        Alias: live
        CurrentVersion: 7
        TargetVersion: '8'
Hooks:
  - BeforeAllowTraffic: a
  - AfterAllowTraffic: "b"
`,
      read: { ...content, hooks: { BeforeAllowTraffic: 'a', AfterAllowTraffic: 'b' } }
    },
    {
      name: "may write its keys as the example of AWS's documentation does, and give the ARN of the function",
      text: `version: 0.0
resources:
  - myLambdaFunction:
      type: AWS::Lambda::Function
      properties:
        name: arn:aws:lambda:eu-west-1:123456789012:function:payments-api
        alias: live
        currentversion: "7"
        targetversion: "8"
hooks:
  - beforeAllowTraffic: a
`,
      read: { ...content, hooks: { BeforeAllowTraffic: 'a' } }
    },
    {
      name: 'is not read when it starts from $LATEST, which CodeDeploy cannot shift',
      text: resources({ Name: 'payments-api', Alias: 'live', CurrentVersion: '$LATEST', TargetVersion: '8' }),
      read: undefined
    },
    {
      name: 'may have an empty hook, which is none',
      text: `${appSpec(content).content.slice(0, -1)}, "Hooks": [{ "BeforeAllowTraffic": null }, null] }`,
      read: content
    },
    {
      name: 'is not read when it is YAML without a function',
      text: 'version: 0.0\nResources: []',
      read: undefined
    },
    { name: 'is not read when it is neither', text: '::error::{', read: undefined },
    {
      name: 'is not read when it is a bomb of YAML',
      text: `${inYaml}\n${bomb}`,
      read: undefined
    },
    {
      name: 'is not read when it is so long that reading it would hold up everything else',
      text: `${inYaml}\n# ${'x'.repeat(20_000)}`,
      read: undefined
    },
    { name: 'is read when it ends in comments', text: `${inYaml}\n# ${'x'.repeat(2_000)}`, read: content },
    {
      name: 'may write an empty hook in YAML, and hooks that CodeDeploy does not know, which are none',
      text: `${inYaml}\nHooks:\n  - BeforeAllowTraffic: ~\n  - AfterAllowTraffic:\n  - [a, b]\n  - Other: c`,
      read: content
    },
    { name: 'is not read without resources', text: '{"version":0,"Resources":[]}', read: undefined },
    { name: 'is not read when it is null', text: 'null', read: undefined }
  ])('$name', async ({ text, read }) => {
    expect(await readAppSpec(text)).toEqual(read)
  })
})
