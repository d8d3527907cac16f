import type { PlayedScene } from '../play/play.ts'
import { createdBy, deploymentOf, requestsOf, revertsOf } from './facts.ts'
import type { Invariant, StepInvariant } from './invariant.ts'
import type { FunctionStep } from './perfunction.ts'

/** The first column leaves out parts of a second, AWS says its time to the second, and an answer travels, ms. */
const roughlyMs = 5_000
/** The first column leaves out less than this, ms. */
const columnMs = 1_000
/** What two lines may be apart in the wrong order, ms. */
const disorderMs = 2_000

/** CodeDeploy's answers may be as old as this, ms. */
const staleMs = 10_000

/** CreateDeployment may be answered this late, and until the first look nothing else says when it acted, ms. */
const lateMs = 30_000

/** What is told with the time at which it is printed; all else has the time at which it happened, or was seen. */
const ofThisMoment = /^(still |so far|stopping|sight )| still running after /

/** That a gate sees nothing, or that a stop has failed, is told when the look under way is over: three slow answers at most. */
const ofFigures = /^(figures|not stopped) /
const longestLookMs = 60_000

/** Told without a look at the deployment: what AWS did a little before that is seen, and told, only afterwards. */
const ofNoLook = /^(still |so far|stopping|not stopped|sight |figures |warning)| still running after /

/** Main has its deployment, or post has learned AWS's time and found what main left. */
const beginsWatch = /^(Deployment d-|The step ended before its deployment did)/

/** CodeDeploy tells of a rollback, and of its end, only some looks later. */
const ofRollback = /^rollback /

/** What the status is read with, what the traffic, and what all else. */
const isOfStatus = new Set(['GetDeployment', 'BatchGetDeployments'])
const isOfTraffic = new Set(['GetAlias'])
const isOfEvents = new Set(['ListDeploymentTargets', 'BatchGetDeploymentTargets'])
const readWith = (what: string): ReadonlySet<string> =>
  what.startsWith('deployment ') ? isOfStatus : what.startsWith('traffic ') ? isOfTraffic : isOfEvents

export const countsFromCreation: Invariant = {
  id: '3e',
  claims:
    "the first column of the log counts from the deployment's creation by AWS's clock, and goes forward",
  check: (part, story) => {
    const createdAt = creationOf(part, story)
    if (createdAt === undefined) return undefined
    const answers = requestsOf(part, story).filter(
      request => request.status !== 0 && !story.stage.faults.has(request)
    )
    // Only AWS's answers tell its time. What arrives in the moment in which a process begins was sent by the one before.
    const isAnswered = (since: number, until: number) =>
      answers.some(
        ({ at }) => at > since + story.scene.latency.lowMs && at <= until - story.scene.latency.highMs
      )
    const lost = requestsOf(part, story).filter(
      request => isOfEvents.has(request.operation) && story.stage.faults.has(request)
    )
    // It had happened when it was asked for, and the answer was lost; the status was told without it.
    const isMadeUpFor = (elapsedMs: number, until: number) =>
      lost.some(({ at }) => at >= createdAt + elapsedMs && at <= until)
    // AWS's own time is told even if the look that could show it came after a line with a later time.
    const wasKnown = ({ elapsedMs, what }: Told, from: number, by: number) =>
      answers.some(
        ({ operation, at }) =>
          readWith(what).has(operation) &&
          at >= Math.max(from, createdAt + elapsedMs + columnMs) &&
          at <= by - story.scene.latency.highMs
      )
    // A status without a date is told as of when it was asked for, however old the answer was.
    const isOld = [...story.stage.faults].some(
      ([{ operation }, { kind }]) => kind === 'stale' && isOfStatus.has(operation)
    )
    // A status that AWS made up came before the one that it had kept back.
    const isMisled = [...story.stage.faults.values()].some(({ kind }) => kind === 'unknownStatus')
    for (const [name, { job, begunAt }] of [['main', part.main] as const, ['post', part.post] as const]) {
      // Those of one look are told deployment first, whatever came first.
      let lastLookAt = Number.NEGATIVE_INFINITY
      let earlier = Number.NEGATIVE_INFINITY
      let earlierToldAt = Number.NEGATIVE_INFINITY
      let last = Number.NEGATIVE_INFINITY
      let lastToldAt = Number.NEGATIVE_INFINITY
      let hasLooked = false
      // What was read before that was not read for the watch.
      const watchedFrom = job.printed.find(({ line }) => beginsWatch.test(line))?.at ?? begunAt
      for (const { at, line } of job.printed) {
        const told = columnsOf(line, part)
        if (!told || !isAnswered(begunAt, at)) continue
        const isAhead = createdAt + told.elapsedMs > at + roughlyMs
        const slackMs = hasLooked ? roughlyMs + 2 * story.scene.latency.highMs : lateMs
        const happenedAt = createdAt + told.elapsedMs
        const isBehind =
          (ofThisMoment.test(told.what) && happenedAt < at - slackMs) ||
          (ofFigures.test(told.what) && happenedAt < at - slackMs - longestLookMs)
        if (isAhead || isBehind)
          return `${name} says '${line.trim()}' ${Math.round((at - createdAt) / 1000)} s after the creation`
        if (at !== lastLookAt) [earlier, earlierToldAt] = [last, lastToldAt]
        lastLookAt = at
        const isOfAnOldOne = isOld && told.what.startsWith('deployment ')
        const isBack =
          told.elapsedMs < earlier - (isOfAnOldOne ? staleMs : disorderMs) &&
          !ofRollback.test(told.what) &&
          !isMisled &&
          wasKnown(told, watchedFrom, earlierToldAt)
        if (isBack && (told.what.startsWith('deployment ') || !isMadeUpFor(told.elapsedMs, at)))
          return `${name} says '${line.trim()}' after ${earlier / 1000} s`
        if (ofNoLook.test(told.what)) continue
        hasLooked = true
        if (told.elapsedMs <= last) continue
        last = told.elapsedMs
        lastToldAt = at
      }
    }
    return undefined
  }
}

