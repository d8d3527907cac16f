import * as core from '@actions/core'
import type { RunnerPort } from './main.ts'
import { inert } from './text/safe.ts'

const annotations = { notice: core.notice, warning: core.warning, error: core.error }

/** The job that this process runs in: the only place that speaks to GitHub's runner. */
export const runner: RunnerPort = {
  // The library masks the token in the log.
  idToken: audience => core.getIDToken(audience),
  debug: core.isDebug() ? line => core.debug(inert(line)) : undefined,
  input: name => core.getInput(name),
  state: name => core.getState(name),
  mask: secret => core.setSecret(secret),
  info: line => core.info(inert(line)),
  group: (title, lines) => {
    core.startGroup(title)
    for (const each of lines) core.info(inert(each))
    core.endGroup()
  },
  annotate: (level, title, message) => annotations[level](message, { title }),
  setOutput: (name, value) => kept(`output ${name}`, () => core.setOutput(name, value)),
  saveState: (name, value) => kept(`state ${name}`, () => core.saveState(name, value)),
  writeSummary: async markdown => {
    try {
      await core.summary.addRaw(markdown).write()
    } catch (error) {
      // Old servers and some runners have no summaries; a release must not fail for that.
      notKept('job summary', error)
    }
  }
}

/** A full disk is no reason to leave a deployment unwatched. Gives whether it was written. */
function kept(what: string, write: () => void): boolean {
  try {
    write()
    return true
  } catch (error) {
    notKept(what, error)
    return false
  }
}

const notKept = (what: string, error: unknown): void =>
  core.info(inert(`The ${what} was not written: ${error instanceof Error ? error.message : String(error)}`))
