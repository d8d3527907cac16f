/** The answer, or undefined as soon as the job is cancelled: no answer is worth the seconds that are left then. */
export async function unlessCancelled<Answer>(
  answer: Promise<Answer>,
  cancelled: AbortSignal
): Promise<Answer | undefined> {
  if (cancelled.aborted) return await answer
  let end = () => {}
  const cancel = new Promise<undefined>(resolve => {
    end = () => resolve(undefined)
    cancelled.addEventListener('abort', end, { once: true })
  })
  try {
    return await Promise.race([answer, cancel])
  } finally {
    cancelled.removeEventListener('abort', end)
    answer.catch(() => undefined)
  }
}
