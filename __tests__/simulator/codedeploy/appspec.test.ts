import { describe, expect, it, test } from '@jest/globals'
import { type AppSpec, readAppSpec } from '../../../simulator/codedeploy/appspec.ts'
import { likely, type Uncertain } from '../../../simulator/uncertain.ts'

const properties = { Name: 'payments-api', Alias: 'live', CurrentVersion: '7', TargetVersion: '8' }
const plain: AppSpec = {
  functionName: 'payments-api',
  alias: 'live',
  currentVersion: '7',
  targetVersion: '8',
  hooks: {}
}

function spec(over: object = {}, resource: object = {}, more: object = {}): string {
  const Resources = [
    { fn: { Type: 'AWS::Lambda::Function', Properties: { ...properties, ...over }, ...resource } }
  ]
  return JSON.stringify({ version: '0.0', Resources, ...more })
}

const yaml = (version: string, current: string) => `version: ${version}
Resources:
  - payments-api:
      Type: AWS::Lambda::Function
      Properties:
        Name: "payments-api"
        Alias: "live"
        CurrentVersion: ${current}
        TargetVersion: "8"
Hooks:
  - BeforeAllowTraffic: "CodeDeployHook_before"
  - AfterAllowTraffic: "CodeDeployHook_after"
`

const lowerCase = `version: 0.0
resources:
  - payments-api:
      type: AWS::Lambda::Function
      properties:
        name: payments-api
        alias: live
        currentversion: "7"
        targetversion: "8"
`

const hooks = { BeforeAllowTraffic: 'CodeDeployHook_before', AfterAllowTraffic: 'CodeDeployHook_after' }

describe('an AppSpec is read', () => {
  const rows: { name: string; content: string; uncertain?: Partial<Uncertain>; read: AppSpec }[] = [
    { name: 'as JSON', content: spec(), read: plain },
    { name: 'as YAML with the version as a number', content: yaml('0.0', '"7"'), read: { ...plain, hooks } },
    { name: 'as YAML with the version as text', content: yaml('"0.0"', '"7"'), read: { ...plain, hooks } },
    { name: 'with an unquoted version number', content: yaml('0.0', '7'), read: { ...plain, hooks } },
    { name: 'with keys in lower case', content: lowerCase, read: plain },
    {
      name: 'with the version as JSON.stringify writes 0.0',
      content: spec({}, {}, { version: 0 }),
      read: plain
    },
    {
      name: 'with one hook only',
      content: spec({}, {}, { Hooks: [{ AfterAllowTraffic: 'CodeDeployHook_after' }] }),
      read: { ...plain, hooks: { AfterAllowTraffic: 'CodeDeployHook_after' } }
    },
    {
      name: 'with a qualified hook',
      content: spec({}, {}, { Hooks: [{ AfterAllowTraffic: 'CodeDeployHook_after:live' }] }),
      read: { ...plain, hooks: { AfterAllowTraffic: 'CodeDeployHook_after:live' } }
    },
    {
      name: 'with an ARN as the name, if that is accepted',
      content: spec({ Name: 'arn:aws:lambda:eu-west-1:123456789012:function:payments-api' }),
      uncertain: { arnInName: 'accepted' },
      read: plain
    },
    {
      name: 'with unknown keys, if those are ignored',
      content: spec({ Wrong: true }),
      uncertain: { unknownAppSpecKeys: 'ignored' },
      read: plain
    }
  ]
  test.each(rows)('$name', ({ content, uncertain, read }) => {
    expect(readAppSpec(content, { ...likely, ...uncertain })).toEqual(read)
  })
})

describe('an AppSpec is refused', () => {
  const rows: { name: string; content: string; uncertain?: Partial<Uncertain>; why: string }[] = [
    { name: 'that is neither YAML nor JSON', content: '{"version": ', why: 'It is neither YAML nor JSON' },
    { name: 'that is a string', content: 'hello', why: 'The AppSpec is not a map' },
    { name: 'of another version', content: spec({}, {}, { version: '1.0' }), why: 'The version must be 0.0' },
    {
      name: 'without a version',
      content: spec({}, {}, { version: undefined }),
      why: 'The version must be 0.0'
    },
    {
      name: 'with the version 0, if that is not 0.0',
      content: spec({}, {}, { version: 0 }),
      uncertain: { versionZero: 'fails' },
      why: 'The version must be 0.0'
    },
    {
      name: 'with two functions',
      content: spec({}, {}, { Resources: [{ a: {} }, { b: {} }] }),
      why: 'Resources must be a list of exactly one function'
    },
    {
      name: 'with a resource of two keys',
      content: spec({}, {}, { Resources: [{ a: {}, b: {} }] }),
      why: 'single key'
    },
    {
      name: 'of another type',
      content: spec({}, { Type: 'AWS::ECS::Service' }),
      why: 'AWS::Lambda::Function'
    },
    { name: 'with an unknown key', content: spec({ Wrong: 1 }), why: 'Properties has an unknown key: Wrong' },
    { name: 'with an empty name', content: spec({ Name: '' }), why: 'name cannot be null or empty' },
    {
      name: 'with an ARN as the name',
      content: spec({ Name: 'arn:aws:lambda:eu-west-1:123456789012:function:payments-api' }),
      why: 'Name must be the bare name of a function'
    },
    { name: 'without an alias', content: spec({ Alias: undefined }), why: 'Alias must be text' },
    {
      name: 'from $LATEST',
      content: spec({ CurrentVersion: '$LATEST' }),
      why: 'CurrentVersion must be a positive integer'
    },
    {
      name: 'to version 0',
      content: spec({ TargetVersion: '0' }),
      why: 'TargetVersion must be a positive integer'
    },
    {
      name: 'to no version',
      content: spec({ TargetVersion: undefined }),
      why: 'TargetVersion must be a positive integer'
    },
    {
      name: 'with a null hook',
      content: spec({}, {}, { Hooks: [{ BeforeAllowTraffic: null }] }),
      why: 'The Lambda function name cannot be null or empty'
    },
    {
      name: 'with a hook for an event of ECS',
      content: spec({}, {}, { Hooks: [{ AfterInstall: 'x' }] }),
      why: 'Hooks has an unknown or repeated event: AfterInstall'
    },
    { name: 'with hooks as a map', content: spec({}, {}, { Hooks: hooks }), why: 'Hooks must be a list' },
    {
      name: 'with a qualified hook, if that is not accepted',
      content: spec({}, {}, { Hooks: [{ AfterAllowTraffic: 'CodeDeployHook_after:live' }] }),
      uncertain: { qualifiedHook: 'fails' },
      why: 'A hook must not have a qualifier'
    }
  ]
  test.each(rows)('$name', ({ content, uncertain, why }) => {
    expect(() => readAppSpec(content, { ...likely, ...uncertain })).toThrow(why)
  })

  it('with a reason of one line', () => {
    expect(() => readAppSpec('a: [', likely)).toThrow(/^[^\n]+$/)
  })
})
