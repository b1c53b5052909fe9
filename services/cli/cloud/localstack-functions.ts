import * as z from "zod";

/** What LocalStack is given to run functions in containers beside its own. */
export const LOCALSTACK_FUNCTIONS = z.object({
  /** Path on this machine at which whoever starts containers is asked. */
  socket: z.string(),
  /** Where its makers' own images are not at hand: what is started in each, and the image of each. */
  own: z.object({ agent: z.string(), runtime: z.string() }).optional(),
});
export type LocalstackFunctions = z.infer<typeof LOCALSTACK_FUNCTIONS>;