interface Told {
  elapsedMs: number
  what: string
}

/** `    0:07  traffic  …`, or with the function's name between. */
function columnsOf(line: string, { names, functionCount }: FunctionStep): Told | undefined {
  const [, column = '', rest = ''] = /^ *((?:\d+:)?\d+:\d\d) {2}(\S.*)$/.exec(line) ?? []
  const name = names.functionName
  if (column === '' || (functionCount > 1 && !rest.startsWith(`${name} `))) return undefined
  return { elapsedMs: msOf(column), what: functionCount > 1 ? rest.slice(name.length).trim() : rest }
}

/** When the one deployment was created that the step watched for the function; undefined when there is none, or another. */
function creationOf(part: FunctionStep, story: PlayedScene): number | undefined {
  const id = part.outputs['deployment-id'] || createdBy(part, story)[0]?.settings.id
  const deployment = id === undefined ? undefined : deploymentOf(id, story.stage)
  return deployment && story.stage.created.get(deployment.settings.id)
}

/** In the order in which a deployment has them; all others are in between. */
const first = ['Created', 'Queued', 'InProgress', 'Baking']
const last = ['Succeeded', 'Failed', 'Stopped']
const stageOf = (status: string): number =>
  first.includes(status) ? first.indexOf(status) : last.includes(status) ? first.length : 2

export const neverGoesBack: Invariant = {
  id: '3h',
  claims: 'no deployment is told to go back to an earlier status',
  check: (part, story) => {
    // What AWS made up may hide that it had ended, and a revert is another deployment, told as this one was.
    const isMisled = [...story.stage.faults.values()].some(({ kind }) => kind === 'unknownStatus')
    if (isMisled || revertsOf(part, story).length > 0) return undefined
    for (const { job } of [part.main, part.post]) {
      const statuses = job.printed.flatMap(
        ({ line }) => /^deployment +(\w+)/.exec(columnsOf(line, part)?.what ?? '')?.[1] ?? []
      )
      const back = statuses.findIndex(
        (status, index) => stageOf(status) < stageOf(statuses[index - 1] ?? status)
      )
      if (back !== -1) return `says ${statuses[back]} after ${statuses[back - 1]}`
    }
    return undefined
  }
}

export const ordersItsEvents: StepInvariant = {
  id: '3f',
  claims: "the summary's table of events is in order of time",
  check: ({ main, post }) => {
    for (const { job } of [main, post]) {
      let last = 0
      for (const line of job.summary.split('\n')) {
        if (line.startsWith('| After |')) last = 0
        const [, column] = /^\| ((?:\d+:)?\d+:\d\d) \|/.exec(line) ?? []
        if (column === undefined) continue
        if (msOf(column) < last) return `'${line}' comes after ${last / 1000} s`
        last = msOf(column)
      }
    }
    return undefined
  }
}

/** `1:05:07` in ms. */
const msOf = (column: string): number =>
  column.split(':').reduce((sum, each) => 60 * sum + Number(each), 0) * 1_000
