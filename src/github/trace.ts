import { nameOf, type Signs } from '../trace.ts'

/** Octokit's answer, or its error: with GitHub's answer when there was one, else around the error of `fetch`. */
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
