/**
 * The world failed, not the data. `retryable: false` says that trying again cannot help.
 * `code` is a row of the catalogue of errors, where one fits better than the general one.
 */
export class StoreFault extends Error {
  override readonly name = "StoreFault";
  readonly retryable: boolean;
  readonly code: `EXOS-E${number}` | undefined;

  constructor(
    message: string,
    options: {
      readonly retryable: boolean;
      readonly code?: `EXOS-E${number}`;
      readonly cause?: unknown;
    },
  ) {
    super(message, { cause: options.cause });
    this.retryable = options.retryable;
    this.code = options.code;
  }
}
