import { CONNECTION_DEFAULTS } from "#services/ingest/connections/settings.ts";
import { type HealthAnswer, openHealthDoor } from "#services/ingest/health-door.ts";
import { SEEDS } from "#services/ingest/seeds.ts";
import { awaitTip } from "./await-tip.ts";
import { type CityPorts, type OpenCityIngest, openCityIngest } from "./open-city-ingest.ts";
import type { TaskArguments } from "./task-arguments.ts";

/** The only open-ended line of a city's bill. @source cloud.md 7.2 */
const UPLOAD_BYTES_PER_DAY = 200 * 1024 * 1024;
/** A quarter of a core: enough to follow the chain and to serve those that do. */
const INBOUND_MAX = 60;
/** Each is an object put; a task that loses its place on Spot is told before, and saves. */
const SAVE_SECONDS = 3_600;

/**
 * The peer process of a city, from the first look at its tables until the signal is aborted: then
 * nobody is dialled any more, peers are told, and what is known of others is kept.
 */
export async function runIngestTask(
  ports: CityPorts,
  given: TaskArguments & { readonly userAgent: string },
  signal: AbortSignal,
): Promise<void> {
  let open: OpenCityIngest | undefined;
  const answer = (): HealthAnswer => ({
    state: signal.aborted ? "stopping" : open === undefined ? "starting" : "running",
    height: open?.ingest.progress().height,
    peers: open?.peers.list().length ?? 0,
  });
  const { network, log, queues } = ports;
  await using door = await openHealthDoor(given.healthPort, answer);
  log.info("started", { health: door.port });
  if (!(await awaitTip({ ...ports, hints: queues.blocks }, signal))) return;
  await using city = await openCityIngest(ports, {
    ...CONNECTION_DEFAULTS,
    listen: [given.listen ?? { host: "::", port: network.ports.p2p }],
    connect: given.connect,
    seeds: given.connect.length > 0 ? [] : (SEEDS[network.name] ?? []),
    inboundMax: INBOUND_MAX,
    uploadBytesPerDay: UPLOAD_BYTES_PER_DAY,
    saveSeconds: SAVE_SECONDS,
    portDefault: network.ports.p2p,
    development: network.kind === "regtest",
    userAgent: given.userAgent,
  });
  open = city;
  const [at] = city.listening;
  log.info("listening", { host: at?.host ?? "", port: at?.port ?? 0 });
  await city.run(signal);
}
