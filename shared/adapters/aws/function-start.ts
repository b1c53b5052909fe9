import {
  GetEventSourceMappingCommand,
  type LambdaClient,
  UpdateEventSourceMappingCommand,
} from "@aws-sdk/client-lambda";
import type { Clock } from "#shared/ports/clock.ts";
import { StoreFault } from "#shared/ports/store-fault.ts";
import { awsFaultOf } from "./aws-fault.ts";

/** What starts a function on what its queue delivers. Every method throws StoreFault when the world failed. */
export interface FunctionStart {
  isOn(): Promise<boolean>;
  /** Once this resolves for off, the queue delivers nothing. */
  set(isOn: boolean): Promise<void>;
}

/** Of a mapping that is being changed, which Lambda refuses to change once more. */
const ON_ITS_WAY = /^(Creating|Enabling|Disabling|Updating)$/;
const LOOK_MS = 2_000;
/** Five minutes; a change takes seconds, and a minute where much is on its way. */
const LOOKS_MAX = 150;

/**
 * The mapping of a queue to a function. A change of it is asked for and happens later.
 *
 * @param options `id` of the mapping; `name` of the function, for people
 * @source AWS Lambda API, `UpdateEventSourceMapping`: `State`, `ResourceInUseException`
 */
export function createFunctionStart(options: {
  readonly client: Pick<LambdaClient, "send">;
  readonly id: string;
  readonly name: string;
  readonly clock: Pick<Clock, "sleep">;
}): FunctionStart {
  const { client, id: UUID, name, clock } = options;

  async function stateOf(): Promise<string> {
    const request = new GetEventSourceMappingCommand({ UUID });
    const { State = "" } = await client.send(request).catch((cause: unknown) => {
      throw awsFaultOf(cause, `asking whether ${name} is on`);
    });
    return State;
  }

  async function settled(): Promise<void> {
    let state = await stateOf();
    for (let look = 0; ON_ITS_WAY.test(state); look++) {
      if (look >= LOOKS_MAX) {
        const message = `what starts ${name} is ${state} for too long`;
        throw new StoreFault(message, { retryable: true, code: "EXOS-E8100" });
      }
      await clock.sleep(LOOK_MS);
      state = await stateOf();
    }
  }

  return {
    isOn: async () => !/^Disabl(ed|ing)$/.test(await stateOf()),
    async set(Enabled) {
      await settled();
      const request = new UpdateEventSourceMappingCommand({ UUID, Enabled });
      await client.send(request).catch((cause: unknown) => {
        throw awsFaultOf(cause, `turning ${name} ${Enabled ? "on" : "off"}`);
      });
      if (!Enabled) await settled();
    },
  };
}
