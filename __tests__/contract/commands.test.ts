import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, test } from '@jest/globals'
import { type Command, commandsOf } from '../../scripts/docs/shell.ts'
import { awsProblems } from './awscommands.ts'
import { blocks, pages, root, text } from './files.ts'
import { ghProblems } from './ghcommands.ts'
import { fileProblems, npmProblems } from './npmcommands.ts'
import { stepsOf, workflows } from './steps.ts'

/** Programs that a page may ask a reader to run, and how each is checked. */
const programs: Record<string, (words: Command) => string[]> = {
  npm: npmProblems,
  bash: fileProblems,
  node: fileProblems,
  aws: words => awsProblems(words, true),
  gh: ghProblems,
  git: ([, command = '']) =>
    ['add', 'checkout', 'commit', 'ls-remote', 'status'].includes(command)
      ? []
      : [`git ${command} is not known here`],
  tar: () => [],
  diff: () => []
}

/** What else is used in the steps of workflows, and in scripts that are to be replaced. */
const others = ['cat', 'done', 'echo', 'for', 'jq', 'sam', 'set', 'sleep', 'zip']

const problemsOf = (command: Command): string[] => {
  const [program = ''] = command
  return programs[program]?.(command) ?? [`${program} is not known here`]
}

const script = (body: string): string[] => commandsOf(body).flatMap(problemsOf)

const lenient = (body: string): string[] =>
  commandsOf(body)
    .filter(([program = '']) => !others.includes(program))
    .flatMap(problemsOf)

describe.each(blocks('sh').filter(({ mark }) => mark === ''))('the commands of $name', ({ body }) => {
  test('exist, and take what they are given', () => {
    expect(commandsOf(body).length).toBeGreaterThan(0)
    expect(script(body)).toEqual([])
  })
})

describe.each(blocks('sh').filter(({ mark }) => mark === 'before'))(
  'the script of $name, which is to be replaced,',
  ({ body }) => {
    test('asks AWS for what exists', () => {
      expect(lenient(body)).toEqual([])
    })
  }
)

test.each(workflows())('the steps of $name run commands that exist', ({ yaml }) => {
  expect(stepsOf(yaml).flatMap(({ run }) => (run === undefined ? [] : lenient(run)))).toEqual([])
})

/** Commands within the text of a page; what they leave out with … is not required. */
const inline = pages().flatMap(page =>
  [
    ...text(page)
      .replace(/^```[\s\S]*?^```/gm, '')
      .matchAll(/`((?:npm|aws) [^`]+)`/g)
  ]
    .map(([, command = '']) => command.replace(/\s*\n\s*/g, ' '))
    .filter(command => !command.includes('…'))
    .map(command => ({ page, command }))
)

test.each(inline)('$page speaks of `$command`, which exists', ({ command }) => {
  const problems = commandsOf(command).flatMap(words =>
    words[0] === 'aws' && (words.length < 3 || words.at(-1) === 'wait')
      ? []
      : words[0] === 'aws'
        ? awsProblems(words, false)
        : problemsOf(words)
  )
  expect(problems).toEqual([])
})

test('`npm run demo -- --list` lists the endings; .ci/run plays every other rehearsal that the pages show', async () => {
  const demo = ['--no-warnings', join('simulator', 'demo', 'demo.ts'), '--list']
  const { stdout } = await promisify(execFile)(process.execPath, demo, { cwd: root })
  expect(stdout).toMatch(/^ {2}alarm {2,}An alarm/m)
  expect(text('.ci/run')).toContain('scripts/extract.ts demo')
})

describe('a command that is wrong is noticed', () => {
  test.each([
    { name: 'a script that does not exist', command: 'npm run deploy' },
    { name: 'an option that the demo does not have', command: 'npm run demo -- --endings' },
    { name: 'an ending that the demo does not have', command: 'npm run demo -- --ending tea' },
    { name: 'an option that the simulation does not have', command: 'npm run simulate -- --sead 1' },
    { name: 'an option that npm would keep', command: 'npm run demo --list' },
    { name: 'tests that do not exist', command: 'npm test -- __tests__/nothing' },
    { name: 'a file that does not exist', command: 'bash .ci/walk' },
    { name: 'an unknown program', command: 'make' },
    { name: 'a service that does not exist', command: 'aws codedeploy get-deployment --deployment-id d-1' },
    {
      name: 'an operation that does not exist',
      command: 'aws lambda get-alas --function-name f --name live'
    },
    {
      name: 'an option that the operation does not have',
      command: 'aws lambda get-alias --function-name f --name live --alias live'
    },
    { name: 'a required option that is missing', command: 'aws lambda get-alias --function-name f' },
    { name: 'an option without its value', command: 'aws lambda get-alias --name --function-name f' },
    { name: 'a waiter that does not exist', command: 'aws deploy wait deployment-done --deployment-id d-1' },
    {
      name: 'a wrong command inside another command',
      command: 'id=$(aws deploy get-deploy --deployment-id d-1)'
    }
  ])('$name', ({ command }) => {
    expect(script(command)).toHaveLength(1)
  })
})
