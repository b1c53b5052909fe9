import { join } from "node:path";
import * as z from "zod";
import { PROJECT } from "#services/cli/cloud/run-cdk.ts";
import { runProgram } from "#services/cli/cloud/run-program.ts";
import type { Environment } from "#services/cli/command.ts";
import { CommandFailure } from "#services/cli/failure.ts";

/** The image of all services, and the program that runs it. */
export interface NodeImage {
  readonly tool: "docker" | "podman";
  /** Digest. */
  readonly image: string;
  /** Variables that the program wants beside ours. */
  readonly environment: Readonly<Record<string, string>>;
  /** What an emulator in it needs to run functions in containers, and does not bring along. */
  readonly functions?: z.infer<typeof FUNCTIONS>;
}

const FUNCTIONS = z.object({
  /** File that is started in each. */
  agent: z.string(),
  /** Image of each. */
  runtime: z.string(),
});

const BUILT = z.union([
  z.object({
    tool: z.enum(["docker", "podman", "buildah"]),
    runs: z.boolean(),
    image: z.string(),
    environment: z.record(z.string(), z.string()),
    functions: FUNCTIONS.optional(),
  }),
  z.object({ why: z.string(), failed: z.boolean().default(false) }),
]);
const FAILED = "EXOS-E8188";

export interface ImageOptions {
  readonly environment: Environment;
  readonly signal: AbortSignal;
  readonly onNote: (line: string) => void;
  /** Whether a container tool may be installed where there is none. */
  readonly install: boolean;
}

/** Build the image. @returns why there is none, as a sentence's end, where nothing here runs one */
export async function findImage(options: ImageOptions): Promise<NodeImage | string> {
  options.onNote("building the image");
  try {
    return await imageOf("image.ts", options);
  } catch (cause) {
    if (!(cause instanceof CommandFailure)) throw cause;
    return cause.message;
  }
}

/**
 * An image as a program of `infra/` makes it.
 *
 * @param program its file, such as `image.ts`
 * @returns why there is none, as a sentence's end
 * @throws CommandFailure `EXOS-E8188` where containers run here, and making it failed
 */
export async function imageOf(
  program: string,
  { environment, signal, install, onLine, functions = false }: ProgramOptions,
): Promise<NodeImage | string> {
  const more = [...(install ? ["--install"] : []), ...(functions ? ["--functions"] : [])];
  const words = [join(PROJECT, "infra", program), "--json", ...more];
  let last = "";
  const hear = (line: string) => {
    if (line.startsWith("{")) last = line;
    else onLine?.(line);
  };
  try {
    await runProgram(process.execPath, words, {
      doing: "getting the image",
      env: environment,
      cwd: PROJECT,
      signal,
      onLine: hear,
      code: FAILED,
    });
  } catch (cause) {
    // It says why before it ends; whatever else is wrong shows in what it said.
    if (!(cause instanceof CommandFailure)) throw cause;
    if (last === "") throw cause;
  }
  const built = BUILT.parse(JSON.parse(last));
  if ("why" in built) {
    if (built.failed) throw new CommandFailure(built.why, { code: FAILED });
    return built.why;
  }
  const { tool } = built;
  if (!built.runs || tool === "buildah") return `${tool} builds images and runs none`;
  return {
    ...{ tool, image: built.image, environment: built.environment },
    ...(built.functions !== undefined && { functions: built.functions }),
  };
}

interface ProgramOptions extends Omit<ImageOptions, "onNote"> {
  /** Told what the program says. */
  readonly onLine?: (line: string) => void;
  /** Whether it is to run functions. */
  readonly functions?: boolean;
}
