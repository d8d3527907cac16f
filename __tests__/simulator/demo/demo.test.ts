import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { demo } from '../../../simulator/demo/demo.ts'

/**
 * Replaces the action. With dry-run it only prints; otherwise it deploys version 8 at once, without hooks, waits for the
 * end, and says what the alias serves. `pretend` is what it says instead.
 */
const ACTION = `
import { appendFileSync } from 'node:fs'
import { createRequire } from 'node:module'
const { env } = process
const input = name => env['INPUT_' + name.toUpperCase()]
const set = (name, value) => appendFileSync(env.GITHUB_OUTPUT, name + '=' + value + '\\n')
console.log('::group::Plan')
console.log('alias ' + input('alias') + ' in ' + env.AWS_REGION)
console.log('::endgroup::')
if (input('dry-run') === 'true') {
  set('outcome', input('pretend') || 'planned')
  set('serving-version', '7')
  appendFileSync(env.GITHUB_STEP_SUMMARY, '### Planned &amp; shown')
} else {
  const [, speed, origin] = /^(\\d+)x@(\\d+)$/.exec(env.LAMBDA_CODEDEPLOY_CLOCK)
  const now = () => Number(origin) + (Date.now() - Number(origin)) * Number(speed)
  const load = createRequire(${JSON.stringify(import.meta.filename)})
  const { CodeDeployClient, CreateDeploymentCommand, GetDeploymentCommand } = load('@aws-sdk/client-codedeploy')
  const { GetAliasCommand, LambdaClient, PublishVersionCommand } = load('@aws-sdk/client-lambda')
  const codedeploy = new CodeDeployClient(), lambda = new LambdaClient()
  await lambda.send(new PublishVersionCommand({ FunctionName: 'payments-api' }))
  const Properties = { Name: 'payments-api', Alias: 'live', CurrentVersion: '7', TargetVersion: '8' }
  const content = JSON.stringify({ version: '0.0', Resources: [{ fn: { Type: 'AWS::Lambda::Function', Properties } }] })
  const started = now()
  const { deploymentId } = await codedeploy.send(new CreateDeploymentCommand({
    applicationName: 'payments', deploymentGroupName: 'payments-live',
    deploymentConfigName: 'CodeDeployDefault.LambdaCanary10Percent5Minutes',
    revision: { revisionType: 'AppSpecContent', appSpecContent: { content } }
  }))
  for (;;) {
    const { deploymentInfo } = await codedeploy.send(new GetDeploymentCommand({ deploymentId }))
    if (['Succeeded', 'Failed', 'Stopped'].includes(deploymentInfo.status)) break
    await new Promise(resolve => setTimeout(resolve, 20))
  }
  console.log(now() - started > 100_000 ? 'minutes passed' : 'no time passed')
  const alias = () => lambda.send(new GetAliasCommand({ FunctionName: 'payments-api', Name: 'live' }))
  while ((await alias()).RoutingConfig) await new Promise(resolve => setTimeout(resolve, 20))
  const serving = (await alias()).FunctionVersion
  set('outcome', serving === '8' ? 'succeeded' : 'rolled-back')
  set('serving-version', serving)
  if (serving !== '8') {
    console.log('::error title=Release::Rolled back')
    process.exitCode = 1
  }
}
`
const MANIFEST =
  'name: Fixture\ninputs: { alias: {}, dry-run: {}, pretend: {} }\nruns: { using: node24, main: main.mjs }\n'

let action: string
beforeAll(async () => {
  action = await mkdtemp(join(tmpdir(), 'fixture-'))
  await writeFile(join(action, 'action.yml'), MANIFEST)
  await writeFile(join(action, 'main.mjs'), ACTION)
})
afterAll(() => rm(action, { recursive: true, force: true }))

/** Returns what was printed. The job is cancelled as soon as `cancelOn` is printed. */
async function run(line: string, cancelOn?: string) {
  const printed: string[] = []
  const complaints: string[] = []
  const keyboard = new AbortController()
  const terminal = {
    columns: 120,
    colorful: false,
    out: (text: string) => {
      printed.push(text)
      if (cancelOn !== undefined && text.includes(cancelOn)) keyboard.abort()
    },
    err: (text: string) => void complaints.push(text)
  }
  const code = await demo(line.split(' '), terminal, keyboard.signal)
  const out = printed.join('')
  return { code, out, err: complaints.join(''), last: out.trimEnd().split('\n').at(-1) }
}

