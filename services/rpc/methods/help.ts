import * as z from "zod";
import { defineMethod } from "#services/rpc/json-rpc/method.ts";

export const help = defineMethod({
  name: "help",
  reach: "public",
  description: "All methods, or what one of them takes and answers.",
  parameters: () => ({ command: z.string().optional() }),
  run({ command }, { methods }) {
    if (command === undefined) {
      const lines = [...methods.values()].map((method) => method.usage()).toSorted();
      return { ok: true, value: lines.join("\n") };
    }
    const method = methods.get(command);
    const text =
      method === undefined
        ? `help: unknown command: ${command.slice(0, 64)}`
        : `${method.usage()}\n\n${method.description}\n`;
    return { ok: true, value: text };
  },
});
