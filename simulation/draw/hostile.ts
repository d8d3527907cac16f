import type { Chance } from './chance.ts'

/** Foreign texts that try to act as commands or as markup, and must never succeed. */
const attacks = [
  '::error title=forged::forged by foreign text',
  '  ::add-mask::a',
  '\u200b::set-output name=outcome::succeeded',
  '\u0085::warning::forged',
  'harmless\n::error::forged on a second line',
  'harmless\r::error::forged behind a carriage return',
  '##[error]forged in the old syntax',
  'text before ##[group]forged',
  '\u2028::notice::forged behind a line separator',
  '::stop-commands::taken',
  '%0A::error::forged by an escape',
  '<script>forged()</script> [link](https://example.invalid) @everyone ```'
] as const

/** Text that tries to act in the name of the step, for a hook's log, a message from AWS, or a name. */
export const hostileText = (chance: Chance): string => chance.pick(attacks)
