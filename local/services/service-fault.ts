/** An error that an AWS service answers: `code` is the exception's name as the service's API reference has it. */
export class ServiceFault extends Error {
  readonly status: number;
  readonly code: string;
  /** More members of the error's body. */
  readonly details: Readonly<Record<string, unknown>>;

  constructor(status: number, code: string, message: string, details: Record<string, unknown> = {}) {
    super(message);
    this.status = status;
    this.code = code;
    this.details = details;
  }
}
