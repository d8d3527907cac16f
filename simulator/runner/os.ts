/** As in RUNNER_OS. */
export type Os = 'Linux' | 'macOS' | 'Windows'

/** What this machine runs on. */
export const ownOs: Os =
  process.platform === 'win32' ? 'Windows' : process.platform === 'darwin' ? 'macOS' : 'Linux'
