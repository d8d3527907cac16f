// A hook for CodeDeploy that always reports back, even when its check throws or hangs.
// Name the function CodeDeployHook_…, and allow its role codedeploy:PutLifecycleEventHookExecutionStatus.
// Its timeout must be at least twice as long as the check may take: Lambda's default of 3 s leaves the check 1.5 s.
import { CodeDeployClient, PutLifecycleEventHookExecutionStatusCommand } from '@aws-sdk/client-codedeploy'

const codedeploy = new CodeDeployClient()

export async function handler({ DeploymentId, LifecycleEventHookExecutionId }, context) {
  let status = 'Failed'
  // Half of the time is for the check, the other half for the report.
  const half = Math.floor(context.getRemainingTimeInMillis() / 2)
  const limit = new AbortController()
  const timer = setTimeout(() => limit.abort(new Error('The check took too long')), half)
  const tooLate = new Promise((_, reject) => {
    limit.signal.onabort = () => reject(limit.signal.reason)
  })
  try {
    // A check need not listen to the signal.
    await Promise.race([check(limit.signal), tooLate])
    status = 'Succeeded'
  } catch (error) {
    console.error(error) // the end of this log is shown in the job
  } finally {
    clearTimeout(timer)
  }
  await codedeploy.send(
    new PutLifecycleEventHookExecutionStatusCommand({
      deploymentId: DeploymentId,
      lifecycleEventHookExecutionId: LifecycleEventHookExecutionId,
      status
    })
  )
}

async function check(signal) {
  const answer = await fetch(process.env.HEALTH_URL, { signal })
  if (!answer.ok) throw new Error(`${process.env.HEALTH_URL} answered ${answer.status}`)
}
