import * as z from "zod";
import type { Command } from "#services/cli/command.ts";
import { EXIT } from "#services/cli/exit-codes.ts";
import { CommandFailure } from "#services/cli/failure.ts";
import { callNode } from "#services/cli/node-client.ts";

const Answer = z.object({ result: z.nullish(z.string()) });

export const stop: Command = {
  name: "stop",
  audience: "run",
  usage: "exos stop",
  summary: "stop the running node in an orderly way",
  examples: ["stop"],
  async run(context) {
    const { json, terminal } = context;
    const { status, text } = await callNode(context, '{"id":1,"method":"stop","params":[]}');
    if (status !== 200)
      throw new CommandFailure(`the node answered ${status}`, { code: "EXOS-E4010" });
    const { result } = Answer.parse(JSON.parse(text));
    terminal.out(
      json ? JSON.stringify({ schema: "exos.stop.v1", result }) : (result ?? "stopping"),
    );
    return EXIT.done;
  },
};
