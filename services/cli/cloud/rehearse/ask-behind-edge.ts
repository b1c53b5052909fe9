import { createHmac } from "node:crypto";
import { functionName } from "#regions/city-names.ts";
import { askRpc } from "#services/cli/cloud/ask-city.ts";
import { LOCAL_CITY } from "#services/cli/cloud/local-endpoint.ts";
import { freshKey } from "#services/cli/cloud/rehearse/plant-secrets.ts";
import {
  type Rehearsal,
  rehearsalFailure,
  secondsOf,
} from "#services/cli/cloud/rehearse/rehearsal.ts";
import { composeEdge } from "#services/cli/compose-edge.ts";
import { rotateSecret } from "#services/cli/fleet/rotate-secret.ts";
import {
  CLIENT_HEADER,
  EDGE_HEADER,
  EDGE_KEY,
  EDGE_KEY_NEXT,
  edgeStampText,
} from "#shared/fleet/edge-stamp.ts";

/** Whoever asks, as the edge would write it: an address of the documentation's. */
const CLIENT = "192.0.2.1";
/** How often it is asked before its function reads its secrets anew, and after. */
const ASKS = 3;
const FUNCTION = functionName(LOCAL_CITY, "rpc");
/** In every other environment its door is shut. */
const SHUT = { EXOS_ENVIRONMENT: "test" };

/** One call as the edge hands it on. @throws RangeError with what was said, when that is no result */
function askStamped({ city }: Rehearsal, key: string): Promise<unknown> {
  const unix = Math.floor(Date.now() / 1_000);
  const stamp = createHmac("sha256", key).update(edgeStampText(unix, CLIENT)).digest("hex");
  return askRpc(
    city.rpcUrl,
    { method: "getblockcount", params: [] },
    { [EDGE_HEADER]: `${unix}.${stamp}`, [CLIENT_HEADER]: CLIENT },
  );
}

/** @throws CommandFailure `EXOS-E8186` where it is answered */
async function expectRefused(what: string, ask: () => Promise<unknown>): Promise<void> {
  try {
    await ask();
  } catch (cause) {
    if (cause instanceof RangeError && cause.message.includes(EDGE_HEADER)) return;
    throw cause;
  }
  throw rehearsalFailure(`${what} is answered, and must be refused`);
}

/** Every process of the function begins anew, and reads its secrets as others do after five minutes. */
async function readAnew({ cloud }: Rehearsal, round: number): Promise<void> {
  await cloud.setVariables(FUNCTION, { ...SHUT, EXOS_RELEASE: `edge-${round}` });
}

/**
 * The edge's key is rotated as `exos fleet rotate` does it, by the same steps over the same parameters
 * and an edge's store, while calls that are stamped with whatever the edge has are answered at every step.
 *
 * @returns how many were asked; none was refused
 */
async function rotate(rehearsal: Rehearsal, first: string): Promise<number> {
  await using edge = await composeEdge(rehearsal.city.endpoint);
  const { checker, signer } = edge;
  await signer.set(first);
  const next = freshKey();
  rehearsal.secrets.set(EDGE_KEY_NEXT, next);
  let asked = 0;
  const askSome = async () => {
    const key = (await signer.current()) ?? "";
    for (let at = 0; at < ASKS; at++, asked++) await askStamped(rehearsal, key);
  };
  let rounds = 0;
  const fiveMinutes = async () => {
    await askSome();
    await readAnew(rehearsal, ++rounds);
    await askSome();
  };
  await rotateSecret({
    ...{ checkers: [checker], signer, others: "none", create: () => next },
    clock: { sleep: fiveMinutes },
    say: (line) => rehearsal.hear(line),
  });
  await fiveMinutes();
  await expectRefused("what the edge's former key stamped", () => askStamped(rehearsal, first));
  return asked;
}

/** What is left out of a rotation where the endpoint refuses what no role grants. */
const ONCE = "asked once";

/**
 * The same function behind an edge, as in every environment but this one: it reads the edge's key from
 * where the city's secrets are, answers what carries its stamp and refuses the rest, also while the key is
 * rotated.
 */
export async function askBehindEdge(rehearsal: Rehearsal): Promise<void> {
  const { city, cloud, secrets, print } = rehearsal;
  if (city.endpoint.kind !== "ministack" || city.state().driven) return;
  const started = performance.now();
  const key = secrets.get(EDGE_KEY) ?? "";
  const before = await cloud.setVariables(FUNCTION, SHUT);
  try {
    await expectRefused("a call without a stamp", () =>
      askRpc(city.rpcUrl, { method: "getblockcount", params: [] }),
    );
    await askStamped(rehearsal, key);
    const isGuarded = city.endpoint.certificate !== undefined;
    const asked = isGuarded ? ONCE : `${await rotate(rehearsal, key)} during a rotation`;
    const took = secondsOf(performance.now() - started);
    print(`edge       refused without a stamp; with it answered, ${asked}, none refused: ${took}`);
  } finally {
    await cloud.setVariables(FUNCTION, before);
  }
}
