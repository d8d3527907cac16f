// A hook for CodeDeploy that always reports back, even when its check throws or hangs.
// Name the function CodeDeployHook_…, and allow its role codedeploy:PutLifecycleEventHookExecutionStatus.
import { CodeDeployClient, PutLifecycleEventHookExecutionStatusCommand } from '@aws-sdk/client-codedeploy'

const codedeploy = new CodeDeployClient()

export async function handler({ DeploymentId, LifecycleEventHookExecutionId }, context) {
  let status = 'Failed'
  try {
    await check(AbortSignal.timeout(context.getRemainingTimeInMillis() - 5_000))
    status = 'Succeeded'
  } catch (error) {
    console.error(error) // the end of this log is shown in the job
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
