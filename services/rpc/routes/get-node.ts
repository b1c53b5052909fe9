import * as z from "zod";
import { defineRoute } from "#services/rpc/routes/route.ts";
import { HASH_SCHEMA, HEIGHT_SCHEMA, TIME_SCHEMA } from "#services/rpc/routes/schemas.ts";
import { countPeers } from "#services/rpc/views/peer-counts.ts";
import { toHashHex } from "#shared/primitives/hash.ts";

const POINT = z.object({ height: HEIGHT_SCHEMA, hash: HASH_SCHEMA });

const ANSWER = z.object({
  network: z.string(),
  kind: z.enum(["main", "test", "regtest"]),
  ticker: z.string(),
  genesis: HASH_SCHEMA,
  version: z.string(),
  city: z.string(),
  placement: z.enum(["local", "city"]),
  uptimeSeconds: z.int().min(0),
  phase: z.string(),
  sync: z.object({
    phase: z.string(),
    progress: z.number().min(0).max(1),
    etaSeconds: z.number().nullable(),
    headers: HEIGHT_SCHEMA,
    blocks: HEIGHT_SCHEMA,
  }),
  tip: POINT.extend({ time: TIME_SCHEMA, ageSeconds: z.int() }),
  finalized: POINT.nullable(),
  indexHeight: HEIGHT_SCHEMA.nullable(),
  mempool: z.object({ count: z.int().min(0), bytes: z.int().min(0) }),
  peers: z.object({ in: z.int().min(0), out: z.int().min(0) }),
  deployments: z.array(z.object({ name: z.string(), state: z.string(), signals: z.int() })),
  dialects: z.array(z.string()),
});

export const getNode = defineRoute({
  operationId: "getNode",
  tag: "node",
  summary: "What this node is and where it stands",
  cost: 1,
  params: {},
  query: {},
  answer: ANSWER,
  problems: [],
  async run(_, { chain, deps, stores }) {
    const { network, clock } = deps;
    const { tip, finalHeight } = chain;
    const { phase, progress, etaSeconds } = deps.state();
    const [heaviest] = await stores.headers.leaves(1);
    const best = heaviest === undefined ? undefined : await chain.header(heaviest);
    const sync = deps.sync?.();
    const headers = Math.max(tip.height, best?.record.height ?? 0, sync?.target ?? 0);
    const isFollowing = phase === "ready" && sync !== undefined;
    const { count, bytes } = await stores.mempool.info();
    const final = await chain.hashAt(finalHeight);
    const peers = await countPeers(deps);
    const value = {
      network: network.name,
      kind: network.kind,
      ticker: network.ticker,
      genesis: toHashHex(network.consensus.genesis.hash),
      version: deps.version,
      city: deps.city,
      placement: deps.access.kind === "city" ? ("city" as const) : ("local" as const),
      uptimeSeconds: Math.floor((clock.elapsedMs() - deps.startedMs) / 1000),
      phase,
      sync: {
        phase: isFollowing ? sync.phase : phase,
        progress: isFollowing ? (headers === 0 ? 1 : tip.height / headers) : progress,
        etaSeconds: (isFollowing ? sync.etaSeconds : etaSeconds) ?? null,
        headers,
        blocks: tip.height,
      },
      tip: {
        height: tip.height,
        hash: tip.hash,
        time: tip.header.time,
        ageSeconds: clock.now() - tip.header.time,
      },
      finalized: final === undefined ? null : { height: finalHeight, hash: final },
      mempool: { count, bytes },
      indexHeight: (await stores.index.cursor())?.height ?? null,
      peers: { in: peers?.inbound ?? 0, out: peers?.outbound ?? 0 },
      deployments: network.consensus.deployments.map(({ name }, place) => ({
        name,
        state: tip.context.deployments[place]?.state ?? "defined",
        signals: tip.context.deployments[place]?.signals ?? 0,
      })),
      dialects: ["json-rpc", "v1"],
    };
    return { ok: true, value: { value, cache: { kind: "tip" } } };
  },
});
