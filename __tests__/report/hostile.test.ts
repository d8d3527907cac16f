import { describe, expect, test } from '@jest/globals'
import { marked } from 'marked'
import { parseCommand } from '../../simulator/runner/commands.ts'
import type { Event } from '../../src/deployment/event.ts'
import type { Cause } from '../../src/deployment/outcome.ts'
import type { ReleaseRecord } from '../../src/deployment/record.ts'
import { deploymentUrl } from '../../src/text/links.ts'
import { inert } from '../../src/text/safe.ts'
import { attempts } from './hostile.ts'
import { rememberingJob } from './job.ts'
import { alarm, record, split, subject } from './records.ts'

const benign = 'benign'
const at = 5_000

const caused = (cause: Partial<Cause>): Partial<ReleaseRecord> => ({
  outcome: { kind: 'rolled-back', serving: split, cause: { ...alarm, ...cause } }
})
const happened = (event: Event): Partial<ReleaseRecord> => ({ ...caused({}), events: [event] })

/** Everything that may contain foreign text. */
const fields: Readonly<Record<string, (text: string) => Partial<ReleaseRecord>>> = {
  'name of the function': functionName => ({ ...caused({}), functionName }),
  'name of the alias': alias => ({ ...caused({}), alias }),
  'name of the application': application => ({ ...caused({}), application, group: 'payments-live' }),
  'name of the group': group => ({ ...caused({}), application: 'payments', group }),
  'number of a version': version => ({ ...caused({}), version, previousVersion: version }),
  'a version that serves': version => ({
    outcome: { kind: 'rolled-back', serving: { version, weights: { 8: 0.1 } }, cause: alarm }
  }),
  'name of the configuration': strategy => ({ ...caused({}), strategy }),
  'name of an alarm': name => ({ ...caused({}), alarms: [name] }),
  'names of alarms that went off': name => ({
    ...caused({ what: `Alarm ${name} went off.` }),
    alarms: [name, 'other']
  }),
  'id of the deployment': deploymentId => ({ ...caused({}), deploymentId }),
  'id of the rollback': rollbackId => ({ ...caused({}), rollbackId }),
  'id in the address of the console': deploymentId => ({
    ...caused({}),
    consoleUrl: deploymentUrl('eu-west-1', deploymentId)
  }),
  AppSpec: appSpec => ({ ...caused({}), appSpec }),
  'a warning, such as one from GitHub': warning => ({ ...caused({}), warnings: [warning, 'and another'] }),
  'the commit that is live': live => ({
    ...caused({}),
    commits: { live, liveUrl: 'https://github.com', bringsUrl: 'https://github.com' }
  }),
  'error code': code => caused({ code }),
  'what went wrong': what => caused({ what }),
  'what to do next': next => caused({ next: `Run aws deploy stop-deployment ${next}. ${next}` }),
  "AWS's message": message => caused({ message }),
  'a problem of the inputs': problem => caused({ problems: [problem, problem] }),
  'name of the hook function': functionName =>
    caused({ hook: { event: 'BeforeAllowTraffic', functionName, startedAt: 1_000 } }),
  'log group of the hook': hookLogGroup => ({
    ...caused({ hook: { event: 'BeforeAllowTraffic', functionName: 'hook' } }),
    hookLogGroup
  }),
  'answer of a version to a test': answer => caused({ answer }),
  'log of a version that failed a test': log => caused({ answer: log, log: [log, log, log, log] }),
  'log of the hook': log => caused({ log: [log, log] }),
  'status of the deployment': status =>
    happened({ kind: 'status', at, status, code: status, rollback: false }),
  'status of the rollback': status => happened({ kind: 'status', at, status, rollback: true }),
  'a hook that starts': text => happened({ kind: 'hook-started', at, hook: text, functionName: text }),
  'a hook that ends': text =>
    happened({ kind: 'hook-ended', at, hook: text, functionName: text, status: text }),
  traffic: version =>
    happened({ kind: 'traffic', at, traffic: { version, weights: { [`${version}2`]: 0.1 } } }),
  'a shift that ends': status => happened({ kind: 'shift-ended', at, status }),
  'a rollback that is found': rollbackId => happened({ kind: 'rollback-found', at, rollbackId }),
  'a heartbeat': text =>
    happened({ kind: 'heartbeat', at, phase: 'hook', hook: { hook: text, functionName: text, forMs: 1 } }),
  'a part that is unreadable': reason => happened({ kind: 'part-unreadable', at, part: 'traffic', reason }),
  'a stop': by => happened({ kind: 'stop-asked', at, reason: 'blocked', by, rollBack: true }),
  'a stop that fails': reason => happened({ kind: 'stop-failed', at, reason }),
  'a lost sight': reason => happened({ kind: 'sight-lost', at, reason })
}

