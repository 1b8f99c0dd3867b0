/** Ends a command with a code of its own choosing; the message, where there is one, is printed as an error. */
export class ExitError extends Error {
  override name = 'ExitError';
  constructor(
    readonly exitCode: 1 | 2,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
