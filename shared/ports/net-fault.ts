/** What the network did not do, in one word per next step. */
export type NetFaultReason =
  | "aborted"
  | "address in use"
  | "address not ours"
  | "no such name"
  | "not allowed"
  | "not reading"
  | "proxy failed"
  | "refused"
  | "reset"
  | "timeout"
  | "unreachable";

/** Whether the same call can succeed later, unchanged. */
const RETRYABLE: Readonly<Record<NetFaultReason, boolean>> = {
  aborted: false,
  "address in use": true,
  "address not ours": false,
  "no such name": true,
  "not allowed": false,
  "not reading": true,
  "proxy failed": true,
  refused: true,
  reset: true,
  timeout: true,
  unreachable: true,
};

/** The network failed, not the data that came over it. */
export class NetFault extends Error {
  override readonly name = "NetFault";
  readonly reason: NetFaultReason;
  readonly retryable: boolean;

  constructor(
    message: string,
    options: { readonly reason: NetFaultReason; readonly cause?: unknown },
  ) {
    super(message, { cause: options.cause });
    this.reason = options.reason;
    this.retryable = RETRYABLE[options.reason];
  }
}
