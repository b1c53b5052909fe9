import { posix } from "node:path";
import { importsOf } from "./imports-of.ts";

/** A source file of the project: its path from the root, and its text. */
export interface SourceFile {
  readonly path: string;
  readonly text: string;
}

const LAYER_1 = ["primitives", "crypto", "codec", "script", "consensus", "coins"] as const;
const pure = LAYER_1.map((name) => `shared/${name}`);
/** What a service may use of ours: all of `shared/`; its products only in doors and compositions. */
const SERVICE = ["shared/", "node:", "npm:zod", "npm:@aws-sdk", "npm:aws-lambda"];
/** Tables that the operator's tool shares with the stacks; they import `regions` alone. */
const SHARED_WITH_FLEET = /^infra\/(prices|usage|grants)\.ts$/;

/**
 * Who may import whom, besides itself; the table of the conventions, 1.1. `shared/` ends in a
 * slash: any folder below it. A folder without a row is a violation.
 */
export const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  regions: [],
  infra: ["regions", "npm:aws-cdk-lib", "npm:constructs", "npm:cdk-nag", "npm:esbuild", "node:"],
  "shared/primitives": ["npm:@noble", "npm:@scure"],
  "shared/crypto": ["shared/primitives", "npm:@noble"],
  "shared/codec": pure.slice(0, 2),
  "shared/script": pure.slice(0, 3),
  "shared/consensus": pure.slice(0, 4),
  "shared/coins": ["shared/primitives", "shared/crypto", "shared/codec", "shared/consensus"],
  "shared/wallet": [...pure.slice(0, 5), "npm:@scure"],
  "shared/p2p": ["shared/primitives", "shared/crypto", "shared/codec", "shared/consensus"],
  // What cities say of themselves and of each other.
  "shared/fleet": ["shared/primitives"],
  "shared/messages": ["shared/primitives", "npm:zod"],
  "shared/ports": [...pure, "shared/wallet", "shared/fleet"],
  "shared/adapters/embedded": [
    ...pure,
    "shared/wallet",
    "shared/p2p",
    "shared/ports",
    "shared/messages",
    "npm:@opentelemetry",
    "npm:classic-level",
    "npm:kysely",
    "npm:socks",
    "node:",
  ],
  "shared/adapters/aws": [
    ...pure,
    "shared/wallet",
    "shared/fleet",
    "shared/ports",
    "shared/messages",
    "npm:@aws-sdk",
    "npm:@smithy",
    "npm:zod",
    "node:",
  ],
  "services/validate": SERVICE,
  "services/index": SERVICE,
  "services/ingest": SERVICE,
  "services/stake": SERVICE,
  "services/wallet": SERVICE,
  "services/rpc": [...SERVICE, "npm:@hono", "npm:hono"],
  "services/cli": [...SERVICE, "regions"],
  // `node:crypto` and `cloudfront` are modules of the edge's runtime.
  "services/web": [...pure, "shared/fleet", "regions", "npm:cloudfront", "node:"],
};

/**
 * Who may compose other services, and what of them: the all-in-one node, and composition roots on
 * AWS, where whoever takes blocks or transactions from outside judges them himself, or a whole chain.
 */
const COMPOSER = /^services\/(cli\/embedded\/|[a-z]+\/compose-(aws|load|disk|judges)\.ts$)/;
const COMPOSABLE = /^services\/[a-z]+\/(core|compose-[a-z]+|container)\.ts$/;

/** The only files of a service that may name a product: its doors and its composition roots. */
const DOORS =
  /\/(([\w-]+\.)?(lambda|container|main|compose-\w+|store-checks)|embedded\/[a-z-]+)\.ts$/;
const PRODUCT = /^shared\/adapters|^npm:(@aws|@hono\/node-server|classic-level|kysely)/;

/** The row a path belongs to: folders of ours by their depth in the table, packages by scope. */
export function rowOf(path: string): string {
  if (path.startsWith("node:")) return "node:";
  const depth = /^shared\/adapters\//.test(path) ? 3 : /^(shared|services)\//.test(path) ? 2 : 1;
  const row = path.split("/").slice(0, depth).join("/");
  return /^(shared|services|regions|infra)\b/.test(row) ? row : `npm:${row}`;
}

function resolve(from: string, specifier: string): string {
  if (specifier.startsWith(".")) return posix.join(posix.dirname(from), specifier);
  return specifier.replace(/^#/, "");
}

function explain(from: string, to: string): string | undefined {
  const [own, target] = [rowOf(from), rowOf(to)];
  const allowed = MAY_IMPORT[own];
  if (allowed === undefined) return `${from}: the folder ${own} has no row`;
  if (target === own) return undefined;
  if (COMPOSER.test(from) && COMPOSABLE.test(to)) return undefined;
  if (from.startsWith("services/cli/cloud/") && to.startsWith("infra/image/")) return undefined;
  if (from === "services/cli/cloud/run-localstack.ts" && to.startsWith("@testcontainers/")) {
    return undefined;
  }
  if (from.startsWith("services/cli/fleet/") && SHARED_WITH_FLEET.test(to)) return undefined;
  if (!allowed.some((row) => (row === "shared/" ? target.startsWith(row) : row === target))) {
    return `${from}: ${own} may not import ${to}`;
  }
  const product = to.startsWith("shared/") ? to : target === "node:" ? "" : `npm:${to}`;
  if (own.startsWith("services/") && !DOORS.test(from) && PRODUCT.test(product)) {
    return `${from}: only doors and composition roots name ${to}`;
  }
  return undefined;
}

/** Every import that goes where it must not, as a sentence. */
export function violations(files: readonly SourceFile[]): string[] {
  return files.flatMap(({ path, text }) => {
    const broken = importsOf(text).flatMap((to) => explain(path, resolve(path, to)) ?? []);
    return MAY_IMPORT[rowOf(path)] === undefined && broken.length === 0
      ? [`${path}: the folder ${rowOf(path)} has no row`]
      : broken;
  });
}
