import { InvokeCommand, type LambdaClient } from "@aws-sdk/client-lambda";

/** The one call of Lambda by which a function is asked, and what it does with one that throws. */
export interface StandInLambda {
  readonly client: Pick<LambdaClient, "send">;
  /** Names of the functions that were asked, in their order. */
  readonly asked: string[];
}

/** @param handler of the only function there is */
export function standInLambda(handler: (event: unknown) => Promise<unknown>): StandInLambda {
  const asked: string[] = [];
  async function send(command: unknown): Promise<object> {
    if (!(command instanceof InvokeCommand)) throw new RangeError("asked for something else");
    const { FunctionName = "", Payload } = command.input;
    if (!(Payload instanceof Uint8Array)) throw new RangeError("asked for nothing in bytes");
    asked.push(FunctionName);
    const answer = (value: unknown) => Buffer.from(JSON.stringify(value));
    try {
      const event: unknown = JSON.parse(Buffer.from(Payload).toString());
      return { StatusCode: 200, Payload: answer(await handler(event)) };
    } catch (cause) {
      const errorMessage = cause instanceof Error ? cause.message : String(cause);
      // A function that throws is an answer of Lambda, not an error.
      return { StatusCode: 200, FunctionError: "Unhandled", Payload: answer({ errorMessage }) };
    }
  }
  // The client's overloads promise the answer of each command; this is that of one.
  return { client: { send: send as LambdaClient["send"] }, asked };
}
