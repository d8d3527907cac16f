/**
 * Like Promise.all, but waits for all before it fails with the first failure: nothing goes on asking, with all its patience, behind
 * a result that has been told.
 */
export async function settleAll<T extends readonly unknown[]>(
  asking: readonly [...T]
): Promise<{ -readonly [K in keyof T]: Awaited<T[K]> }> {
  await Promise.allSettled(asking)
  return await Promise.all(asking)
}
