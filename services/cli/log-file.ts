import { appendFileSync, renameSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Config } from "#services/cli/read-config.ts";
import type { Log } from "#shared/ports/log.ts";

/** A file that grew beyond this begins anew, and the one before it is kept. */
const BYTES_MAX = 16 * 1024 * 1024;

/** Where a running node writes its log. */
export function logFileOf({ datadir, network }: Pick<Config, "datadir" | "network">): string {
  return join(datadir, network.name, "node.log");
}

/**
 * Takes lines for a file of at most 16 MiB and one as large before it, `<path>.1`. A line that
 * cannot be written is left out: the terminal has it, and a full disk is told by the stores.
 */
export function createLogFile(path: string): (line: string) => void {
  let bytes = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  return (line) => {
    try {
      if (bytes >= BYTES_MAX) {
        renameSync(path, `${path}.1`);
        bytes = 0;
      }
      appendFileSync(path, line, { mode: 0o600 });
      bytes += Buffer.byteLength(line);
    } catch {
      // See above: nothing depends on the file.
    }
  };
}

/** Every record to both. */
export function teeLog(first: Log, second: Log): Log {
  return {
    debug(message, fields) {
      first.debug(message, fields);
      second.debug(message, fields);
    },
    info(message, fields) {
      first.info(message, fields);
      second.info(message, fields);
    },
    warn(code, message, fields) {
      first.warn(code, message, fields);
      second.warn(code, message, fields);
    },
    error(code, message, fields) {
      first.error(code, message, fields);
      second.error(code, message, fields);
    },
    module: (name) => teeLog(first.module(name), second.module(name)),
  };
}
