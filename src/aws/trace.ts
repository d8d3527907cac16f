import { nameOf, type Signs, type Trace, traced } from '../trace.ts'

/** The step closest to the network that still knows the command, so that a request's duration does not include waiting its turn. */
export const nearNetwork = { step: 'initialize', priority: 'low', name: 'trace' } as const

interface Metadata {
  $metadata?: { requestId?: string | undefined }
}

const signs: Signs = {
  id: end => {
    const { output, $metadata } = end as Metadata & { output?: Metadata }
    return (output?.$metadata ?? $metadata)?.requestId
  },
  failure: nameOf
}

/** Middleware for the SDK's clients: reports each request by the name of its operation. */
export function tracing(trace: Trace) {
  return <Command, Result>(
    next: (command: Command) => Promise<Result>,
    { commandName }: { commandName?: string }
  ) =>
    (command: Command): Promise<Result> =>
      traced(trace, commandName?.replace(/Command$/, '') ?? 'Request', () => next(command), signs)
}
