/** How long to keep looking for something that CodeDeploy and Lambda may show late, in ms. */
export const patience = {
  /** For a deployment or a rollback that has just been created: CodeDeploy may not know it yet. */
  newborn: 30_000,
  /** For `rollbackInfo` when a rollback should follow: it lags behind the terminal status by moments. */
  rollback: 60_000,
  /** The same when no rollback event in force asks for one: somebody may still have stopped the deployment with a rollback. */
  unaskedRollback: 10_000,
  /** For the alias to agree with the deployment. */
  alias: 180_000,
  /** For an answer that contradicts what must be true by now: what Lambda and CodeDeploy answer can be some seconds old. */
  stale: 10_000,
  /** For anything at all: after this long without a successful read, the wait is over. */
  sight: 10 * 60_000
}
