import type { CommandOptions, CommandResult } from "./run-command.ts";

/** A program that builds images; all but buildah also run containers. */
export interface ContainerTool {
  readonly name: "docker" | "podman" | "buildah";
  readonly version: string;
  /** Whether it runs containers. */
  readonly runs: boolean;
  /** Run it with these arguments; a failure is an answer. */
  run(
    args: readonly string[],
    options?: Omit<CommandOptions, "environment">,
  ): Promise<CommandResult>;
  /** Of every process that talks to the same store of images. */
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** Why there is none. */
export interface NoContainerTool {
  readonly name: undefined;
  /** One sentence for whoever reads of a step that was skipped. */
  readonly why: string;
}
