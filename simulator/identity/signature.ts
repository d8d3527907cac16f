/** What a signature is for, as Signature Version 4 says it in the header; undefined when there is none. */
export function scopeOf(
  headers: Record<string, string>
): { accessKeyId: string; region: string; service: string } | undefined {
  const [, accessKeyId, region, service] =
    /^AWS4-HMAC-SHA256 Credential=([^/]+)\/\d{8}\/([^/]+)\/([^/]+)\/aws4_request,/.exec(
      headers.authorization ?? ''
    ) ?? []
  return accessKeyId && region && service ? { accessKeyId, region, service } : undefined
}

/** When a request was signed, epoch ms, from its header `x-amz-date`. */
export function signedAt(headers: Record<string, string>): number | undefined {
  const parts = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(headers['x-amz-date'] ?? '')
  if (!parts) return undefined
  const [, year = 0, month = 1, day, hour, minute, second] = parts.map(Number)
  return Date.UTC(year, month - 1, day, hour, minute, second)
}
