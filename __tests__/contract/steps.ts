import { parse } from 'yaml'
import { isWorkflow } from '../../scripts/docs/blocks.ts'
import { blocks, type PageBlock, text, tracked } from './files.ts'

export interface Step {
  name?: string
  uses?: string
  run?: string
  with?: Record<string, unknown>
}
export interface Workflow {
  permissions: unknown
  jobs: Record<string, Job>
}
/** A job of its own steps, or one that calls a reusable workflow. */
export interface Job {
  permissions?: unknown
  steps?: Step[]
  uses?: string
  with?: Record<string, unknown>
}
export interface Named<T> {
  name: string
  yaml: T
}

/** CloudFormation's short forms, such as `!Ref`, are read as the text that follows them. */
const tags = ['!Ref', '!GetAtt', '!Sub'].map(tag => ({ tag, resolve: (value: string) => value }))

/** Throws for any problem, including warnings. */
export function readYaml(body: string): unknown {
  return parse(body, { customTags: tags, strict: true, logLevel: 'error' })
}

const whole = (marked: (mark: string) => boolean): Named<Workflow>[] =>
  blocks('yaml')
    .filter(block => isWorkflow(block) && marked(block.mark))
    .map(({ name, body }) => ({ name, yaml: readYaml(body) as Workflow }))

/** Whole workflows for a reader to use: from the pages and from examples/. */
export const workflows = (): Named<Workflow>[] => [
  ...whole(mark => mark === ''),
  ...tracked()
    .filter(path => /^examples\/.*\.yml$/.test(path))
    .map(name => ({ name, yaml: readYaml(text(name)) as Workflow }))
]

/** Whole workflows that a reader has and should replace. */
export const formerWorkflows = (): Named<Workflow>[] => whole(mark => mark === 'before')

/** Fragments of YAML: of a workflow, or of another tool's template. */
export const fragments = (): PageBlock[] => blocks('yaml').filter(block => !isWorkflow(block))

export const stepsOf = ({ jobs }: Workflow): Step[] => Object.values(jobs).flatMap(({ steps = [] }) => steps)

/** By a tag, or by a commit: repository.test.ts says which. */
const action = /^[\w.-]+\/lambda-codedeploy@/
const reusable = /^[\w.-]+\/lambda-codedeploy\/\.github\/workflows\/release-lambda\.yml@/

/** The steps somewhere in this YAML that use this action. */
export function ourSteps(yaml: unknown): Step[] {
  if (typeof yaml !== 'object' || yaml === null) return []
  const own = 'uses' in yaml && action.test(String(yaml.uses)) ? [yaml as Step] : []
  return [...own, ...Object.values(yaml).flatMap(ourSteps)]
}

/** The jobs that call this repository's reusable workflow. */
export const ourCalls = ({ jobs }: Workflow): Job[] =>
  Object.values(jobs).filter(({ uses = '' }) => reusable.test(uses))
