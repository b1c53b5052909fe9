/** How much a record matters; `error` asks for an operator. */
export type LogLevel = "debug" | "info" | "warn" | "error";

/** Values of a record. Nothing from the network above `debug`, and no secret ever. */
export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>;

/**
 * Records of what happened: constant text plus fields, and for `warn` and `error` a stable code of
 * the catalogue. Implementations: `adapters/embedded/{stream,memory}-log.ts`.
 */
export interface Log {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(code: `EXOS-E${number}`, message: string, fields?: LogFields): void;
  error(
    code: `EXOS-E${number}`,
    message: string,
    fields?: LogFields & { readonly err?: string },
  ): void;
  /** The same log, whose records carry this module name. */
  module(name: string): Log;
}
