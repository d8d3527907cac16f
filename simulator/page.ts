import { ServiceError } from './error.ts'

/** One page of a list. The token is the index to continue from; CodeDeploy and Lambda refuse a token that they did not issue. */
export function page<T>(
  all: T[],
  token: string | undefined,
  size: number,
  invalid: () => Error = () => new ServiceError('InvalidParameterValueException', 'Invalid Marker')
): { items: T[]; next?: string } {
  const from = token === undefined ? 0 : Number(token)
  if (token !== undefined && (!/^\d+$/.test(token) || from > all.length)) throw invalid()
  const items = all.slice(from, from + size)
  return { items, ...(from + size < all.length && { next: String(from + size) }) }
}
