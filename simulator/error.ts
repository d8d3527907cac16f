/** An error answer of a service: `name` is the code that clients branch on. */
export class ServiceError extends Error {
  readonly status: number
  /** Additional members of the answer's body. */
  readonly extras: Record<string, unknown>
  /** Lambda spells it `Message` for some errors. */
  readonly messageKey: 'message' | 'Message'

  constructor(name: string, message: string, status = 400, extras: Record<string, unknown> = {}) {
    super(message)
    this.name = name
    this.status = status
    this.extras = extras
    this.messageKey =
      name === 'ResourceNotFoundException' || name === 'ServiceException' ? 'Message' : 'message'
  }

  /** The same error without Lambda's `Type`, which a few errors lack. */
  untyped(): ServiceError {
    return new ServiceError(this.name, this.message, this.status)
  }
}
