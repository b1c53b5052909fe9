import { existsSync, readFileSync, statSync } from "node:fs";
import { ALIASES, NETWORK_FLAGS } from "#services/cli/config/config-keys.ts";
import { parseConfigFile } from "#services/cli/config/parse-config-file.ts";
import { normalizeKey } from "#services/cli/config/resolve-config.ts";
import { type Check, type CheckResult, ok, warning } from "#services/cli/doctor/check.ts";
import type { Config } from "#services/cli/read-config.ts";

const LOOPBACK = /^(127\.|localhost$|::1$)/;

/** Unknown keys and bad values stop every command before this one could look: so none are left. */
async function keys({ file, entries }: Config): Promise<CheckResult> {
  const said = Object.entries(entries).filter(([, entry]) => entry.source !== "built-in");
  return ok(`${said.length} keys set; file ${file}`);
}

/** Names of other programs are understood, and shown by ours. */
async function names({ file }: Config): Promise<CheckResult> {
  const text = existsSync(file) ? readFileSync(file, "utf8") : "";
  const said = parseConfigFile(text).lines.flatMap(({ key, line }) => {
    const name = normalizeKey(key);
    const network = NETWORK_FLAGS[name];
    const ours = network === undefined ? ALIASES[name] : `network=${network}`;
    return ours === undefined ? [] : [`line ${line}: ${key} is ${ours} here`];
  });
  return said.length === 0
    ? ok("every key goes by its own name")
    : warning(`${file}, ${said.join(", ")}`, "write the name that doctor shows; the old one works");
}

async function publicBind(config: Config): Promise<CheckResult> {
  const isCity = config.text("city") !== undefined && config.text("secrets") !== undefined;
  const open = (["httpbind", "rpcbind"] as const).filter(
    (key) => !(isCity && key === "httpbind") && !LOOPBACK.test(config.text(key) ?? "127.0.0.1"),
  );
  if (open.length === 0) {
    return ok(
      isCity
        ? "what a city answers wants the edge's stamp, and its operator this machine"
        : "listeners are reached from this machine alone",
    );
  }
  const guarded = config.list("rpcauth").length > 0 && config.list("rpcallowip").length > 0;
  return guarded
    ? ok(`${open.join(", ")} open, with rpcauth and rpcallowip`)
    : warning(`${open.join(", ")} reach beyond this machine`, "set rpcauth and rpcallowip");
}

async function secrets(config: Config): Promise<CheckResult> {
  const entry = config.entries.rpcpassword;
  if (entry === undefined) return ok("no password in the configuration");
  if (entry.source === "environment" || entry.source === "flag") {
    return warning(`rpcpassword comes from a ${entry.source}`, "use rpcauth, or @file:<path>");
  }
  return warning("rpcpassword stands in the configuration file", "use rpcauth instead");
}

async function fileRights({ file }: Config): Promise<CheckResult> {
  const mode = statSync(file, { throwIfNoEntry: false })?.mode;
  if (mode === undefined) return ok(`${file} does not exist; every value is built in or said`);
  return (mode & 0o077) === 0
    ? ok(`${file} is readable by its owner alone`)
    : warning(`${file} is readable by others`, `chmod 600 ${file}`);
}

/** What the configuration says. @source interfaces.md 7.5 */
export const CONFIG_CHECKS: readonly Check[] = [
  { id: "config-keys", run: keys },
  { id: "config-names", run: names },
  { id: "config-public-bind", run: publicBind },
  { id: "config-secrets", run: secrets },
  { id: "config-file-rights", run: fileRights },
];
