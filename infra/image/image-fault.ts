import type { CommandResult } from "./run-command.ts";

/** A container tool did not do what it was asked; the message says which step, and what it said. */
export class ImageFault extends Error {
  override readonly name = "ImageFault";
}

/** Characters of what a program said that are worth repeating: its end names the failure. */
const SAID_MAX = 2_000;

/** What a step printed. @throws ImageFault when it failed */
export function outputOf(step: string, { status, stdout, stderr }: CommandResult): string {
  if (status === 0) return stdout.trim();
  throw new ImageFault(
    `${step} failed (${status}): ${`${stderr}${stdout}`.trim().slice(-SAID_MAX)}`,
  );
}
