/** Lambda's 429: nothing ran. https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html */
export class TooManyRequestsError extends Error {
  override readonly name = 'TooManyRequestsException';
  readonly reason: string;
  constructor(reason: string) {
    super('Rate Exceeded.');
    this.reason = reason;
  }
}
