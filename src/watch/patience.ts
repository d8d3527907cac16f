/** How long to go on looking, in ms, for something that CodeDeploy and Lambda may show late. */
export const patience = {
  /** For a deployment, or a rollback, that has just been created: CodeDeploy may not know it yet. */
  newborn: 30_000,
  /** For `rollbackInfo` when a rollback should follow: it lags the terminal status by moments. */
  rollback: 60_000,
  /** The same when nothing in force asks for a rollback; somebody may have stopped it with one all the same. */
  unaskedRollback: 10_000,
  /** For the alias to say what the deployment says. */
  alias: 180_000,
  /** For anything at all: after this long without sight the wait is over. */
  sight: 10 * 60_000
}