/** Everything that people see of releases with this text in a field. */
async function shown(field: (text: string) => Partial<ReleaseRecord>, text: string, count: number) {
  const { told, journal, reporter } = rememberingJob()
  const records = Array.from({ length: count }, () => record(field(text)))
  const events = records.map(each => each.events)
  for (const each of records) each.events = []
  journal.follow(records)
  for (const [index, each] of records.entries())
    for (const event of events[index] ?? []) {
      const seen = [{ subject: { ...subject, functionName: each.functionName, alias: each.alias }, event }]
      journal.note(seen, () => each)
      reporter.tell(seen, () => each)
    }
  if (records[0]?.appSpec) reporter.appSpec(records[0], records[0].appSpec)
  await reporter.conclude()
  // The runner escapes line ends in annotations; these lines are what it shows.
  const annotations = told.annotations.flatMap(([, title = '', message = '']) => [
    title,
    ...message.split('\n')
  ])
  return { log: told.log.map(inert), annotations, summary: told.summaries.join('') }
}

const deceiving = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u
const decoded = (html: string): string =>
  html.replace(/&(#\d+|lt|gt|amp|quot);/g, (_, name: string) =>
    name.startsWith('#') ? String.fromCodePoint(Number(name.slice(1))) : 'x'
  )

const pictureIn = (summary: string): string[] =>
  /^```mermaid\n([\s\S]*?)\n```$/m.exec(summary)?.[1]?.split('\n') ?? []

/** The tags of a page in order, without the addresses of links and without the chart. */
function structure(summary: string): string[] {
  const html = marked.parse(summary, { gfm: true, async: false })
  return html.match(/<!--|<\/?[a-z][^>]*>/gi)?.map(tag => tag.replace(/href="[^"]*"/, 'href')) ?? []
}

describe.each(Object.entries(fields))('%s', (_, field) => {
  test.each(Object.entries(attempts))('%s', async (_, text) => {
    for (const count of [1, 5]) {
      const { log, annotations, summary } = await shown(field, text, count)
      const lines = [...log, ...annotations]
      // The toolkit turns annotations into commands and escapes their text, which is not scanned for commands.
      expect(log.flatMap(line => line.split(/\r\n|\n|\r/)).filter(line => parseCommand(line))).toEqual([])
      expect(lines.filter(line => deceiving.test(line) || !line.isWellFormed())).toEqual([])
      expect(lines.join('\n').length).toBeLessThan(250_000 * count)
      const benignly = await shown(field, benign, count)
      const html = marked.parse(summary, { gfm: true, async: false })
      expect(structure(summary)).toEqual(structure(benignly.summary))
      expect(pictureIn(summary)).toHaveLength(pictureIn(benignly.summary).length)
      expect(html.match(/href="(?!https:\/\/)[^"]*"/g) ?? []).toEqual([])
      expect(summary.split('\n').filter(line => deceiving.test(decoded(line)))).toEqual([])
      expect(Buffer.byteLength(summary)).toBeLessThan(1_000_000)
    }
  })
})
