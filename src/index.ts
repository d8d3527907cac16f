import { cancelSignals } from './cancelsignals.ts'
import { realClock } from './clock.ts'
import { main, post, showError } from './main.ts'
import { runner } from './runner.ts'
import { listenForPost, meetingPlace, tellSurvivor } from './survivor.ts'

// A log that nobody reads any more must not end the release, or be reported to itself.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {})
// Node would print an uncaught error, and a library's warning, raw.
process.removeAllListeners('warning').on('warning', warning => showError(warning, runner))
process.on('uncaughtException', error => {
  showError(error, runner)
  process.exitCode = 1
})

const cancelling = new AbortController()
const outside = { env: process.env, runner, cancelled: cancelling.signal }

/** Ends the process when all that was written has gone. A request that hangs, such as one for GitHub's token, would keep the job waiting. */
const end = () => process.stdout.write('', () => process.stderr.write('', () => process.exit()))

// dist/post.js gives the argument. What main has saved cannot tell: it may be lost, and post must never release.
if (process.argv.includes('post', 2)) {
  const place = runner.state('meeting')
  const survivor = place ? tellSurvivor(place, realClock()) : undefined
  await post(outside)
  const isLeft = await survivor
  if (isLeft === 'over')
    runner.info('Main had survived the end of its step. It was told that the job is cancelled, and is over.')
  if (isLeft === 'goes on')
    runner.annotate(
      'warning',
      'Lambda CodeDeploy',
      'Main has survived the end of its step, and goes on although it was told that the job is cancelled. See whether a deployment runs in its group.'
    )
} else {
  const cancel = () => cancelling.abort()
  const signals = cancelSignals(process.platform)
  for (const signal of signals) process.on(signal, cancel)
  const place = meetingPlace(process.env)
  runner.saveState('meeting', place)
  const over = listenForPost(place, cancel, realClock())
  process.exitCode = await main(outside)
  for (const signal of signals) process.off(signal, cancel)
  over()
  // Post need not look for a main that is over.
  runner.saveState('meeting', '')
}
end()