describe('a rehearsal', () => {
  it('shows the step, its log, its outputs and its summary, and whether all went as expected', async () => {
    const summary = join(action, 'summary.md')
    const { code, out } = await run(
      `--ending dry-run --action ${action} --no-color --summary-file ${summary}`
    )
    expect(out.replace(/\d+:\d\d/g, '0:01').split('\n')).toEqual([
      '',
      `▌ Rehearsal: dry-run${' '.repeat(70)}simulated AWS, 5 times as fast`,
      '▌ Everything is read, nothing is changed; the plan and the AppSpec are shown.',
      '',
      '',
      'The step',
      '',
      '  - id: release',
      '    uses: your-org/lambda-codedeploy@v1',
      '    with:',
      '      function-name: payments-api',
      '      alias: live',
      '      codedeploy-application: payments',
      '      codedeploy-deployment-group: payments-live',
      '      codedeploy-deployment-config: Canary10Percent5Minutes',
      '      before-allow-traffic-hook: CodeDeployHook_before',
      '      after-allow-traffic-hook: CodeDeployHook_after',
      '      dry-run: "true"',
      '',
      'Its log',
      '',
      expect.stringContaining("  Warning: Unexpected input(s) 'function-name', "),
      expect.any(String),
      expect.any(String),
      '  ▸ Run your-org/lambda-codedeploy@v1',
      '  ▾ Plan',
      '  │ alias live in eu-west-1',
      '',
      'Annotations',
      '',
      expect.stringContaining('  ⚠ Unexpected input(s)'),
      '',
      'Outputs',
      '',
      '  outcome          planned',
      '  serving-version  7',
      '',
      'Job summary',
      '',
      '  │ Planned & shown',
      '',
      '✔ As rehearsed: the step passed, outcome planned, 7 serving, after 0:01.',
      ''
    ])
    expect(code).toBe(0)
    expect(await readFile(summary, 'utf8')).toBe('### Planned &amp; shown\n')
  })

  it('runs against a simulated AWS that shares its time with the action', async () => {
    const { code, out, last } = await run(`--ending succeeded --action ${action} --speed 300`)
    expect(out).toContain('\n  minutes passed\n')
    expect(last).toMatch(/^✔ As rehearsed: the step passed, outcome succeeded, 8 serving, after \d+:\d\d\.$/)
    expect(code).toBe(0)
  })

  it('expects a failed step where the ending is a failure', async () => {
    const { code, out, last } = await run(`--ending alarm --action ${action} --speed 200`)
    expect(out).toContain('\n  Error: Rolled back\n')
    expect(last).toMatch(
      /^✔ As rehearsed: the step failed, outcome rolled-back, 7 serving, after \d+:\d\d\.$/
    )
    expect(code).toBe(0)
  })

  it('says what ended differently, and fails', async () => {
    const { code, out } = await run(`--ending unchanged --input dry-run=true --action ${action}`)
    expect(out).toContain('✖ Not as rehearsed: output outcome: expected unchanged, got planned.\n')
    expect(code).toBe(1)
  })

  it('can be cancelled from the keyboard', async () => {
    const { code, out } = await run(`--ending succeeded --action ${action}`, 'alias live in')
    expect(out).toContain('Error: The operation was canceled.\n')
    expect(out).toContain(
      '✖ Not as rehearsed: the job was cancelled from the keyboard.\n  What happened: the step was cancelled, '
    )
    expect(code).toBe(1)
  })
})

describe('the command', () => {
  it('lists the endings', async () => {
    const { code, out } = await run('--list')
    expect(out).toContain(
      '  alarm           An alarm goes off two minutes into the canary, and CodeDeploy shifts back.\n'
    )
    expect(code).toBe(0)
  })

  it('prints help', async () => {
    expect(await run('--help')).toMatchObject({
      code: 0,
      out: expect.stringContaining('npm run demo -- [options]')
    })
  })

  it('answers a wrong command line with one line and exit code 2', async () => {
    expect(await run('--speed x')).toMatchObject({
      code: 2,
      out: '',
      err: 'demo: --speed x: must be a number from 1 to 10000.\n'
    })
    expect(await run('--action /nowhere')).toMatchObject({
      code: 2,
      out: '',
      err: 'demo: --action /nowhere: there is no action.yml.\n'
    })
  })
})
