import type { LambdaClient } from "@aws-sdk/client-lambda";
import { describe, expect, it } from "vitest";
import { createFunctionStart } from "#shared/adapters/aws/function-start.ts";
import { cannedClient } from "../../../support/aws/canned-client.ts";

/** A mapping as Lambda changes it: asked for now, there some looks later, and refused until then. */
function mapping(first: string, looks = 2) {
  let [state, next, left] = [first, first.replace("ing", "ed"), looks];
  let slept = 0;
  const { client, asked } = cannedClient<LambdaClient>({
    GetEventSourceMapping() {
      if (state.endsWith("ing") && left-- === 0) state = next;
      return { State: state };
    },
    UpdateEventSourceMapping({ Enabled }) {
      if (state.endsWith("ing")) {
        const said = "Cannot update the event source mapping because it is in use.";
        throw Object.assign(new Error(said), { name: "ResourceInUseException" });
      }
      const way = Enabled === true ? "Enabl" : "Disabl";
      [state, next, left] = [`${way}ing`, `${way}ed`, looks];
    },
  });
  const clock = { sleep: async () => void slept++ };
  return {
    start: createFunctionStart({ client, id: "1", name: "connect of syd", clock }),
    state: () => state,
    slept: () => slept,
    updates: () => asked.filter(([what]) => what.startsWith("Update")).length,
  };
}

describe("what starts a function", () => {
  it("is off when it says so, and may be turned on again at once", async () => {
    const { start, state, updates } = mapping("Enabled");
    await start.set(false);
    expect(state()).toBe("Disabled");
    await start.set(true);
    expect(updates()).toBe(2);
    expect(await start.isOn()).toBe(true);
  });

  it.each(["Enabling", "Disabling", "Updating"])("is waited for while it is %s", async (first) => {
    const { start, slept, updates } = mapping(first);
    await start.set(true);
    expect([slept(), updates()]).toEqual([2, 1]);
  });

  it("is not waited for for ever", async () => {
    const { start, updates } = mapping("Updating", 1_000);
    await expect(start.set(true)).rejects.toThrow("what starts connect of syd is Updating");
    expect(updates()).toBe(0);
  });
});
