import * as z from "zod";
import type { RpcDeps } from "#services/rpc/deps.ts";
import { refused } from "#services/rpc/problems.ts";
import { defineRoute } from "#services/rpc/routes/route.ts";
import { HASH_SCHEMA, HEIGHT_SCHEMA, TIME_SCHEMA } from "#services/rpc/routes/schemas.ts";
import { type CityStanding, type FleetView, viewFleet } from "#services/rpc/views/fleet-view.ts";

const CODE = z.string().regex(/^[a-z]{3}$/);

const CITY = z.object({
  city: CODE,
  name: z.string(),
  lat: z.number().min(-90).max(90),
  lon: z.number().min(-180).max(180),
  provider: z.string(),
  placement: z.literal("simulated"),
  state: z.string(),
  tip: z
    .object({ height: HEIGHT_SCHEMA, hash: HASH_SCHEMA, time: TIME_SCHEMA })
    .nullable()
    .meta({ description: "null while the city opens its stores" }),
  lagBlocks: z.int().min(0).nullable(),
  lagSeconds: z.int().min(0).nullable(),
  agrees: z.boolean().nullable().meta({ description: "with most cities, two blocks below all" }),
  peers: z.object({ in: z.int().min(0), out: z.int().min(0) }),
  version: z.string(),
  checkedAt: TIME_SCHEMA,
});

const FLEET = z.object({
  cities: z.array(CITY),
  tips: z
    .array(z.object({ height: HEIGHT_SCHEMA, hash: HASH_SCHEMA, cities: z.array(CODE) }))
    .meta({ description: "Cities by the block they stand on, the heaviest first" }),
  split: z.boolean(),
  groups: z
    .array(z.array(CODE))
    .meta({ description: "Cities that can reach each other; one group where nothing is cut" }),
});

type City = z.output<typeof CITY>;

function cityOf({ report, lag, agrees }: CityStanding, { clock }: Pick<RpcDeps, "clock">): City {
  const { city, name, latitude, longitude, provider, placement, phase, tip, version } = report;
  return {
    city,
    name,
    lat: latitude,
    lon: longitude,
    provider,
    placement,
    state: phase,
    tip: tip === undefined ? null : { height: tip.height, hash: tip.hash, time: tip.header.time },
    lagBlocks: lag?.blocks ?? null,
    lagSeconds: lag?.seconds ?? null,
    agrees: agrees ?? null,
    peers: { in: report.peers.inbound, out: report.peers.outbound },
    version,
    checkedAt: clock.now(),
  };
}

/** The fleet of a node that runs alone is empty. */
async function fleetOf({ fleet }: Pick<RpcDeps, "fleet">): Promise<FleetView> {
  return viewFleet((await fleet?.cities()) ?? []);
}

export const getFleet = defineRoute({
  operationId: "getFleet",
  tag: "fleet",
  summary: "Every city: its tip, how far behind, whether it agrees",
  cost: 1,
  params: {},
  query: {},
  answer: FLEET,
  problems: [],
  async run(_, { deps }) {
    const { standings, tips, split } = await fleetOf(deps);
    const cities = standings.map((standing) => cityOf(standing, deps));
    const groups = (deps.fleet?.groups() ?? []).map((group) => [...group]);
    const listed = tips.map((tip) => ({ ...tip, cities: [...tip.cities] }));
    return {
      ok: true,
      value: { value: { cities, tips: listed, split, groups }, cache: { kind: "none" } },
    };
  },
});

export const getCity = defineRoute({
  operationId: "getCity",
  tag: "fleet",
  summary: "One city of the fleet",
  cost: 1,
  params: { city: CODE.meta({ description: "Three letters", example: "syd" }) },
  query: {},
  answer: CITY,
  problems: ["EXOS-E8001"],
  async run({ city }, { deps }) {
    const { standings } = await fleetOf(deps);
    const standing = standings.find(({ report }) => report.city === city);
    if (standing === undefined) return refused("EXOS-E8001", `No city of this fleet is "${city}"`);
    return { ok: true, value: { value: cityOf(standing, deps), cache: { kind: "none" } } };
  },
});
