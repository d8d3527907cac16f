/** Whether two digests are the same. Lambda reports the digest of a .zip archive in base64, and that of a container image in hex. */
export const isSameCode = (a: string, b: string): boolean => a === b || inHex(a) === inHex(b)

const inHex = (digest: string): string =>
  /^[0-9a-f]{64}$/i.test(digest) ? digest.toLowerCase() : Buffer.from(digest, 'base64').toString('hex')
