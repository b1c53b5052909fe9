/** A request on its way through the SDK: its input, and once it is serialised, its bytes. */
export interface Sent {
  readonly input: object;
  readonly request?: unknown;
}

export interface Answered {
  readonly output: object;
  readonly response: unknown;
}

export type SendOn = (sent: Sent) => Promise<Answered>;

/** What the SDK says about the command a request belongs to. */
export interface CommandContext {
  /** Such as `DynamoDBClient`. */
  readonly clientName: string;
  /** Such as `GetItemCommand`. */
  readonly commandName: string;
}

export type Middleware = (sendOn: SendOn, context: CommandContext) => SendOn;

/** Any client of the SDK. */
export interface TestedClient {
  readonly middlewareStack: unknown;
}

interface Stack {
  add(
    middleware: Middleware,
    options: {
      readonly name: string;
      readonly step: "initialize" | "deserialize";
      readonly priority: "high";
      readonly override: boolean;
    },
  ): void;
}

/**
 * Put a middleware before everything else of its step.
 *
 * @param step `initialize`: once a command, `deserialize`: once an attempt, outside of the bytes
 */
export function addMiddleware(
  client: TestedClient,
  { name, step }: { readonly name: string; readonly step: "initialize" | "deserialize" },
  middleware: Middleware,
): void {
  // Each client types its stack by its own commands; what is used here is common to all of them.
  const stack = client.middlewareStack as Stack;
  stack.add(middleware, { name, step, priority: "high", override: false });
}
