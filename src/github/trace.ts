import { nameOf, type Signs } from '../trace.ts'

/** Octokit's answer or error. An error holds GitHub's answer if there was one, and otherwise the error of `fetch`. */
interface End {
  headers?: Record<string, string | number | undefined>
  response?: { status: number; headers: Record<string, string | number | undefined> }
  cause?: { cause?: unknown }
}

export const signs: Signs = {
  id: end => {
    const { headers, response } = end as End
    return (headers ?? response?.headers)?.['x-github-request-id']?.toString()
  },
  failure: error => {
    const { response, cause } = error as End
    return response ? String(response.status) : nameOf(cause?.cause ?? cause ?? error)
  }
}
