import { plain } from './report/text.ts'

/** What the post step knows: the state that main left. */
export interface Left {
  state(name: string): string
  annotate(level: 'warning', title: string, message: string): void
}

/** The post step: says what a run that was killed left behind. When main came to its own end there is nothing to say. */
export function cleanUp(left: Left): void {
  const deploymentId = left.state('deployment-id')
  if (left.state('phase') !== 'running' || !deploymentId) return
  left.annotate(
    'warning',
    'Lambda CodeDeploy: deployment left running',
    `The step ended before deployment ${plain(deploymentId)} did: it goes on in AWS and may move traffic yet. To watch it again, run the step with deployment-id: ${plain(deploymentId)}. To stop it and shift back: aws deploy stop-deployment --deployment-id ${plain(deploymentId)} --auto-rollback-enabled`
  )
}
