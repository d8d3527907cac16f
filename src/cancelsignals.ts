/**
 * What a process gets when its job is cancelled, or its runner is shut down: SIGINT first, and what follows if that was not enough. On
 * Windows it is Ctrl-Break, since Node there can only be killed with SIGTERM.
 */
export const cancelSignals = (platform: NodeJS.Platform): readonly NodeJS.Signals[] =>
  platform === 'win32' ? ['SIGINT', 'SIGBREAK', 'SIGHUP'] : ['SIGINT', 'SIGTERM', 'SIGHUP']
