import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it, vi } from "vitest";
import { openDevelopmentNode } from "../support/development-node.ts";
import { runInProcess } from "../support/run-in-process.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

const TIMEOUT_MS = 60_000;

it("the operator's commands are told of blocks and payments", { timeout: TIMEOUT_MS }, async () => {
  const [folder, told] = [temporaryFolder(), temporaryFolder()];
  const [blocks, payments] = [join(told, "blocks"), join(told, "payments")];
  await using node = await openDevelopmentNode(folder, {
    EXOS_BLOCKNOTIFY: `echo %s >> ${blocks}`,
    EXOS_WALLETNOTIFY: `echo %s %w >> ${payments}`,
  });
  const { environment } = node;
  const address = "XX582xzQcPAncHnUA3tbWteFxQ9yrWutuh";
  const sent = await runInProcess(["send", address, "1", "--yes", "--json"], { environment });
  const { txid } = JSON.parse(sent.out);
  await runInProcess(["rpc", "generate", "1"], { environment });
  const read = (path: string): string => (existsSync(path) ? readFileSync(path, "utf8") : "");
  await vi.waitFor(() => {
    expect(read(payments)).toContain(`${txid} dev\n`);
    expect(read(blocks)).toMatch(/^[0-9a-f]{64}\n/);
  }, TIMEOUT_MS / 2);
});
