/**
 * Like Promise.all, but waits for all promises before it rejects with the first failure, so that no request keeps retrying after the
 * result has been reported.
 */
export async function settleAll<T extends readonly unknown[]>(
  asking: readonly [...T]
): Promise<{ -readonly [K in keyof T]: Awaited<T[K]> }> {
  await Promise.allSettled(asking)
  return await Promise.all(asking)
}
