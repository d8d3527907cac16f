import type { Block } from './blocks.ts'

/** Part of a CDK stack: constructs have a scope and an id. */
export const isOfStack = ({ language, body }: Block): boolean => language === 'ts' && /\(this, '/.test(body)

/** A module beside `examples/cdk/release.ts` in which each block is a stack, with what the pages take for known around it. */
export const stacksOf = (blocks: readonly { page: string; block: Block }[]): string =>
  `${head}${blocks.map(({ page, block }) => stack(`${page}, line ${block.line}`, block.body)).join('')}`

const stack = (name: string, body: string): string => `
// ${name}
export const ${name.replace(/\W+/g, '_')} = class extends cdk.Stack {
  constructor() {
    super()
    ${body.trimEnd().replaceAll('\n', '\n    ')}
  }
}
`

const head = `import * as cdk from 'aws-cdk-lib'
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch'
import * as codedeploy from 'aws-cdk-lib/aws-codedeploy'
import * as lambda from 'aws-cdk-lib/aws-lambda'
import { Release } from './release.ts'

declare const handler: lambda.Function, fn: lambda.Function, smokeTest: lambda.Function
declare const alias: lambda.Alias
declare const errors: cloudwatch.Alarm
declare const asBefore: lambda.FunctionProps
`
