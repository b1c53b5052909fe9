import { open, rename, rm } from "node:fs/promises";
import type { CommandContext } from "#services/cli/command.ts";
import { EXIT, type ExitCode } from "#services/cli/exit-codes.ts";
import { CommandFailure } from "#services/cli/failure.ts";
import { createLongWork, grouped } from "#services/cli/long-work.ts";
import { openNodeOf } from "#services/cli/open-node-of.ts";

/** What stands before each block, and which block comes first. */
export interface ExportForm {
  readonly framing: "magic" | "length";
  readonly from: 0 | 1;
}

/** Run what writes a file, and put every failure of the file itself into one sentence. */
async function writing<T>(path: string, step: () => Promise<T>): Promise<T> {
  try {
    return await step();
  } catch (cause) {
    const system = cause instanceof Error && "syscall" in cause ? cause.message : undefined;
    if (system === undefined) throw cause;
    const message = `${path} cannot be written: ${system}`;
    throw new CommandFailure(message, { code: "EXOS-E2011", cause });
  }
}

/** Write the whole file beside its place, then move it there: it is whole or it is not there. */
async function writeChain(path: string, context: CommandContext, { framing, from }: ExportForm) {
  const { terminal, signal } = context;
  await using node = await openNodeOf(context);
  const work = createLongWork({ terminal, phase: "export", elapsedMs: node.clock.elapsedMs });
  const part = `${path}.part`;
  try {
    const summary = await writing(path, async () => {
      await using file = await open(part, "w");
      const write = async (bytes: Uint8Array) => void (await file.writeFile(bytes));
      const onProgress = (height: number, tip: number) =>
        work.show((100 * height) / tip, [`height ${grouped(height)}`]);
      const done = await node.validator.exportChain(write, { framing, from, signal, onProgress });
      await file.sync();
      return done;
    });
    if (!signal.aborted) await writing(path, () => rename(part, path));
    return summary;
  } finally {
    await rm(part, { force: true });
  }
}

/** Write the chain of the data folder to one file. @returns 130 when it was interrupted */
export async function runExport(context: CommandContext, form: ExportForm): Promise<ExitCode> {
  const { positionals, terminal, json, signal } = context;
  const path = positionals[0] ?? "";
  const { blocks, bytes, height } = await writeChain(path, context, form);
  if (signal.aborted) {
    terminal.err(`stopped: ${path} was not written`);
    return EXIT.interrupted;
  }
  terminal.out(
    json
      ? JSON.stringify({ schema: "exos.export.v1", file: path, blocks, bytes, height })
      : `${path}: ${grouped(blocks)} blocks to height ${grouped(height)}, ${grouped(bytes)} bytes`,
  );
  return EXIT.done;
}
